internal import InterruptModel
internal import KVMHost
internal import Lockstep

/// What small plain guests have shown of the host's KVM, found out once for each irqchip.
final class KnownHost {
    private let device: KVMDevice
    /// The longest time that one `KVM_RUN` may take.
    private let limit: RunLimit
    /// By the irqchip of the machines that told it.
    private var known: [IRQChip: HostTraits]

    /// - Parameter known: what need not be found out.
    init(_ device: KVMDevice, _ limit: RunLimit, known: [IRQChip: HostTraits] = [:]) {
        self.device = device
        self.limit = limit
        self.known = known
    }

    /// Finds out what machines with this irqchip show, unless that is known. Without a KVM there
    /// is nothing to look at.
    func look(at irqchip: IRQChip) throws(BackendFailure) {
        guard known[irqchip] == nil, device.missing == nil else { return }
        let look = HostLook { setup throws(BackendFailure) in
            try KVMGuest.booted(on: self.device, setup, self.limit)
        }
        known[irqchip] = try look.traits(on: irqchip)
    }

    /// What was found of machines with this irqchip; of a host that was not looked at, nothing
    /// out of the ordinary.
    func traits(on irqchip: IRQChip) -> HostTraits { known[irqchip] ?? HostTraits() }

    /// The kernel rules that were shown, and whether they hold; empty where nobody has looked.
    func kernelRules(on irqchip: IRQChip) -> [KernelRule: Bool] {
        known[irqchip]?.shown(on: irqchip) ?? [:]
    }

    /// All that was found, whatever the irqchip.
    var findings: some Collection<HostTraits> { known.values }
}
