internal import AgentFace
public import InterruptModel
public import Verdicts

/// A secure guest whose agent does as it is told: what the probes need, on hardware, on the kernel
/// lab and on the emulator alike.
protocol ProbedGuest: AnyObject {
    /// Performs a host step on a line.
    func host(_ action: Action) throws(BackendFailure)

    /// One guest step: the vCPU is entered, the agent performs the command and, if it is open,
    /// takes what is deliverable.
    func tell(_ command: AgentCommand) throws(BackendFailure) -> AgentAnswer

    /// What the agent sees: its own page, and KVM's registers through the GHCB.
    func look() throws(BackendFailure) -> AgentSnapshot

    /// What the agent has counted.
    var counters: AgentCounters { get }

    /// The vectors whose EOIs have reached the IOAPIC since the last guest step began.
    func endings() throws(BackendFailure) -> [UInt8]
}

/// Makes guests for the probes; the backends with a secure guest do.
public protocol ProbeHost: Backend {
    /// Why no such guest can be had here, or nil.
    /// - Parameter design: what is to be played, where that is played.
    func obstacleToProbes(of design: EOIDesignEntry) -> Skip?

    /// Runs all probes.
    /// - Parameters:
    ///   - irqchip: who plays the IOAPIC.
    ///   - played: the assumptions that the emulator or the lab plays; hardware has its own.
    ///   - design: the design that the emulator or the lab plays.
    func characterize(
        irqchip: IRQChip, played: Assumptions, design: EOIDesignEntry
    ) throws(BackendFailure) -> Characterization
}
