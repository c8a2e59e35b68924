internal import InterruptModel
internal import Scenarios
internal import Verdicts

/// What a host program cannot do to a real KVM, whatever its guest.
enum HostLimits {
    static func obstacle(to scenario: Scenario, _ setup: MachineSetup) -> Skip? {
        if setup.irqchip == .kernel, let skip = kernelObstacle(to: scenario, setup) { return skip }
        if scenario.granularity == .atomic {
            return Skip(
                reason: "needs an interleaving that no host program can force",
                hint: "run it with --backend emulator or model")
        }
        if setup.broadcastSuppression != .quirk {
            return Skip(
                reason: "needs KVM_CAP_X2APIC_API's EOI-broadcast flags, Linux 7.0 or newer",
                hint: "run it with --backend model")
        }
        return nil
    }

    /// What a host program cannot do to KVM's own IOAPIC.
    private static func kernelObstacle(to scenario: Scenario, _ setup: MachineSetup) -> Skip? {
        let hint = "run it with --irqchip split"
        if setup.pins.contains(where: \.notifier) {
            return Skip(reason: "needs the ack notifier of a PIT or RTC", hint: hint)
        }
        let resampled = setup.pins.filter(\.resampler).map(\.pin)
        if resampled.contains(where: { pin in scenario.contains { $0 == .assert(pin: pin) } }) {
            return Skip(
                reason: "needs to know when an irqfd has raised a line that is high already",
                hint: hint)
        }
        if setup.hasEOIRegister {
            return Skip(reason: "needs an IOAPIC of version 0x20, KVM's is 0x11", hint: hint)
        }
        if scenario.contains({ $0 == .delayedWork }) {
            return Skip(reason: "KVM runs its delayed work when its own timer says so", hint: hint)
        }
        if scenario.contains(Self.isMidway) {
            return Skip(
                reason: "nobody can act in the middle of an EOI that KVM handles", hint: hint)
        }
        return nil
    }

    /// Whether an irqfd is written while its pin is in edge mode and its line low. (Where an irqfd
    /// holds the line already, nothing comes of another write that could be waited for.)
    static func raisesEdgeByIRQFD(_ scenario: Scenario, _ setup: MachineSetup) -> Bool {
        var edges = PinSet(setup.pins.filter { $0.trigger == .edge }.map { Int($0.pin) })
        var held = PinSet()
        return scenario.contains { action in
            switch action {
            case .trigger(let pin, let trigger): edges.set(Int(pin), to: trigger == .edge)
            case .irqfd(let pin):
                defer { held.insert(Int(pin)) }
                return edges.subtracting(held).contains(Int(pin))
            default: if action.actor == .guest, action != .run { held = PinSet() }
            }
            return false
        }
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
        if case .eoiRaising = action { true } else { false }
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
