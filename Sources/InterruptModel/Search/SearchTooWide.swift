/// A machine with more of something than a search has room for.
public struct SearchTooWide: Error, Hashable {
    /// What there may be too much of.
    public enum Part: Hashable, Sendable {
        /// Pins and vectors are those that setup, actions and history name.
        case pins, vectors, actions
        /// Bits of a state, of which there are more than the widest word has.
        case stateBits

        /// As many as there may be.
        public var limit: Int {
            switch self {
            case .pins, .vectors: 8
            case .actions, .stateBits: 256
            }
        }
    }

    /// What there is too much of.
    public let part: Part
    /// How many there are; nil where they are not counted.
    public let count: Int?

    init(_ part: Part, count: Int?) {
        self.part = part
        self.count = count
    }

    static func check(_ count: Int, _ part: Part) throws(SearchTooWide) {
        if count > part.limit { throw SearchTooWide(part, count: count) }
    }
}
