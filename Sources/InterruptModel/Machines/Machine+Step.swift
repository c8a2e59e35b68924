/// Steps: what a host program can force (model-contract §6.2).
extension Machine {
    /// Performs one step at the granularity that a host program can force (model-contract §6.2): a
    /// host step as it is, a guest step as entry, the guest's command, then `accept` if possible.
    /// - Returns: false when the action is not enabled; nothing has changed then.
    mutating func step<Sink: EventSink>(_ action: Action, into sink: inout Sink) -> Bool {
        guard beginsWithEntry(action) else { return perform(action, into: &sink) }
        let before = state
        let number = Int(action.vcpu)
        enter(number, into: &sink)
        guard action.verb == .guest(.run) || perform(action, into: &sink) else {
            state = before
            return false
        }
        if configuration.entersAfterExit, !configuration.space.breaks(.entryBehindExitScans) {
            enter(number, into: &sink)
        }
        guard action.actor == .guest, perform(.accept.on(action.vcpu), into: &sink) else {
            return true
        }
        // A host that has ended what the guest took has left it once more.
        if configuration.endsAtDelivery { enter(number, into: &sink) }
        return true
    }

    /// Whether KVM enters the step's vCPU before the step's own action.
    func beginsWithEntry(_ action: Action) -> Bool {
        action.actor == .guest || isByGuest(action)
    }

    /// Whether a host step needs the guest's hands, and so entries, on a real machine: a new life
    /// of a secure guest, an INIT, which the guest recovers from, and writes to an IOAPIC that is
    /// KVM's. The guest takes no interrupt in them.
    private func isByGuest(_ action: Action) -> Bool {
        guard configuration.entersAfterExit else { return false }
        return switch action.verb {
        case .vmm(.reset): configuration.kind == .secure
        case .vmm(.initSignal): true
        default: configuration.irqchip == .kernel && action.writesEntry
        }
    }
}
