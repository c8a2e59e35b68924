package import InterruptModel
internal import Lockstep

/// What has to be known of a host's KVM before a plain machine on it can be predicted.
package struct HostTraits: Hashable, Sendable {
    /// It ends every interrupt itself, right after delivery.
    package var endsAtDelivery: Bool
    /// What it does that not every kernel does. A rule that its machines cannot show is taken to
    /// hold.
    package var kernelRules: KernelRules
    /// Rules that could be shown on this irqchip, but not by this kernel.
    var unseen: KernelRules = []

    package init(
        endsAtDelivery: Bool = false, kernelRules: KernelRules = .newest
    ) {
        self.endsAtDelivery = endsAtDelivery
        self.kernelRules = kernelRules
    }

    /// The machine that such a host makes of a setup.
    package func applied(to setup: MachineSetup) -> MachineSetup {
        var setup = setup
        setup.endsAtDelivery = endsAtDelivery
        setup.kernelRules = kernelRules
        return setup
    }

    /// The rules that machines with this irqchip have shown, and whether they hold.
    func shown(on irqchip: IRQChip) -> [KernelRule: Bool] {
        let seen = KernelRule.allCases.filter {
            $0.irqchips.contains(irqchip) && !unseen.contains($0)
        }
        return Dictionary(uniqueKeysWithValues: seen.map { ($0, kernelRules.contains($0)) })
    }
}

/// Finds the traits out by small guests of its own, and never by a version. A call that fails is
/// the caller's to report: whatever it left unknown would become a verdict on the kernel.
struct HostLook {
    /// A booted guest of such a machine.
    let makeGuest: (MachineSetup) throws(BackendFailure) -> KVMGuest

    private static let vector: UInt8 = 0x31

    func traits(on irqchip: IRQChip) throws(BackendFailure) -> HostTraits {
        var traits = HostTraits()
        traits.endsAtDelivery = try endsAtDelivery()
        // Where an ordinary EOI is lost, a lost one shows nothing.
        guard try endsOrdinarily(on: irqchip) else {
            traits.unseen = .newest
            return traits
        }
        if irqchip == .kernel, try !unmaskResamples() {
            traits.kernelRules.remove(.unmaskResamples)
        }
        let ends = try endsOfMovedVector(on: irqchip)
        switch (ends.ofOld, ends.ofNew) {
        case (nil, _): traits.unseen = KernelRules([.splitKeepsInFlight, .staleVectorForgotten])
        case (0, _):
            if irqchip == .split { traits.kernelRules.remove(.splitKeepsInFlight) }
            // Such a kernel has no vector that is kept, and so none to forget.
            traits.unseen = KernelRules([.staleVectorForgotten])
        case (_, nil): traits.unseen = KernelRules([.staleVectorForgotten])
        case (_, let new?): if new > 0 { traits.kernelRules.remove(.staleVectorForgotten) }
        }
        return traits
    }

    /// Whether this host's KVM ends every interrupt itself: takes one, never ends it, and sees
    /// its EOI exit all the same while it is not in service. Less evidence would not do: a KVM
    /// that only loses an in-service bit has to fail. kvm_pvm of some machines behaves so.
    private func endsAtDelivery() throws(BackendFailure) -> Bool {
        // The exit comes at one of the next entries of the vCPU.
        let steps: [Action] = [.assert(pin: 2), .run, .cli]
        let seen = try Sight(of: steps, by: makeGuest(machine(.split, interrupts: true)))
        return seen.taken > 0 && seen.exits > 0
            && !seen.last.isr.contains(Int(Self.vector))
    }

    /// Whether the IOAPIC hears of the end of an interrupt whose entry stays as it is.
    private func endsOrdinarily(on irqchip: IRQChip) throws(BackendFailure) -> Bool {
        let guest = try makeGuest(machine(irqchip, interrupts: false, resampler: true))
        let steps: [Action] = [raising(on: irqchip), .run, .sti, .eoi, .run]
        return try Sight(of: steps, by: guest).endsOfTaken ?? 0 > 0
    }

    /// An interrupt is in flight when its entry is moved to nobody; a message with the same vector
    /// follows. How many ends of each reach the IOAPIC; nil where it was not taken. On both kinds
    /// of host the first is pending when its entry moves and taken only then.
    private func endsOfMovedVector(
        on irqchip: IRQChip
    ) throws(BackendFailure) -> (ofOld: Int?, ofNew: Int?) {
        let guest = try makeGuest(machine(irqchip, interrupts: false, resampler: true))
        let moved: [Action] = [
            raising(on: irqchip), .run, .retarget(pin: 2, destination: 1), .run, .sti, .eoi, .run,
        ]
        let old = try Sight(of: moved, by: guest)
        let message: [Action] = [.msi(vector: Self.vector), .sti, .eoi, .run]
        let new = try Sight(of: message, by: guest)
        return (old.endsOfTaken, new.endsOfTaken)
    }

    private func raising(on irqchip: IRQChip) -> Action {
        irqchip == .split ? .assert(pin: 2) : .irqfd(pin: 2)
    }

    /// A stored level at the unmask of a pin with a resampler: asks KVM its owner?
    private func unmaskResamples() throws(BackendFailure) -> Bool {
        let guest = try makeGuest(
            machine(.kernel, interrupts: false, resampler: true, masked: true))
        return try Sight(of: [.irqfd(pin: 2), .unmask(pin: 2)], by: guest).resamples > 0
    }

    private func machine(
        _ irqchip: IRQChip, interrupts: Bool, resampler: Bool = false, masked: Bool = false
    ) -> MachineSetup {
        MachineSetup(
            kind: .plain, irqchip: irqchip,
            pins: [
                PinSetup(
                    pin: 2, vector: Self.vector, masked: masked,
                    resampler: resampler && irqchip == .kernel)
            ], interruptsEnabled: interrupts)
    }

    /// What a guest's steps have shown.
    private struct Sight {
        var taken = 0
        var exits = 0
        var resamples = 0
        var last = Snapshot()

        /// EOIs that the IOAPIC heard of: userspace's by an exit, KVM's by its ack notifier.
        var ends: Int { exits + resamples }

        /// The same; nil where the guest took nothing.
        var endsOfTaken: Int? { taken > 0 ? ends : nil }

        init(of steps: [Action], by guest: KVMGuest) throws(BackendFailure) {
            var observation = Observation()
            for step in steps {
                try guest.perform(step, into: &observation)
                for event in observation.events {
                    switch event {
                    case .accepted: taken += 1
                    case .eoiExit: exits += 1
                    case .resampled: resamples += 1
                    default: break
                    }
                }
            }
            last = observation.snapshot
        }
    }
}

extension KernelRules {
    /// Takes a rule out.
    fileprivate mutating func remove(_ rule: KernelRule) { subtract(KernelRules([rule])) }
}
