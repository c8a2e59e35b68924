package import AgentFace
public import InterruptModel
package import KVMHost
public import Scenarios
public import Verdicts

/// The secure agent's real machine code in an ordinary VM on any `/dev/kvm`, while this tool plays
/// Secure AVIC hardware and KVM with the chosen EOI design: the code that will meet the hardware
/// first has run here before.
public final class EmulatorBackend: Backend {
    public let name = "emulator"

    private let device: KVMDevice
    private let limit: RunLimit
    private let agent: AgentImage
    private let space: WideSpace
    private var guest: EmulatedGuest?

    /// Opens `/dev/kvm`.
    /// - Parameter seconds: the longest time that one `KVM_RUN` may take.
    public convenience init(limit seconds: UInt64 = 10) {
        self.init(limit: seconds, calls: .live)
    }

    /// - Parameters:
    ///   - space: with one rule of the hardware or of KVM broken for a mutant.
    ///   - agent: with its own VMGEXITs; a mutant has other machine code.
    ///   - calls: the kernel's, unless a test stands in for it.
    package init(
        limit seconds: UInt64 = 10, space: WideSpace = WideSpace(), agent: AgentImage = .secure,
        calls: SystemCalls = .live
    ) {
        device = KVMDevice(calls: calls)
        limit = .seconds(seconds)
        self.space = space
        self.agent = agent.withPatchedExits()
    }

    /// Why `/dev/kvm` is there but cannot be used, if so.
    public var refusal: String? { device.refusal }

    public func obstacle(
        to scenario: Scenario, _ setup: MachineSetup, _ design: EOIDesignEntry
    ) -> Skip? {
        if let skip = device.missing { return skip }
        if let skip = device.missingCapability { return skip }
        if let skip = GuestLimits.obstacle(to: scenario, setup) { return skip }
        if setup.kind == .plain {
            return Skip(
                reason: "needs a plain local APIC: the emulator's guest has Secure AVIC",
                hint: "run it with --backend kvm or model")
        }
        return nil
    }

    public func actual(_ setup: MachineSetup) -> MachineSetup {
        var setup = setup
        setup.entersAfterExit = true
        return setup
    }

    public func visible(on setup: MachineSetup) -> FieldSet { .all(of: setup.kind) }

    public func unobservable(on setup: MachineSetup) -> [Unobservable] { [] }

    public func prepare(
        _ setup: MachineSetup, design: EOIDesignEntry
    ) throws(BackendFailure) {
        guest = try makeGuest(setup, design)
    }

    private func makeGuest(
        _ setup: MachineSetup, _ design: EOIDesignEntry
    ) throws(BackendFailure) -> EmulatedGuest {
        try device.checkCapability()
        return try device.use { system throws(BackendFailure) in
            try EmulatedGuest(system, agent, setup, design, space, limit)
        }
    }

    public func perform(
        _ action: Action, isAtomic: Bool, into observation: inout Observation
    ) throws(BackendFailure) {
        guard let guest else { throw .failed("no machine was prepared") }
        try guest.perform(action, isAtomic: isAtomic, into: &observation)
    }

    public func tearDown() { guest = nil }
}

extension EmulatorBackend: ProbeHost {
    public func obstacleToProbes(of design: EOIDesignEntry) -> Skip? {
        device.missing ?? device.missingCapability
    }

    public func characterize(
        irqchip: IRQChip, played: Assumptions, design: EOIDesignEntry
    ) throws(BackendFailure) -> Characterization {
        let probes = Probes(
            makeGuest: { setup throws(BackendFailure) in
                try self.makeGuest(self.actual(setup), design)
            }, irqchip: irqchip, played: played)
        return try probes.run()
    }
}
