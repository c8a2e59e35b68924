internal import AgentFace
package import InterruptModel
package import Lockstep
package import Verdicts

/// A secure guest whose agent does as it is told: what the probes need, on hardware, on the kernel
/// lab, on the emulator and on the model alike.
protocol ProbedGuest: AnyObject {
    /// Performs a host step on a line.
    func host(_ action: Action) throws(BackendFailure)

    /// One guest step: the vCPU is entered, the agent performs the command and, if it is open,
    /// takes what is deliverable.
    func tell(_ command: AgentCommand) throws(BackendFailure) -> ProbedStep

    /// What the agent sees: IRR, ISR and TMR of its own page, and KVM's through the GHCB. Nothing
    /// else of the snapshot is real.
    func registers() throws(BackendFailure) -> Snapshot

    /// How many #VCs the agent has taken.
    var vcCount: UInt64 { get }
    /// The last of them.
    var lastVC: AgentVC? { get }

    /// The vectors whose EOIs have reached the IOAPIC since the last guest step began.
    func endings() throws(BackendFailure) -> [UInt8]
}

/// A probed guest with a real agent, which tells what it sees in its mailbox.
protocol TellingGuest: ProbedGuest, AgentGuest {
    /// What the agent sees: its own page, and KVM's registers through the GHCB.
    func look() throws(BackendFailure) -> AgentSnapshot
}

extension TellingGuest {
    func registers() throws(BackendFailure) -> Snapshot {
        var seen = Snapshot()
        seen.first.take(try look())
        return seen
    }

    func mailbox<Result>(_ read: (RawSpan) -> Result) -> Result {
        talk.mailbox(in: memory, read)
    }

    var vcCount: UInt64 { mailbox { AgentCounters($0).vcCount } }
    var lastVC: AgentVC? { mailbox { AgentCounters($0).lastVC } }
}

/// What came of a guest step.
struct ProbedStep {
    /// The interrupt that the guest took, if any.
    var acceptedVector: UInt8?
    var result: AgentResult

    init(acceptedVector: UInt8?, result: AgentResult) {
        self.acceptedVector = acceptedVector
        self.result = result
    }

    init(_ answer: AgentAnswer) {
        self.init(acceptedVector: answer.acceptedVector, result: answer.result)
    }
}

/// Makes guests for the probes; the backends with a secure guest do.
package protocol ProbeHost: Backend {
    /// Why no such guest can be had here, or nil.
    /// - Parameter design: what is to be played, where that is played.
    func obstacleToProbes(of design: EOIDesignEntry) -> Skip?

    /// How often a probe is to run here unless somebody says otherwise.
    var standardRepeats: Int { get }

    /// Runs the probes. Whatever goes wrong in one of them is what it has found.
    func characterize(_ options: CharacterizeOptions) -> Characterization
}

/// How the probes are run.
package struct CharacterizeOptions {
    /// Who plays the IOAPIC.
    package var irqchip: IRQChip
    /// The assumptions that the emulator or the lab plays; hardware has its own.
    package var played: Assumptions
    /// The design that the emulator or the lab plays.
    package var design: EOIDesignEntry
    /// Runs of each probe.
    package var repeats: Int
    /// The probes to run; nil for all.
    package var names: [String]?
    /// Whether somebody wants it to end before its time.
    package var isStopped: () -> Bool = { false }
    /// Told before each run: the probe, and how many of its runs are done.
    package var progress: (_ probe: String, _ done: Int) -> Void = { _, _ in }

    package init(
        irqchip: IRQChip = .split, played: Assumptions = Assumptions(),
        design: EOIDesignEntry = EOIDesigns.standard, repeats: Int = 1, names: [String]? = nil
    ) {
        self.irqchip = irqchip
        self.played = played
        self.design = design
        self.repeats = repeats
        self.names = names
    }
}
