/// What happens to a vCPU past its interrupts: resets and INIT.
extension Machine {
    /// A new life of a secure vCPU: new VMSA and page, while KVM keeps what the design lets it keep
    /// (hazards F29 and F30). A guest that does it by its own hands, as by kexec, exits on the way,
    /// and KVM injects into an APIC without a page.
    ///
    /// Of a plain one, a VMM's reset by KVM_SET_LAPIC: the local APIC begins anew while the IOAPIC
    /// keeps Remote IRR (hazard F29).
    mutating func reset<Sink: EventSink>(_ number: Int, into sink: inout Sink) {
        let entersBetween = configuration.kind == .secure && configuration.entersAfterExit
        state.vcpus[number].unregisterPage()
        if entersBetween { enter(number, into: &sink) }
        if state.vcpus[number].beginNewLife(configuration) { changeMap(by: number) }
        if entersBetween { enter(number, into: &sink) }
        state.vcpus[number].registerPage()
        if configuration.kind == .plain { restoreState(number) }
    }

    /// INIT: the same of the local APIC's registers, but for what hangs on KVM_SET_LAPIC. A
    /// launched SEV-SNP vCPU cannot be brought back to its start.
    mutating func takeInit(_ number: Int) -> Bool {
        guard configuration.kind == .plain else { return false }
        if state.vcpus[number].beginNewLife(configuration) { changeMap(by: number) }
        if configuration.space.breaks(.initKeepsRTC) { restoreState(number) }
        return true
    }

    /// KVM's map of local APICs has changed by something of one vCPU: every vCPU has to scan
    /// (`kvm_recalculate_apic_map`).
    mutating func changeMap(by number: Int) {
        if configuration.space.breaks(.mapChangeAsksAll) {
            state.vcpus[number].apic.scanRequested = true
            return
        }
        for each in 0..<state.vcpus.count { state.vcpus[each].apic.scanRequested = true }
    }

    /// What `kvm_apic_set_state` does beside taking over registers.
    mutating func restoreState(_ number: Int) {
        changeMap(by: number)
        state.ioapic.restoreRTC(of: state.vcpus[number].apic, configuration)
    }
}
