public import InterruptModel

/// A list of steps, what the machine looks like, and what must come of it
/// (command-line §3).
public struct Scenario: Sendable {
    public var name: String
    /// One line.
    public var summary: String
    /// The hazard, story or rule that it comes from.
    public var source: String
    /// Prose for `explain`; may be empty.
    public var explanation: String
    /// The first group is the heading under which reports show it.
    public var groups: [String]
    public var danger: Danger
    /// The kinds of machine on which the danger is real.
    public var dangerousMachines: [MachineKind]
    /// The kinds of machine that it makes sense on, the preferred one first.
    public var machines: [MachineKind]
    /// The irqchips that it makes sense on.
    public var irqchips: [IRQChip]
    public var granularity: Granularity
    /// The machine, of the preferred kind. Its page TMR and guest EOI are the scenario's own axes,
    /// for which `hazards` is stated.
    public var setup: MachineSetup
    public var steps: [ScenarioStep]
    /// What must hold at the end, whatever the machine's kind.
    public var expectations: [Expectation]
    /// What must hold at the end on one kind of machine only.
    public var expectationsByKind: [MachineKind: [Expectation]]
    /// Invariants that a design is known to violate here, by the design's name; `plain` for
    /// KVM's own local APIC. Where the irqchips differ, `rfc-v2@split` goes before `rfc-v2`.
    public var hazards: [String: InvariantSet]
    /// The same where they differ because KVM enters again after every exit of a guest's command,
    /// and so injects in the middle of it; instead of the design's entry in `hazards`.
    public var hazardsWithReentry: [String: InvariantSet]
    /// The pin whose line nothing can serve any more after the last step, without another line's
    /// help; stated for `design`, or for every design where that is nil.
    public var stuck: UInt8?
    /// The name of the design that it is run with unless the run chooses another.
    public var design: String?
    /// Where it was read from.
    public var location: SourceLocation

    /// The name that `hazards` uses for a machine without a design under test.
    public static let plainDesign = "plain"

    /// The invariants that a design is known to violate here on such a machine.
    public func knownHazards(of design: String, on setup: MachineSetup) -> InvariantSet {
        func stated(in hazards: [String: InvariantSet]) -> InvariantSet? {
            hazards["\(design)@\(setup.irqchip.rawValue)"] ?? hazards[design]
        }
        let always = stated(in: hazards) ?? []
        return setup.entersAfterExit ? stated(in: hazardsWithReentry) ?? always : always
    }
}

extension Scenario {
    /// A scenario that nobody has written: a search or a fuzzer has found it.
    public init(
        found name: String, summary: String, source: String, setup: MachineSetup,
        actions: [Action], granularity: Granularity = .step
    ) {
        let place = SourceLocation(file: name, line: 1, column: 1)
        self.init(
            name: name, summary: summary, source: source, explanation: "", groups: ["found"],
            danger: .none, dangerousMachines: MachineKind.allCases,
            machines: [setup.kind], irqchips: [setup.irqchip], granularity: granularity,
            setup: setup, steps: actions.map { .action($0, isOptional: false, place) },
            expectations: [], expectationsByKind: [:], hazards: [:], hazardsWithReentry: [:],
            stuck: nil, design: nil, location: place)
    }
}

/// What a scenario can do to the host it runs on.
public enum Danger: String, Sendable, CaseIterable {
    case none
    /// Can hurt an unfixed host kernel: not run on real KVM without `--allow-host-risk`.
    case host
}

/// One line of a scenario.
public enum ScenarioStep: Sendable {
    /// - isOptional: written with `?`; left out where the action is not enabled.
    case action(Action, isOptional: Bool, SourceLocation)
    /// Checks in the middle of the run.
    case expect([Expectation])
    case `repeat`(times: Int, [ScenarioStep])
}

/// Something that must be true of a run, with the place where it is written.
public struct Expectation: Sendable {
    public var fact: Fact
    public var location: SourceLocation
    /// It is judged also behind a violated invariant.
    public var isAlways = false

    public enum Fact: Sendable, Equatable {
        /// Vectors of EOIs that reached the IOAPIC, in order: with a split irqchip, the exits.
        case eoiExits([PlacedVector])
        /// How often the guest took each vector; vectors not named were not taken.
        case deliveries([PlacedVector: Int])
        /// Vectors in the order in which the guest took them.
        case order([PlacedVector])
        /// Pins whose ack notifiers fired, in order.
        case acknowledgements([UInt8])
        /// Pins whose resamplefd was signalled, in order.
        case resamples([UInt8])
        /// Answers of KVM_IRQ_LINE_STATUS, in order.
        case lineStatus([Int])
        /// How often the guest took a #GP.
        case faults(Int)
        /// Exactly these pins have Remote IRR set now.
        case remoteIRR([UInt8])
        /// Exactly these vectors are set in KVM's IRR, ISR (secure: shadow ISR), TMR now.
        case irr([PlacedVector])
        case isr([PlacedVector])
        case tmr([PlacedVector])
        /// Exactly these vectors are set in the backing page now; secure machines only.
        case pageIRR([PlacedVector])
        case pageISR([PlacedVector])
    }
}

/// A place in a scenario file, lines and columns from 1.
public struct SourceLocation: Sendable, Hashable, CustomStringConvertible {
    public var file: String
    public var line: Int
    public var column: Int

    public init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }

    public var description: String { "\(file):\(line):\(column)" }
}

/// A scenario file that cannot be used: where, and what was expected there.
public struct ScenarioError: Error, Sendable, CustomStringConvertible {
    public var location: SourceLocation
    public var message: String

    package init(location: SourceLocation, message: String) {
        self.location = location
        self.message = message
    }

    public var description: String { "\(location): \(message)" }
}
