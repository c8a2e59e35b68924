import Testing

@testable import InterruptModel

/// What the tests of this module know of a design and cannot ask it: one row for each of
/// `EOIDesigns.all`, as `DesignTests` requires.
struct DesignFacts: Sendable, CustomTestStringConvertible {
    var type: any EOIDesign.Type
    /// What model-contract §3 says of it.
    var contract: Reference.Design
    /// Whether a new life finds KVM's shadow as the old one left it (hazard F29).
    var keepsShadow = false
    /// What two EOIs of one interrupt break on levels(1), and after how many actions.
    var doubled: [String: Int] = [:]
    /// The whole space of levels(2) on a split irqchip.
    var levels2: SlowReport
    /// The same with handlers that let interrupts in.
    var nestedLevels2: SlowReport

    var name: String { type.name }
    var testDescription: String { name }

    /// Whether it is one of the RFC's, which check nothing before they complete.
    var isRFC: Bool { contract.completion == .highestUnchecked }

    /// Whether it completes the highest of several vectors, whichever the guest has ended (hazards
    /// A2, A3).
    var guesses: Bool {
        [.highest, .highestUnchecked].contains(contract.completion) && !contract.holdsLevelsBack
    }

    /// In the order of `EOIDesigns.all`.
    static let all = [
        rfc(RFCv1.self), rfc(RFCv2.self),
        DesignFacts(
            type: Hardened.self, contract: Reference.Design(completion: .highest),
            levels2: guessed.levels2, nestedLevels2: guessed.nestedLevels2),
        DesignFacts(
            type: OneOutstanding.self,
            contract: Reference.Design(completion: .highest, holdsLevelsBack: true),
            levels2: SlowReport(states: 240, transitions: 904, depth: 18),
            nestedLevels2: SlowReport(states: 264, transitions: 1_024, depth: 18)),
        DesignFacts(
            type: ReevaluateAll.self, contract: Reference.Design(completion: .every),
            levels2: SlowReport(
                states: 516, transitions: 2_140, depth: 19, broken: oneSlotForTwoExits),
            nestedLevels2: SlowReport(
                states: 604, transitions: 2_624, depth: 19, broken: oneSlotForTwoExits)),
        DesignFacts(
            type: GuestConveys.self, contract: Reference.Design(completion: .conveyed),
            doubled: ["exactly-once": 6],
            levels2: SlowReport(states: 336, transitions: 1_404, depth: 16),
            nestedLevels2: SlowReport(states: 392, transitions: 1_712, depth: 16)),
    ]

    private static func rfc(_ type: any EOIDesign.Type) -> DesignFacts {
        DesignFacts(
            type: type, contract: Reference.Design(completion: .highestUnchecked),
            keepsShadow: true, doubled: ["memory-safety": 6], levels2: guessed.levels2,
            nestedLevels2: guessed.nestedLevels2)
    }

    /// What completing the highest of two vectors breaks, and after how many actions (hazard A2).
    static let wrongVector = [
        "attribution": 8, "no-premature-ack": 8, "no-orphaned-remote-irr": 8, "no-stale-shadow": 8,
    ]

    private static let guessed = (
        levels2: SlowReport(states: 434, transitions: 1_800, depth: 16, broken: wrongVector),
        nestedLevels2: SlowReport(states: 508, transitions: 2_206, depth: 17, broken: wrongVector)
    )

    /// A split irqchip has one slot for two exits, so a line gets stuck (secure-avic §7 (b)).
    private static let oneSlotForTwoExits = [
        "attribution": 7, "no-premature-ack": 7, "no-orphaned-remote-irr": 7, "exactly-once": 10,
    ]
}
