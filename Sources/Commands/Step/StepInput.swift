internal import SystemPackage

/// The lines that somebody types, or that a pipe or a file has.
struct StepInput {
    private let read: () throws(Errno) -> [UInt8]
    /// What has been read and not been taken yet.
    private var rest: ArraySlice<UInt8> = []
    private var isOver = false
    /// The number of the latest line.
    private(set) var line = 0

    /// Bytes of a line, at most; a terminal has no longer ones.
    private static let longest = 4_096

    /// - Parameter read: what comes next; nothing at the end.
    init(_ read: @escaping () throws(Errno) -> [UInt8]) { self.read = read }

    /// The next line without its end; nil where there is none.
    mutating func next() throws(CommandFailure) -> String? {
        line += 1
        while true {
            let end = rest.firstIndex(of: UInt8(ascii: "\n"))
            let text = rest[..<(end ?? rest.endIndex)]
            guard text.count <= Self.longest else {
                throw .typed(
                    "\(InputFile.nameOfStdin):\(line): longer than \(Self.longest) bytes; expected "
                        + "an order")
            }
            if end != nil || isOver {
                rest = rest.dropFirst(text.count + 1)
                return end == nil && text.isEmpty ? nil : String(decoding: text, as: UTF8.self)
            }
            do throws(Errno) {
                let more = try read()
                isOver = more.isEmpty
                rest += more
            } catch {
                throw .reading(InputFile.nameOfStdin, error)
            }
        }
    }
}
