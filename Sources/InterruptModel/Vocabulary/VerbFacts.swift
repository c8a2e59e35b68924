/// What is known of a verb beside its effect, which stands in the machines.
///
/// Spelling, renumbering, the layout of packed states, the search's reach and liveness, and random
/// scenarios read it. None of them has a list of verbs of its own.
public struct VerbFacts: Sendable {
    /// What the words behind the verb stand for; none, one or two.
    let first, second: Operand?
    /// The parts of a state that it can change beside lines, requests, services and the guest's
    /// interrupt flag, which every search has.
    let changes: StateParts
    let traits: VerbTraits
    let reach: Reach

    init(
        _ first: Operand? = nil, _ second: Operand? = nil, changes: StateParts = [],
        traits: VerbTraits = [], reach: Reach = .unknown
    ) {
        (self.first, self.second) = (first, second)
        (self.changes, self.traits, self.reach) = (changes, traits, reach)
    }

    /// What an operand stands for, and so which values it may have.
    public enum Operand: Sendable {
        /// A pin of the machine.
        case pin
        /// A vector that a local APIC takes, 16…255 (model-contract §1).
        case vector
        /// `edge` or `level`.
        case trigger
        /// The code of a `Destination`.
        case destination
        /// The code of an `IPIDestination`.
        case ipiDestination
        /// 0…255.
        case value
    }

    /// Which of the two parts of a state that vary most, the lines and the guest's interrupt flag,
    /// a single action looks at or changes; by what its rules are given.
    enum Reach: Sendable {
        /// The line of its pin. Host steps get IOAPIC and local APIC, and no flag.
        case line
        /// The flag. `sti` and `cli` look at it and at what is in service.
        case interruptFlag
        /// None: the hand-off from KVM to the page sees no IOAPIC, and no flag before `accept`.
        case neither
        /// That is not known to be little.
        case unknown
    }
}

/// A part of a state that only some verbs change.
struct StateParts: OptionSet, Sendable {
    let rawValue: UInt16

    static let resampleLines = StateParts(rawValue: 1 << 0)
    static let mask = StateParts(rawValue: 1 << 1)
    static let trigger = StateParts(rawValue: 1 << 2)
    static let vector = StateParts(rawValue: 1 << 3)
    static let destination = StateParts(rawValue: 1 << 4)
    /// What KVM notes of an RTC interrupt on its way.
    static let rtc = StateParts(rawValue: 1 << 5)
    /// SPIV of KVM's local APIC; each write of it asks for a scan of the handled vectors.
    static let spiv = StateParts(rawValue: 1 << 6)
    static let taskPriority = StateParts(rawValue: 1 << 7)
    static let allowed = StateParts(rawValue: 1 << 8)
    static let savicEnabled = StateParts(rawValue: 1 << 9)
    static let extINT = StateParts(rawValue: 1 << 10)
}

/// What else is true of a verb.
struct VerbTraits: OptionSet, Sendable {
    let rawValue: UInt8

    /// A device asks for service with it.
    static let asksForService = VerbTraits(rawValue: 1 << 0)
    /// It writes a redirection entry; that asks for a scan of the handled vectors.
    static let writesEntry = VerbTraits(rawValue: 1 << 1)
    /// A plain machine does not have it.
    static let secureOnly = VerbTraits(rawValue: 1 << 2)
}
