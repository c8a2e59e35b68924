/// What the guest does to its local APIC: in its page, in the hardware, and through the GHCB.
extension SecureVCPU {
    /// The guest's handler is done with its highest vector in service (model-contract §4.5).
    mutating func endHighest<Sink: EventSink>(
        rising: Int, _ ioapic: inout IOAPIC<Space>, _ configuration: Configuration<Space>,
        _ sink: inout Sink
    ) -> Bool {
        let vector = page.ending(configuration.space)
        guard vector >= 0 else { return false }
        // Linux looks at the page's TMR before the EOI, and acts upon it behind it.
        let looksAstray = !page.tmr.contains(vector)
        end(vector, rising: rising, &ioapic, configuration, &sink)
        // Where the EOI did not get as far as the IOAPIC, the line rises behind it.
        ioapic.rise(rising, configuration, &apic, &sink)
        if configuration.guestEOI.togglesEntries, looksAstray {
            endAtIOAPIC(vector, &ioapic, configuration, &sink)
        }
        return true
    }

    /// The EOI itself, by the guest's policy.
    private mutating func end<Sink: EventSink>(
        _ vector: Int, rising: Int, _ ioapic: inout IOAPIC<Space>,
        _ configuration: Configuration<Space>, _ sink: inout Sink
    ) {
        sink.note(
            .ended(
                vector: UInt8(truncatingIfNeeded: vector), level: apic.tmr.contains(vector)))
        let isForwarded = forwards(vector, configuration)
        page.end(vector, configuration.space)
        let access = EOIAccess.write(conveying: Design.wantsVector ? vector : -1)
        if isForwarded {
            handle(access, ended: vector, rising: rising, &ioapic, configuration, &sink)
        }
        if configuration.guestEOI == .both {
            // The guest's second EOI comes behind an entry, which makes the exit of the first.
            if configuration.entersAfterExit {
                enter(&ioapic, configuration, &sink)
            } else {
                _ = apic.exitLate(to: &ioapic, configuration, &sink)
            }
            handle(access, ended: vector, rising: rising, &ioapic, configuration, &sink)
        }
    }

    /// Whether the guest's EOI of a vector reaches KVM, by the guest's policy and the hardware.
    func forwards(_ vector: Int, _ configuration: Configuration<Space>) -> Bool {
        switch configuration.guestEOI {
        case .ghcb: true
        // savic_eoi() looks at the page's TMR itself, and leaves the rest to the hardware.
        case .linux, .linuxToggle:
            page.tmr.contains(vector) || !page.accelerates(vector, configuration)
        case .native, .both: !page.accelerates(vector, configuration)
        }
    }

    /// The guest ends a level interrupt at the IOAPIC itself. KVM's local APIC does not hear of it.
    mutating func endAtIOAPIC<Sink: EventSink>(
        _ vector: Int, _ ioapic: inout IOAPIC<Space>, _ configuration: Configuration<Space>,
        _ sink: inout Sink
    ) {
        guard var pins = ioapic.pinsToToggle(toEnd: vector, configuration) else {
            return ioapic.endDirectly(vector, configuration, &apic, &sink)
        }
        // Each write to an IOAPIC that is KVM's leaves the guest, and KVM enters it again.
        let exits = configuration.entersAfterExit && configuration.irqchip == .kernel
        while case let pin = pins.popLowest(), pin >= 0 {
            let entry = ioapic.entry(pin)
            if exits { enter(&ioapic, configuration, &sink) }
            ioapic.write(pin, entry.maskedEdge, configuration, &apic, &sink)
            if exits { enter(&ioapic, configuration, &sink) }
            ioapic.write(pin, entry, configuration, &apic, &sink)
        }
    }

    /// KVM's EOI exit: an access to the EOI register arrives through the GHCB.
    /// - Parameter ended: what the guest has ended, or −1; nothing that KVM does goes by it.
    mutating func handle<Sink: EventSink>(
        _ access: EOIAccess, ended: Int, rising: Int, _ ioapic: inout IOAPIC<Space>,
        _ configuration: Configuration<Space>, _ sink: inout Sink
    ) {
        let space = configuration.space
        if !access.isWrite { sink.note(.eoiRead) }
        var decision = Design.decide(access, shadow: apic.isr, memory: &memory)
        if decision.refuses { sink.note(.faulted) }
        if decision.usesVectorMinusOne {
            sink.note(.vectorMinusOne)
            return
        }
        while !decision.completes.isEmpty {
            let vector = decision.completes.highest
            decision.completes.remove(vector)
            if !space.breaks(.completionClearsShadow) { apic.isr.remove(vector) }
            sink.note(.completed(vector: UInt8(truncatingIfNeeded: vector)))
            apic.sendEOI(
                vector, rememberedLevel: decision.remembersLevel, rising: rising, to: &ioapic,
                configuration, &sink)
        }
        apic.finishEOI(ended: ended, rising: rising, to: &ioapic, configuration, &sink)
    }

    mutating func access<Sink: EventSink>(
        _ verb: AccessVerb, _ operand: UInt8, _ ioapic: inout IOAPIC<Space>,
        _ configuration: Configuration<Space>, _ sink: inout Sink
    ) -> Bool {
        switch verb {
        case .nonzeroEOI:
            // Architecturally #GP: the guest has ended nothing.
            guard !page.isr.isEmpty else { return false }
            let access = EOIAccess.write(conveying: -1, data: 1)
            handle(access, ended: -1, rising: -1, &ioapic, configuration, &sink)
        case .readEOI:
            handle(.read, ended: -1, rising: -1, &ioapic, configuration, &sink)
        case .spuriousEOI:
            guard page.isr.isEmpty else { return false }
            let access = EOIAccess.write(conveying: -1)
            handle(access, ended: -1, rising: -1, &ioapic, configuration, &sink)
        case .enableAPIC: apic.writeSPIV(enables: true)
        case .disableAPIC: apic.writeSPIV(enables: false)
        case .suppressBroadcast:
            apic.writeSPIV(enables: true, suppresses: configuration.offersSuppression)
        case .enableSAVIC:
            guard !isEnabled else { return false }
            isEnabled = true
        case .allow: allow(Int(operand), ioapic, configuration)
        case .disallow: page.allowed.remove(Int(operand))
        case .tpr:
            // KVM's own TPR decides nothing: it injects into a protected APIC without looking at
            // priorities (RFC patch 06).
            if usesPage(configuration) { page.tpr = operand }
        case .ipi:
            if usesPage(configuration) {
                // Whether a self-IPI touches TMR is not published; it is left as it is [U].
                page.irr.insert(Int(operand))
            } else {
                apic.send(operand, configuration.space, &sink)
            }
        }
        return true
    }

    /// Whether the hardware accelerates page writes. As long as the guest's page is not in use, an
    /// access is a #VC 0x7C, and then ordinary x2APIC emulation in KVM.
    private func usesPage(_ configuration: Configuration<Space>) -> Bool {
        isEnabled || configuration.space.breaks(.earlyAccessGoesToKVM)
    }

    /// The guest allows a vector. Where it is the guest that keeps the page's TMR, it sets the
    /// bit now, from what it has programmed into the IOAPIC.
    mutating func allow(
        _ vector: Int, _ ioapic: IOAPIC<Space>, _ configuration: Configuration<Space>
    ) {
        page.allowed.insert(vector)
        guard configuration.assumptions.pageTMR == .guest else { return }
        if ioapic.hasLevelPin(for: vector, configuration) {
            page.tmr.insert(vector)
        } else {
            page.tmr.remove(vector)
        }
    }
}
