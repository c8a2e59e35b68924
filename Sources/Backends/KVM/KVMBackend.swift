package import InterruptModel
package import KVMHost
package import Lockstep
package import Scenarios
package import Verdicts

/// The plain agent in an ordinary VM on a real `/dev/kvm`, against the model step by step: with a
/// split irqchip KVM's local APIC and real `KVM_EXIT_IOAPIC_EOI` exits, with KVM's own irqchip its
/// IOAPIC too and real Remote IRR.
package final class KVMBackend: Backend {
    package let kind = BackendKind.kvm

    /// Longest time that one `KVM_RUN` may take.
    private let limit: RunLimit
    private let allowsHostRisk: Bool
    private let device: KVMDevice
    private let host: KnownHost
    private let watch: HostWatch
    private var guest: KVMGuest?

    /// Opens `/dev/kvm`.
    /// - Parameters:
    ///   - seconds: the longest time that one `KVM_RUN` may take.
    ///   - allowsHostRisk: run scenarios that can hurt an unfixed host.
    package convenience init(limit seconds: UInt64 = 10, allowsHostRisk: Bool = false) {
        self.init(limit: seconds, allowsHostRisk: allowsHostRisk, calls: .live, log: .live())
    }

    /// - Parameters:
    ///   - calls: the kernel to talk to; a test has its own.
    ///   - log: what this kernel says of itself.
    package init(
        limit seconds: UInt64, allowsHostRisk: Bool, calls: SystemCalls, log: HostLog = .silent
    ) {
        watch = HostWatch(log)
        limit = .seconds(seconds)
        self.allowsHostRisk = allowsHostRisk
        device = KVMDevice(calls: calls)
        host = KnownHost(device, limit)
    }

    package func look(at irqchip: IRQChip) throws(BackendFailure) {
        try host.look(at: irqchip)
    }

    /// What was found of machines with this irqchip; of a host that was not looked at, nothing
    /// out of the ordinary.
    package func traits(on irqchip: IRQChip) -> HostTraits { host.traits(on: irqchip) }

    package func actual(_ setup: MachineSetup) -> MachineSetup {
        traits(on: setup.irqchip).applied(to: setup)
    }

    /// Why `/dev/kvm` is there but cannot be used, if so.
    package var refusal: String? { device.refusal }

    package func kernelRules(on irqchip: IRQChip) -> [KernelRule: Bool] {
        host.kernelRules(on: irqchip)
    }

    package func hostComplaints() -> [String] { watch.complaints() }

    package var remarks: [String] {
        var remarks: [String] = []
        if let remark = watch.remark { remarks.append(remark) }
        if host.findings.contains(where: \.endsAtDelivery) {
            remarks.append(
                "PECULIAR HOST: this KVM ends every interrupt itself at delivery, so ISR, PPR and "
                    + "guest EOIs are not put to the test; lines, routes, TMR, IRR and EOI exits "
                    + "are")
        }
        return remarks
    }

    package func obstacle(
        to scenario: Scenario, _ setup: MachineSetup, _ design: EOIDesignEntry
    ) -> Skip? {
        if let skip = device.missing { return skip }
        if setup.kind == .secure {
            return Skip(
                reason: "needs Secure AVIC: backend kvm has a plain local APIC",
                hint: "run it with --backend emulator or model")
        }
        if let skip = HostLimits.obstacle(to: scenario, setup, on: device) { return skip }
        if scenario.danger == .host, scenario.dangerousMachines.contains(setup.kind),
            !allowsHostRisk
        {
            return Skip(
                reason: "can hurt an unfixed host kernel",
                hint: "run it with --allow-host-risk on a machine that may crash")
        }
        if traits(on: setup.irqchip).endsAtDelivery, scenario.contains(HostLimits.isMidway) {
            return Skip(
                reason: "needs the guest's own EOI: this host's KVM ends interrupts at delivery",
                hint: "run it on another host")
        }
        return nil
    }

    /// What cannot be seen, and why. With a split irqchip the IOAPIC is the model's own code.
    package func hidden(on setup: MachineSetup) -> [(field: ObservedField, reason: String)] {
        let ended = "this KVM ends every interrupt itself at delivery"
        let service: [ObservedField] = setup.endsAtDelivery ? [.isr, .ppr] : []
        return HostLimits.hiddenIOAPIC(on: setup.irqchip) + service.map { ($0, ended) }
    }

    package func prepare(
        _ setup: MachineSetup, design: EOIDesignEntry
    ) throws(BackendFailure) {
        guest = try KVMGuest.booted(on: device, setup, limit)
    }

    package func perform(
        _ action: Action, isAtomic: Bool, into observation: inout Observation
    ) throws(BackendFailure) {
        guard let guest else { throw .failed("no machine was prepared") }
        try guest.perform(action, into: &observation)
    }

    package func tearDown() { guest = nil }
}

extension BackendFailure {
    /// Runs KVM calls and says their errors in words.
    static func translating<Result: ~Copyable>(
        _ body: () throws(KVMError) -> Result
    ) throws(BackendFailure) -> Result {
        do {
            return try body()
        } catch {
            throw BackendFailure(error)
        }
    }

    init(_ error: KVMError) {
        switch error {
        case .timeout: self = .timeout("\(error)")
        case .interrupted: self = .interrupted
        case .call, .apiVersion, .labVersion, .unexpectedExit, .sev: self = .failed("\(error)")
        }
    }
}
