internal import AgentFace
public import InterruptModel
internal import KVMHost
public import Scenarios
public import Verdicts

/// The plain agent in an ordinary VM on a real `/dev/kvm`, against the model step by step: with a
/// split irqchip KVM's local APIC and real `KVM_EXIT_IOAPIC_EOI` exits, with KVM's own irqchip its
/// IOAPIC too and real Remote IRR.
public final class KVMBackend: Backend {
    public let name = "kvm"

    /// Longest time that one `KVM_RUN` may take.
    private let limit: RunLimit
    private let allowsHostRisk: Bool
    private let device: KVMDevice
    /// Whether this host's KVM ends every interrupt itself, right after delivery.
    package private(set) var endsAtDelivery = false
    private var guest: KVMGuest?

    /// Opens `/dev/kvm`.
    /// - Parameters:
    ///   - seconds: the longest time that one `KVM_RUN` may take.
    ///   - allowsHostRisk: run scenarios that can hurt an unfixed host.
    public init(limit seconds: UInt64 = 10, allowsHostRisk: Bool = false) {
        limit = .seconds(seconds)
        self.allowsHostRisk = allowsHostRisk
        device = KVMDevice()
        if device.refusal == nil, device.missing == nil {
            endsAtDelivery = Self.endsAtDelivery(device, limit)
        }
    }

    /// Whether this host's KVM ends every interrupt itself: takes one, never ends it, and sees
    /// its EOI exit all the same while it is not in service. Less evidence would not do: a KVM
    /// that only loses an in-service bit has to fail. kvm_pvm of some machines behaves so.
    private static func endsAtDelivery(_ device: KVMDevice, _ limit: RunLimit) -> Bool {
        let vector: UInt8 = 0x31
        let setup = MachineSetup(kind: .plain, pins: [PinSetup(pin: 2, vector: vector)])
        var observation = Observation()
        var isTaken = false
        var exits = false
        do {
            let guest = try guest(on: device, setup, limit)
            try guest.perform(.assert(pin: 2), into: &observation)
            try guest.perform(.run, into: &observation)
            isTaken = observation.events.contains(.accepted(vector: vector))
            exits = observation.events.contains(.eoiExit(vector: vector))
            // The exit comes at one of the next entries of the vCPU.
            try guest.perform(.cli, into: &observation)
            exits = exits || observation.events.contains(.eoiExit(vector: vector))
        } catch {
            // Whatever is wrong shows again, with its place, in the first scenario.
            return false
        }
        return isTaken && exits && !observation.snapshot.isr.contains(Int(vector))
    }

    /// A booted guest.
    private static func guest(
        on device: KVMDevice, _ setup: MachineSetup, _ limit: RunLimit
    ) throws(BackendFailure) -> KVMGuest {
        let guest = try device.use { system throws(BackendFailure) in
            try BackendFailure.translating { () throws(KVMError) in
                try KVMGuest(system, setup, limit)
            }
        }
        try guest.boot(setup)
        return guest
    }

    public func actual(_ setup: MachineSetup) -> MachineSetup {
        var setup = setup
        setup.endsAtDelivery = endsAtDelivery
        return setup
    }

    /// Why `/dev/kvm` is there but cannot be used, if so.
    public var refusal: String? { device.refusal }

    /// What has to be known about this host to read its results, if anything.
    public var remark: String? {
        guard endsAtDelivery else { return nil }
        return "PECULIAR HOST: this KVM ends every interrupt itself at delivery, so ISR, PPR and "
            + "guest EOIs are not put to the test; lines, routes, TMR, IRR and EOI exits are"
    }

    public func obstacle(to scenario: Scenario, _ setup: MachineSetup) -> Skip? {
        if let skip = device.missing { return skip }
        if setup.kind == .secure {
            return Skip(
                reason: "needs Secure AVIC: backend kvm has a plain local APIC",
                hint: "run it with --backend emulator or model")
        }
        if let skip = HostLimits.obstacle(to: scenario, setup) { return skip }
        if scenario.danger == .host, scenario.dangerousMachines.contains(setup.kind),
            !allowsHostRisk
        {
            return Skip(
                reason: "can hurt an unfixed host kernel",
                hint: "run it with --allow-host-risk on a machine that may crash")
        }
        if endsAtDelivery, scenario.contains(HostLimits.isMidway) {
            return Skip(
                reason: "needs the guest's own EOI: this host's KVM ends interrupts at delivery",
                hint: "run it on another host")
        }
        return nil
    }

    /// What cannot be seen, and why. With a split irqchip the IOAPIC is the model's own code.
    private func hidden(on setup: MachineSetup) -> [(field: ObservedField, reason: String)] {
        let ended = "this KVM ends every interrupt itself at delivery"
        let service: [ObservedField] = setup.endsAtDelivery ? [.isr, .ppr] : []
        return HostLimits.hiddenIOAPIC(on: setup.irqchip) + service.map { ($0, ended) }
    }

    public func visible(on setup: MachineSetup) -> FieldSet {
        FieldSet.all(of: .plain).subtracting(FieldSet(hidden(on: setup).map(\.field)))
    }

    public func unobservable(on setup: MachineSetup) -> [Unobservable] {
        hidden(on: setup).map {
            Unobservable(field: $0.field.name(on: .plain), reason: $0.reason)
        }
    }

    public func prepare(
        _ setup: MachineSetup, design: EOIDesignEntry
    ) throws(BackendFailure) {
        guest = try Self.guest(on: device, setup, limit)
    }

    public func perform(
        _ action: Action, isAtomic: Bool, into observation: inout Observation
    ) throws(BackendFailure) {
        guard let guest else { throw .failed("no machine was prepared") }
        try guest.perform(action, into: &observation)
    }

    public func tearDown() { guest = nil }
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
        case .call, .apiVersion, .unexpectedExit, .sev: self = .failed("\(error)")
        }
    }
}
