/// What the guest does to its local APIC: in its page, in the hardware, and through the GHCB.
extension SecureVCPU {
    mutating func endHighest<Sink: EventSink>(
        _ configuration: Configuration<Space>, _ sink: inout Sink
    ) -> GuestEnd? {
        let vector = page.ending(configuration.space)
        guard vector >= 0 else { return nil }
        sink.note(
            .ended(
                vector: UInt8(truncatingIfNeeded: vector), level: apic.tmr.contains(vector)))
        // Linux looks at the page's TMR before the EOI, and acts upon it behind it.
        let looksAstray = !page.tmr.contains(vector)
        let isForwarded = forwards(vector, configuration)
        page.end(vector, configuration.space)
        return GuestEnd(
            vector: vector, access: .write(conveying: Design.wantsVector ? vector : -1),
            times: (isForwarded ? 1 : 0) + (configuration.guestEOI == .both ? 1 : 0),
            endsAtIOAPIC: configuration.guestEOI.togglesEntries && looksAstray)
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

    mutating func decide(
        _ access: EOIAccess, _ configuration: Configuration<Space>
    ) -> EOIDecision<Space.Vectors> {
        Design.decide(access, shadow: apic.isr, memory: &memory)
    }

    mutating func complete(_ vector: Int, _ space: Space) {
        if !space.breaks(.completionClearsShadow) { apic.isr.remove(vector) }
    }

    mutating func access<Sink: EventSink>(
        _ verb: AccessVerb, _ operand: UInt8, _ ioapic: IOAPIC<Space>,
        _ configuration: Configuration<Space>, _ sink: inout Sink
    ) -> AccessOutcome {
        switch verb {
        case .nonzeroEOI:
            // Architecturally #GP: the guest has ended nothing.
            return page.isr.isEmpty ? .refused : .reachesKVM(.write(conveying: -1, data: 1))
        case .readEOI: return .reachesKVM(.read)
        case .spuriousEOI:
            return page.isr.isEmpty ? .reachesKVM(.write(conveying: -1)) : .refused
        case .enableAPIC: return .enabled(mapChanges: apic.writeSPIV(enables: true))
        case .disableAPIC: return .enabled(mapChanges: apic.writeSPIV(enables: false))
        case .suppressBroadcast:
            return .enabled(
                mapChanges: apic.writeSPIV(
                    enables: true, suppresses: configuration.offersSuppression))
        case .enableSAVIC:
            guard !isEnabled else { return .refused }
            isEnabled = true
        case .allow: allow(Int(operand), ioapic, configuration)
        case .disallow: page.allowed.remove(Int(operand))
        case .tpr:
            // KVM's own TPR decides nothing: it injects into a protected APIC without looking at
            // priorities (RFC patch 06).
            if usesPage(configuration) { page.tpr = operand }
        case .ipi:
            if usesPage(configuration) {
                receiveInPage(Int(operand))
            } else {
                apic.send(operand, configuration.space, &sink)
            }
        }
        return .done
    }

    func sendsByPages(_ configuration: Configuration<Space>) -> Bool { usesPage(configuration) }

    /// Whether an IPI touches TMR is not published; it is left as it is [U]. Nobody asks
    /// ALLOWED_IRR: that is for what the host sends.
    mutating func receiveInPage(_ vector: Int) { page.irr.insert(vector) }

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
