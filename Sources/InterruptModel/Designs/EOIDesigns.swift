internal import StateExplorer

/// All designs, in the order of model-contract §3.
public enum EOIDesigns {
    /// Every design that the command line knows; a new one is a line here.
    public static let all: [EOIDesignEntry] = [
        EOIDesignEntry(RFCv1.self),
        EOIDesignEntry(RFCv2.self),
        EOIDesignEntry(Hardened.self),
        EOIDesignEntry(OneOutstanding.self),
        EOIDesignEntry(ReevaluateAll.self),
        EOIDesignEntry(GuestConveys.self),
    ]

    /// The design that a run tests unless told otherwise (model-contract §7).
    public static let standard = EOIDesignEntry(RFCv2.self)

    /// Those that make a difference: a plain machine has KVM's own local APIC, and no design is
    /// under test.
    public static func tested(on kind: MachineKind) -> [EOIDesignEntry] {
        kind == .plain ? [standard] : all
    }

    /// The design of this name, or nil.
    public static func named(_ name: String) -> EOIDesignEntry? {
        all.first { $0.name == name }
    }
}

/// A design as a value. It is made where the design's type is known, so the machines behind its
/// closures are compiled for that design alone: the rules never dispatch at run time.
public struct EOIDesignEntry: Sendable {
    /// The name on the command line and in files.
    public let name: String
    /// One line for lists.
    public let summary: String
    /// Where it was proposed, in the words of InterruptModel.md, “How sources are cited”.
    public let source: String
    /// What it does, in prose, for `explain`.
    public let explanation: String
    /// Invariants that the design cannot violate on a machine of one vCPU, whatever is assumed.
    public let rulesOut: InvariantSet
    /// Whether the guest has to say which vector it ends.
    public let wantsVector: Bool
    /// Makes a secure machine with this design.
    let makeSecureMachine: @Sendable (MachineSetup, WideSpace) -> RunningMachine
    /// The same without its guest, for one that is real.
    package let makeGuestless: @Sendable (MachineSetup, WideSpace) -> any GuestlessMachine
    /// Makes it a transition system of words, for a search.
    let makeSystem: @Sendable (SearchPlan) -> AnyTransitionSystem?

    /// Invariants that the design cannot violate on this machine. With several vCPUs no design
    /// keeps an IOAPIC, which goes by the vector alone, from acknowledging what another one serves.
    package func rulesOut(on setup: MachineSetup) -> InvariantSet {
        setup.vcpus == 1 ? rulesOut : rulesOut.subtracting(InvariantSet(.noPrematureAck))
    }

    /// Compiles the machines for a design: once for each design that the program, or a test, names.
    public init<Design: EOIDesign>(_ design: Design.Type) {
        name = design.name
        summary = design.summary
        source = design.source
        explanation = design.explanation
        rulesOut = design.rulesOut
        wantsVector = design.wantsVector
        makeSecureMachine = { setup, space in
            typealias CPU = SecureVCPU<WideSpace, Design>
            return setup.vcpus == 1
                ? RunningMachine(Machine<OneProcessor<CPU>>(setup, space: space))
                : RunningMachine(Machine<Processors<CPU>>(setup, space: space))
        }
        makeGuestless = { setup, space in SecureMachine<WideSpace, Design>(setup, space: space) }
        makeSystem = { plan in
            plan.system(of: SecureVCPU<NarrowSpace, Design>.self)
        }
    }
}
