package import AgentFace
package import InterruptModel
package import KVMHost
package import Lockstep
package import Scenarios
package import Verdicts

/// The secure agent's real machine code in an ordinary VM on any `/dev/kvm`, while this tool plays
/// Secure AVIC hardware and KVM with the chosen EOI design: the code that will meet the hardware
/// first has run here before.
package final class EmulatorBackend: Backend {
    package let kind = BackendKind.emulator

    private let device: KVMDevice
    private let limit: RunLimit
    private let agent: AgentImage
    private let space: WideSpace
    private var guest: EmulatedGuest?
    /// In one of so many guests VMRUN does not write the page's TMR; nil for none.
    private let oddOneIn: Int?
    private var guestCount = 0

    /// Opens `/dev/kvm`.
    /// - Parameters:
    ///   - seconds: the longest time that one `KVM_RUN` may take.
    ///   - oddOneIn: play hardware that now and then does otherwise: in one of so many guests
    ///     VMRUN does not write the page's TMR.
    package convenience init(limit seconds: UInt64 = 10, oddOneIn: Int? = nil) {
        self.init(limit: seconds, calls: .live, oddOneIn: oddOneIn)
    }

    /// - Parameters:
    ///   - space: with one rule of the hardware or of KVM broken for a mutant.
    ///   - agent: with its own VMGEXITs; a mutant has other machine code.
    ///   - calls: the kernel's, unless a test stands in for it.
    package init(
        limit seconds: UInt64 = 10, space: WideSpace = WideSpace(), agent: AgentImage = .secure,
        calls: SystemCalls = .live, oddOneIn: Int? = nil
    ) {
        device = KVMDevice(calls: calls)
        limit = .seconds(seconds)
        self.space = space
        self.oddOneIn = oddOneIn
        self.agent = agent.withPatchedExits()
    }

    /// Why `/dev/kvm` is there but cannot be used, if so.
    package var refusal: String? { device.refusal }

    package func obstacle(
        to scenario: Scenario, _ setup: MachineSetup, _ design: EOIDesignEntry
    ) -> Skip? {
        if let skip = device.missing { return skip }
        if let skip = device.missingCapability { return skip }
        if let skip = GuestLimits.obstacle(to: scenario, setup) { return skip }
        if let skip = GuestLimits.secureObstacle(to: scenario, setup) { return skip }
        if setup.kind == .plain {
            return Skip(
                reason: "needs a plain local APIC: the emulator's guest has Secure AVIC",
                hint: "run it with --backend kvm or model")
        }
        return nil
    }

    package func actual(_ setup: MachineSetup) -> MachineSetup {
        var setup = setup
        setup.entersAfterExit = true
        return setup
    }

    package func hidden(on setup: MachineSetup) -> [(field: ObservedField, reason: String)] { [] }

    package func prepare(
        _ setup: MachineSetup, design: EOIDesignEntry
    ) throws(BackendFailure) {
        guest = try makeGuest(setup, design)
    }

    private func makeGuest(
        _ setup: MachineSetup, _ design: EOIDesignEntry
    ) throws(BackendFailure) -> EmulatedGuest {
        try device.checkCapability()
        guestCount += 1
        let isOdd = oddOneIn.map { guestCount % $0 == 0 } ?? false
        let space = isOdd ? WideSpace(breaking: .vmrunWritesPageTMR) : space
        return try device.use { system throws(BackendFailure) in
            try EmulatedGuest(system, agent, setup, design, space, limit)
        }
    }

    package func perform(
        _ action: Action, isAtomic: Bool, into observation: inout Observation
    ) throws(BackendFailure) {
        guard let guest else { throw .failed("no machine was prepared") }
        try guest.perform(action, isAtomic: isAtomic, into: &observation)
    }

    package func tearDown() { guest = nil }
}

extension EmulatorBackend: ProbeHost {
    package func obstacleToProbes(of design: EOIDesignEntry) -> Skip? {
        device.missing ?? device.missingCapability
    }

    /// What it plays it plays each time.
    package var standardRepeats: Int { 10 }

    package func characterize(_ options: CharacterizeOptions) -> Characterization {
        let bench = ProbeBench(
            irqchip: options.irqchip, played: options.played,
            wantsVector: options.design.wantsVector
        ) { setup throws(BackendFailure) in
            try self.makeGuest(self.actual(setup), options.design)
        }
        return ProbeSeries(options: options, bench: bench, agent: .secure).run()
    }
}
