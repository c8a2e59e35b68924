/// A transition system in words of whatever width its states need.
public enum AnyTransitionSystem: Sendable {
    /// States of at most 64 bits.
    case small(TransitionSystem<UInt64>)
    /// States of at most 128 bits.
    case medium(TransitionSystem<UInt128>)
    /// States of at most 256 bits.
    case large(TransitionSystem<WideWord>)

    /// The width of the words that such states need; nil when none is wide enough.
    public static func width(stateBits: Int) -> Int? {
        [64, 128, 256].first { stateBits <= $0 }
    }

    /// How many bits a state takes, at most the width of its word.
    public var stateBits: Int {
        switch self {
        case .small(let system): system.stateBits
        case .medium(let system): system.stateBits
        case .large(let system): system.stateBits
        }
    }

    /// Searches all that is reachable (`Explorer`).
    public func search(
        for question: SearchQuestion, limits: SearchLimits = SearchLimits(), threads: Int = 1,
        pulse: @escaping SearchPulse = { _ in nil }
    ) -> SearchReport {
        func search<Word>(_ system: TransitionSystem<Word>) -> SearchReport {
            Explorer(system, limits: limits, threads: threads, pulse: pulse).search(for: question)
        }
        return switch self {
        case .small(let system): search(system)
        case .medium(let system): search(system)
        case .large(let system): search(system)
        }
    }

    /// What is owed at the start, as a set of bits.
    public var owedAtStart: UInt8 {
        func owed<Word>(_ system: TransitionSystem<Word>) -> UInt8 {
            system.liveness?.inspect([system.start]).first?.owed ?? 0
        }
        return switch self {
        case .small(let system): owed(system)
        case .medium(let system): owed(system)
        case .large(let system): owed(system)
        }
    }
}
