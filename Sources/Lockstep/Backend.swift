public import InterruptModel
public import Scenarios
public import Verdicts

/// Performs the steps of a scenario and tells what it sees (architecture, "Seams").
///
/// A backend never guesses: it names a field that it cannot see in `hidden`, with the reason.
public protocol Backend {
    /// Which of the backends it is.
    var kind: BackendKind { get }

    /// Who plays the hardware that a backend of this kind ordinarily has; nil where nobody does.
    /// Whatever names the backend to people says it (`shownName`).
    var simulatedBy: String? { get }

    /// Whether it is the prediction itself, so that comparing it proves nothing by itself.
    var isPrediction: Bool { get }

    /// Finds out what has to be known of the host before machines with this irqchip are predicted;
    /// what was found once stays. A failure is an error of the run, never a verdict.
    mutating func look(at irqchip: IRQChip) throws(BackendFailure)

    /// What has to be known of the host to read its results, if anything was found.
    var remarks: [String] { get }

    /// The assumptions that it has found out of this host, and that its machines are predicted by
    /// unless the user has settled them.
    var found: PartialAssumptions { get }

    /// The kernel rules that machines with this irqchip have shown, and whether the host's kernel
    /// has them; empty where nobody has looked.
    func kernelRules(on irqchip: IRQChip) -> [KernelRule: Bool]

    /// Why it cannot run this scenario on this machine, or nil.
    /// - Parameter design: what the hypervisor of a secure machine is said to have.
    func obstacle(
        to scenario: Scenario, _ setup: MachineSetup, _ design: EOIDesignEntry
    ) -> Skip?

    /// The machine that it really makes of this setup: a host may be an older kernel, or have a
    /// peculiarity, that the prediction has to share. It has been looked at.
    func actual(_ setup: MachineSetup) -> MachineSetup

    /// The fields of such a machine that cannot be seen, and why. All others are real in an
    /// observation.
    func hidden(on setup: MachineSetup) -> [(field: ObservedField, reason: String)]
    /// Which of the fields that it can see are real after this step: a guest's registers may take
    /// the guest to tell them.
    func visible(of fields: FieldSet, after action: Action) -> FieldSet

    /// Makes a fresh machine; the one before it is gone.
    mutating func prepare(_ setup: MachineSetup, design: EOIDesignEntry) throws(BackendFailure)

    /// Performs one step on the machine.
    /// - Parameters:
    ///   - isAtomic: exactly this action, not the guest step around it.
    ///   - observation: replaced by what the step did.
    mutating func perform(
        _ action: Action, isAtomic: Bool, into observation: inout Observation
    ) throws(BackendFailure)

    /// Gives the machine back. Called once for each `prepare`, also after a failure.
    mutating func tearDown()

    /// What the host's kernel has complained of since the last call: lines of its log, and new
    /// taint. Nothing where it does not matter or cannot be seen; `remarks` says so then.
    mutating func hostComplaints() -> [String]
}

extension Backend {
    public var simulatedBy: String? { nil }

    /// The name for people.
    public var shownName: String { kind.shown(simulatedBy: simulatedBy) }

    public var isPrediction: Bool { false }

    public mutating func look(at irqchip: IRQChip) throws(BackendFailure) {}

    public var remarks: [String] { [] }

    public mutating func hostComplaints() -> [String] { [] }

    public var found: PartialAssumptions { PartialAssumptions() }

    public func kernelRules(on irqchip: IRQChip) -> [KernelRule: Bool] { [:] }

    public func actual(_ setup: MachineSetup) -> MachineSetup { setup }

    /// The fields of an observation that are real.
    package func visible(on setup: MachineSetup) -> FieldSet {
        FieldSet.all(of: setup.kind).subtracting(FieldSet(hidden(on: setup).map(\.field)))
    }

    public func visible(of fields: FieldSet, after action: Action) -> FieldSet { fields }

    /// The fields of an observation of this step that are real.
    package func visible(on setup: MachineSetup, after action: Action) -> FieldSet {
        visible(of: visible(on: setup), after: action)
    }

    /// The fields that cannot be seen, for people.
    package func unobservable(on setup: MachineSetup) -> [Unobservable] {
        hidden(on: setup).map {
            Unobservable(field: $0.field.name(on: setup.kind), reason: $0.reason)
        }
    }
}

/// Why a backend could not perform a step. The text is a sentence for people.
public enum BackendFailure: Error, Sendable, Equatable {
    /// A bounded wait ran out.
    case timeout(String)
    /// A system call or the guest failed.
    case failed(String)
    /// Only in making it, this host showed that it has no such machine: nothing ran.
    case lacking(Skip)
    /// Ctrl-C.
    case interrupted
}
