/// An action from a state. Of several that come to the same, the least action counts, then the
/// least state: so that it does not matter which thread was first.
struct Departure<Word: StateWord>: Comparable, Sendable {
    /// −1, before every action, where a state itself is meant.
    var action: Int
    var state: Word

    static func < (one: Self, other: Self) -> Bool {
        (one.action, one.state) < (other.action, other.state)
    }
}
