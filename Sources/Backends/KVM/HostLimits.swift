internal import InterruptModel
internal import KVMHost
internal import Lockstep
internal import Scenarios
internal import Verdicts

/// What a host program cannot do to a real KVM, whatever its guest.
enum HostLimits {
    static func obstacle(
        to scenario: Scenario, _ setup: MachineSetup, on device: KVMDevice
    ) -> Skip? {
        if let skip = GuestLimits.obstacle(to: scenario, setup) { return skip }
        if setup.irqchip == .kernel, let skip = kernelObstacle(to: scenario, setup) { return skip }
        if scenario.granularity == .atomic {
            return Skip(
                reason: "needs an interleaving that no host program can force",
                hint: "run it with --backend emulator or model")
        }
        guard let broadcasts = EOIBroadcasts(setup.broadcastSuppression) else { return nil }
        if broadcasts == .suppressible, setup.irqchip == .kernel {
            return Skip(
                reason: "KVM lets EOI broadcasts to its own IOAPIC be suppressed by state only",
                hint: "run it with --irqchip split")
        }
        return device.obstacle(to: broadcasts)
    }

    /// What a host program cannot do to KVM's own IOAPIC.
    private static func kernelObstacle(to scenario: Scenario, _ setup: MachineSetup) -> Skip? {
        let hint = "run it with --irqchip split"
        if setup.pins.contains(where: \.notifier) {
            return Skip(reason: "needs the ack notifier of a PIT or RTC", hint: hint)
        }
        if setup.hasEOIRegister {
            return Skip(reason: "needs an IOAPIC of version 0x20, KVM's is 0x11", hint: hint)
        }
        if scenario.contains({ $0 == .delayedWork }) {
            return Skip(reason: "KVM runs its delayed work when its own timer says so", hint: hint)
        }
        if scenario.contains({ $0 == .extINT }) {
            return Skip(
                reason: "needs an interrupt of the 8259, which this tool's routes leave out",
                hint: "run it with --backend emulator or model")
        }
        if scenario.contains(Self.isMidway) {
            return Skip(
                reason: "nobody can act in the middle of an EOI that KVM handles", hint: hint)
        }
        return nil
    }

    /// What of an IOAPIC cannot be seen, and why.
    static func hiddenIOAPIC(
        on irqchip: IRQChip
    ) -> [(field: ObservedField, reason: String)] {
        let ours = "a split irqchip's IOAPIC is this tool's own, driven by KVM's EOI exits"
        let silent = "KVM's own IOAPIC makes no exits, and tells acks by resamplefd only"
        return switch irqchip {
        case .split: [(.remoteIRR, ours), (.acknowledgements, ours), (.resamples, ours)]
        case .kernel: [(.eoiExits, silent), (.acknowledgements, silent)]
        }
    }

    /// Whether an action is about the middle of the guest's EOI.
    static func isMidway(_ action: Action) -> Bool {
        action.verb == .guest(.eoiRaising)
    }
}

/// What this tool's guest agent cannot do, on hardware or on an emulated vCPU.
enum GuestLimits {
    /// What that of a secure guest cannot.
    static func secureObstacle(to scenario: Scenario, _ setup: MachineSetup) -> Skip? {
        guard setup.vcpus > 1 || scenario.contains({ $0.verb == .guest(.sendIPI) }) else {
            return nil
        }
        return Skip(
            reason: "needs several vCPUs, or their IPIs: the secure guest agent has one",
            hint: "run it with --backend model, or on --machine plain with --backend kvm")
    }

    static func obstacle(to scenario: Scenario, _ setup: MachineSetup) -> Skip? {
        var vectors = (setup.allowed ?? []) + setup.pins.map(\.vector)
        _ = scenario.contains { action in
            _ = action.renumbered(
                pin: { $0 },
                vector: { vector in
                    vectors.append(vector)
                    return vector
                })
            return false
        }
        guard let vector = vectors.min(), vector < 32 else { return nil }
        return Skip(
            reason: "needs vector \(Spelling.vector(vector)), by which the guest agent takes "
                + "exceptions",
            hint: "run it with --backend model")
    }
}

extension Scenario {
    /// Whether one of its actions is such.
    func contains(_ isSuch: (Action) -> Bool) -> Bool {
        steps.contains { $0.contains(isSuch) }
    }
}

extension ScenarioStep {
    fileprivate func contains(_ isSuch: (Action) -> Bool) -> Bool {
        switch self {
        case .action(let action, _, _): isSuch(action)
        case .expect: false
        case .repeat(_, let steps): steps.contains { $0.contains(isSuch) }
        }
    }
}
