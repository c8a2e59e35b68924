package import AgentFace
public import InterruptModel
package import KVMHost
public import Scenarios
public import Verdicts

/// The secure agent in an SEV-SNP guest with Secure AVIC, against the model step by step: the
/// guest's real in-service register from its own page, KVM's shadow through the GHCB, EOI exits or
/// resample descriptors, and with KVM's own irqchip real Remote IRR.
public final class SavicBackend: Backend {
    public let name = "savic"

    private let device: KVMDevice
    private let limit: RunLimit
    private let allowsHostRisk: Bool
    private let axes: AxisOverrides
    private let encryptionBit: UInt8?
    private let agent: AgentImage
    /// What this host lacks, if anything: nothing is tried then.
    private let lack: Skip?
    private var guest: SavicGuest?

    /// Opens `/dev/kvm` where the host has all that is needed.
    /// - Parameters:
    ///   - lack: the requirement that this host does not meet.
    ///   - seconds: the longest time that one `KVM_RUN` may take.
    ///   - allowsHostRisk: run scenarios that can hurt an unfixed host.
    ///   - axes: the assumptions that the user has settled.
    public convenience init(
        lack: Skip?, limit seconds: UInt64 = 10, allowsHostRisk: Bool = false,
        axes: AxisOverrides = AxisOverrides()
    ) {
        self.init(
            lack: lack, limit: seconds, allowsHostRisk: allowsHostRisk, axes: axes, calls: .live,
            reader: .live)
    }

    /// - Parameters:
    ///   - calls: the kernel to talk to; a test has its own.
    ///   - reader: the host to look at.
    ///   - agent: what runs in the guest; a mutant has other machine code.
    package init(
        lack: Skip?, limit seconds: UInt64, allowsHostRisk: Bool, axes: AxisOverrides,
        calls: SystemCalls, reader: HostReader, agent: AgentImage = .secure
    ) {
        self.lack = lack
        self.agent = agent
        self.allowsHostRisk = allowsHostRisk
        self.axes = axes
        limit = .seconds(seconds)
        encryptionBit = reader.encryptionBit
        device = KVMDevice(calls: calls)
    }

    /// Why `/dev/kvm` is there but cannot be used, if so and if it matters.
    public var refusal: String? { lack == nil ? device.refusal : nil }

    public func actual(_ setup: MachineSetup) -> MachineSetup {
        var setup = setup
        setup.entersAfterExit = true
        return setup
    }

    public func obstacle(
        to scenario: Scenario, _ setup: MachineSetup, _ design: EOIDesignEntry
    ) -> Skip? {
        if let lack { return lack }
        if let skip = device.missing { return skip }
        if setup.kind == .plain {
            return Skip(
                reason: "needs a plain local APIC: this guest has Secure AVIC",
                hint: "run it with --backend kvm")
        }
        if let skip = HostLimits.obstacle(to: scenario, setup, on: device) { return skip }
        guard !allowsHostRisk else { return nil }
        let isMarked = scenario.danger == .host && scenario.dangerousMachines.contains(.secure)
        let extent = HostDanger(axes: axes).extent(in: scenario, on: actual(setup), design)
        guard isMarked || extent != .none else { return nil }
        let risk = "run it with --allow-host-risk on a machine that may crash"
        let settle = "have characterize find out what this host does (--assumptions FILE), or "
        return Skip(
            reason: "can hurt an unfixed host kernel, by an EOI that it has nothing noted for or "
                + "by a WARN",
            hint: !isMarked && extent == .some ? settle + risk : risk)
    }

    /// What cannot be seen, and why.
    private func hidden(on setup: MachineSetup) -> [(field: ObservedField, reason: String)] {
        HostLimits.hiddenIOAPIC(on: setup.irqchip) + [
            (.requested, "RequestedIRR is in the VMCB, and VMRUN has consumed it"),
            (.ppr, "PPR is the hardware's; the page does not hold it"),
        ]
    }

    public func visible(on setup: MachineSetup) -> FieldSet {
        FieldSet.all(of: .secure).subtracting(FieldSet(hidden(on: setup).map(\.field)))
    }

    /// To ask the guest is to enter it, and that injects what a host step has made pending.
    public func visible(on setup: MachineSetup, after action: Action) -> FieldSet {
        let guestTells = FieldSet([.isr, .irr, .tmr, .pageISR, .pageIRR, .pageTMR])
        let visible = visible(on: setup)
        return action.actor == .guest ? visible : visible.subtracting(guestTells)
    }

    public func unobservable(on setup: MachineSetup) -> [Unobservable] {
        hidden(on: setup).map {
            Unobservable(field: $0.field.name(on: .secure), reason: $0.reason)
        }
    }

    public func prepare(
        _ setup: MachineSetup, design: EOIDesignEntry
    ) throws(BackendFailure) {
        guest = try makeGuest(setup, design)
    }

    private func makeGuest(
        _ setup: MachineSetup, _ design: EOIDesignEntry
    ) throws(BackendFailure) -> SavicGuest {
        guard let encryptionBit else {
            throw .failed("CPUID 8000001F does not tell the C-bit: this CPU has no SEV")
        }
        return try device.use { system throws(BackendFailure) in
            try SavicGuest(
                system, agent, setup, design, encryptionBit: encryptionBit, limit,
                allowsHostRisk: allowsHostRisk)
        }
    }

    public func perform(
        _ action: Action, isAtomic: Bool, into observation: inout Observation
    ) throws(BackendFailure) {
        guard let guest else { throw .failed("no machine was prepared") }
        try guest.perform(action, into: &observation)
    }

    public func tearDown() { guest = nil }
}

extension SavicBackend: ProbeHost {
    public var obstacleToProbes: Skip? { lack ?? device.missing }

    /// Hardware plays what it plays: `played` and `design` say only what to expect, and here
    /// nothing is expected.
    public func characterize(
        irqchip: IRQChip, played: Assumptions, design: EOIDesignEntry
    ) throws(BackendFailure) -> Characterization {
        let probes = Probes(
            makeGuest: { setup throws(BackendFailure) in
                try self.makeGuest(setup, EOIDesigns.standard)
            }, irqchip: irqchip, played: Assumptions())
        return try probes.run()
    }
}
