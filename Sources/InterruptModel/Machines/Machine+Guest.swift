/// What a guest does, as far as it goes beyond its own vCPU.
extension Machine {
    /// The guest's handler is done with its highest vector in service (model-contract §4.5).
    /// - Parameter rising: a pin whose line rises meanwhile, or −1.
    /// - Returns: false when nothing is in service.
    mutating func endHighest<Sink: EventSink>(
        _ number: Int, rising: Int, into sink: inout Sink
    ) -> Bool {
        guard let end = state.vcpus[number].endHighest(configuration, &sink) else {
            // Where KVM ends at delivery, nothing is left for the guest's own EOI.
            guard configuration.endsAtDelivery else { return false }
            state.ioapic.rise(rising, configuration, &state.vcpus, &sink)
            return true
        }
        for turn in 0..<end.times {
            // The guest's second EOI comes behind an entry, which makes the exit of the first.
            if turn > 0 {
                if configuration.entersAfterExit {
                    enter(number, into: &sink)
                } else {
                    _ = exitLate(number, into: &sink)
                }
            }
            handle(number, end.access, ended: end.vector, rising: rising, into: &sink)
        }
        // Where the EOI did not get as far as the IOAPIC, the line rises behind it.
        state.ioapic.rise(rising, configuration, &state.vcpus, &sink)
        if end.endsAtIOAPIC { endAtIOAPIC(number, end.vector, into: &sink) }
        return true
    }

    /// The guest writes the IOAPIC's EOI register: it names the vector that it ends; at the local
    /// APIC it has ended before.
    mutating func endDirectly<Sink: EventSink>(
        _ number: Int, _ vector: UInt8, into sink: inout Sink
    ) {
        sink.note(.ended(vector: vector, level: false))
        state.ioapic.endDirectly(
            Int(vector), by: UInt8(number), configuration, &state.vcpus, &sink)
    }

    /// The guest ends a level interrupt at the IOAPIC itself. KVM's local APIC does not hear of it.
    mutating func endAtIOAPIC<Sink: EventSink>(
        _ number: Int, _ vector: Int, into sink: inout Sink
    ) {
        guard var pins = state.ioapic.pinsToToggle(toEnd: vector, configuration) else {
            return state.ioapic.endDirectly(
                vector, by: UInt8(number), configuration, &state.vcpus, &sink)
        }
        // Each write to an IOAPIC that is KVM's leaves the guest, and KVM enters it again.
        let exits = configuration.entersAfterExit && configuration.irqchip == .kernel
        while case let pin = pins.popLowest(), pin >= 0 {
            let entry = state.ioapic.entry(pin)
            if exits { enter(number, into: &sink) }
            state.ioapic.write(pin, entry.maskedEdge, configuration, &state.vcpus, &sink)
            if exits { enter(number, into: &sink) }
            state.ioapic.write(pin, entry, configuration, &state.vcpus, &sink)
        }
    }

    /// Accesses of the guest to registers of its local APIC, beside the EOI that ends an interrupt.
    mutating func access<Sink: EventSink>(
        _ number: Int, _ verb: AccessVerb, _ operand: UInt8, into sink: inout Sink
    ) -> Bool {
        switch state.vcpus[number].access(
            verb, operand, state.ioapic, configuration, &sink)
        {
        case .refused: return false
        case .done, .enabled(mapChanges: false): break
        case .enabled(mapChanges: true): changeMap(by: number)
        case .endsHighest: return endHighest(number, rising: -1, into: &sink)
        case .reachesKVM(let access):
            handle(number, access, ended: -1, rising: -1, into: &sink)
        case .restored: restoreState(number)
        }
        return true
    }

    /// An IPI by ICR, fixed and edge. KVM delivers that of a plain guest. The #VC handler of a
    /// secure one writes it into the pages of those that it is for, and then tells KVM, which
    /// only has to wake them (`savic_send_ipi`, arch/x86/kernel/apic/x2apic_savic.c; RFC patch 07).
    mutating func sendIPI<Sink: EventSink>(
        _ number: Int, _ vector: Int, _ target: IPIDestination, into sink: inout Sink
    ) {
        let space = configuration.space
        let goesByPages =
            state.vcpus[number].sendsByPages(configuration) && !space.breaks(.ipiGoesByPages)
        for receiver in 0..<state.vcpus.count
        where target.includes(UInt8(receiver), from: UInt8(number))
            || space.breaks(.ipiIsForItsDestination)
            || target == .others && space.breaks(.shorthandSparesSender)
        {
            if goesByPages {
                state.vcpus[receiver].receiveInPage(vector)
            } else {
                state.vcpus[receiver].apic.send(
                    UInt8(truncatingIfNeeded: vector), space, &sink)
            }
        }
    }
}
