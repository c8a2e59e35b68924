import Synchronization

/// A number that several closures share.
final class SharedCount: Sendable {
    private let number = Atomic(0)

    /// The number before this.
    func next() -> Int { number.wrappingAdd(1, ordering: .relaxed).oldValue }
    var value: Int { number.load(ordering: .relaxed) }
}
