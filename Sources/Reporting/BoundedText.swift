/// A part of a document that has to stay small: what does not fit is left out and counted.
struct BoundedText {
    private let room: Int
    private(set) var text = ""
    private(set) var kept = 0
    private(set) var leftOut = 0

    /// - Parameter room: bytes of UTF-8.
    init(room: Int) {
        self.room = room
    }

    mutating func add(_ piece: String) {
        if text.utf8.count + piece.utf8.count <= room {
            text += piece
            kept += 1
        } else {
            leftOut += 1
        }
    }

    /// All that were to be added.
    var total: Int { kept + leftOut }

    /// The sentence that says how much is not there; nil where all is.
    func missing(_ noun: String) -> String? {
        leftOut == 0 ? nil : "Left out for want of room: \(counted(leftOut, noun))."
    }
}
