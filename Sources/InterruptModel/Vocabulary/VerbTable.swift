/// What is known of a verb beside its effect, which stands in the machines: one row for each.
///
/// Spelling, renumbering, the layout of packed states, the search's reach and liveness, and random
/// scenarios read the row. None of them has a list of verbs of its own.
public struct VerbFacts: Sendable {
    /// What the words behind the verb stand for; none, one or two.
    let first, second: ActionVerb.Operand?
    let actor: Actor
    /// The parts of a state that it can change beside lines, requests, services and the guest's
    /// interrupt flag, which every search has.
    let changes: StateParts
    let traits: VerbTraits
    let reach: Reach

    fileprivate init(
        _ actor: Actor, _ first: ActionVerb.Operand? = nil, _ second: ActionVerb.Operand? = nil,
        changes: StateParts = [], traits: VerbTraits = [], reach: Reach = .unknown
    ) {
        (self.first, self.second) = (first, second)
        (self.actor, self.changes, self.traits, self.reach) = (actor, changes, traits, reach)
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

extension ActionVerb {
    /// The verb's row. There is no `default`: the compiler asks for the row of a new verb.
    var facts: VerbFacts {
        switch self {
        // Devices, and the VMM that plays them
        case .assert: VerbFacts(.host, .pin, traits: .asksForService, reach: .line)
        case .deassert: VerbFacts(.host, .pin, reach: .line)
        case .reassert: VerbFacts(.host, .pin, traits: .asksForService)
        case .msi: VerbFacts(.host, .vector, traits: .asksForService)
        // By KVM_IRQ_LINE_STATUS KVM tells whether an RTC interrupt coalesces.
        case .assertStatus: VerbFacts(.host, .pin, changes: .rtc, traits: .asksForService)
        case .irqfd: VerbFacts(.host, .pin, changes: .resampleLines, traits: .asksForService)
        case .mask, .unmask: VerbFacts(.host, .pin, changes: .mask, traits: .writesEntry)
        case .trigger: VerbFacts(.host, .pin, .trigger, changes: .trigger, traits: .writesEntry)
        case .retarget:
            VerbFacts(.host, .pin, .destination, changes: .destination, traits: .writesEntry)
        case .vector: VerbFacts(.host, .pin, .vector, changes: .vector, traits: .writesEntry)
        case .rewrite: VerbFacts(.host, .pin, traits: .writesEntry)
        case .delayedWork: VerbFacts(.host)
        case .reset, .initSignal: VerbFacts(.host, changes: [.spiv, .savicEnabled])
        case .extINT: VerbFacts(.host, changes: .extINT, traits: .secureOnly)

        // KVM and the hardware
        case .lateExit, .scan: VerbFacts(.hypervisor)
        case .accept: VerbFacts(.hypervisor, reach: .interruptFlag)
        case .inject, .vmrun: VerbFacts(.hypervisor, traits: .secureOnly, reach: .neither)

        // The guest
        case .run, .eoi, .nonzeroEOI, .readEOI, .spuriousEOI: VerbFacts(.guest)
        case .sti, .cli: VerbFacts(.guest, reach: .interruptFlag)
        case .eoiRaising: VerbFacts(.guest, .pin, traits: .asksForService)
        case .directedEOI, .ipi: VerbFacts(.guest, .vector)
        case .tpr: VerbFacts(.guest, .value, changes: .taskPriority)
        case .enableSAVIC: VerbFacts(.guest, changes: .savicEnabled, traits: .secureOnly)
        case .allow, .disallow: VerbFacts(.guest, .vector, changes: .allowed, traits: .secureOnly)
        case .enableAPIC, .disableAPIC: VerbFacts(.guest, changes: .spiv)
        // KVM derives the RTC's pending EOI anew by KVM_SET_LAPIC, which the bit can come by.
        case .suppressBroadcast: VerbFacts(.guest, changes: [.spiv, .rtc])
        }
    }
}

extension Action {
    /// Its verb's row.
    var facts: VerbFacts { words.verb.facts }

    /// Who performs it.
    public var actor: Actor { facts.actor }

    /// Whether it writes a redirection entry.
    package var writesEntry: Bool { facts.traits.contains(.writesEntry) }

    /// Whether a plain machine does not have it.
    package var needsSecureMachine: Bool { facts.traits.contains(.secureOnly) }

    /// Whether it is about this pin.
    package func names(pin: UInt8) -> Bool {
        facts.first == .pin && words.first == pin
    }
}
