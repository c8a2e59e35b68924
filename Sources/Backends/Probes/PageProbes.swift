internal import AgentFace
internal import InterruptModel
internal import Lockstep

extension Probe {
    /// Whether interrupts arrive at all, and what their trigger mode is in the page.
    static let ofTMR = [
        Probe("delivery", "whether an allowed edge arrives, and a WRMSR of EOI ends an interrupt") {
            bench throws(BackendFailure) in try bench.delivery()
        },
        Probe(
            "tmr-level", "the page's TMR bit of a level vector that VMRUN has taken",
            axis: .pageTMR
        ) { bench throws(BackendFailure) in try bench.takenTMR(of: .level, .leave) },
        Probe(
            "tmr-level-set", "the same where the guest had set the bit itself", axis: .pageTMR
        ) { bench throws(BackendFailure) in try bench.takenTMR(of: .level, .set) },
        Probe(
            "tmr-edge", "the page's TMR bit of an edge vector that VMRUN has taken",
            axis: .pageTMR
        ) { bench throws(BackendFailure) in try bench.takenTMR(of: .edge, .leave) },
        Probe(
            "tmr-self-ipi",
            "the page's TMR bit, set by the guest, of a vector that it sends to itself"
        ) { bench throws(BackendFailure) in try bench.sentTMR() },
    ]

    /// What becomes of a request that VMRUN cannot give to the page.
    static let ofRequests = [
        Probe(of: .disallowed) { bench throws(BackendFailure) in try bench.disallowed() },
        Probe(of: .beforeEnable, risk: .guest) { bench throws(BackendFailure) in
            try bench.beforeEnable()
        },
    ]
}

/// The probes of what VMRUN does to the page.
extension ProbeBench {
    private static let pin = Action.assert(pin: 2)

    /// An edge vector arrives, and in its handler a level vector, whose TMR bit the guest then
    /// clears. A WRMSR of EOI is to end that: were it a #VC after all, KVM has the vector noted.
    func delivery() throws(BackendFailure) -> ProbeOutcome {
        let guest = try makeGuest((Self.low, .edge), (Self.high, .level))
        _ = try guest.tell(.allow(Self.low, .leave))
        try guest.host(Self.pin)
        guard try guest.tell(.sti).acceptedVector == Self.low else {
            return .open("an edge vector that the guest has allowed does not arrive")
        }
        _ = try guest.tell(.allow(Self.high, .leave))
        try guest.host(.assert(pin: 3))
        guard try guest.tell(.sti).acceptedVector == Self.high else {
            return .open("edge 0x31 arrives; level 0x41 does not, above it")
        }
        _ = try guest.tell(.allow(Self.high, .clear))
        try guest.host(.deassert(pin: 3))
        let seen = try guest.registers()
        guard seen.isr.contains(Int(Self.high)), !seen.pageTMR.contains(Int(Self.high)) else {
            return .answer(
                "works",
                "edge 0x31 and level 0x41 arrive; no EOI was tried: KVM has noted "
                    + "\(Spelling.vectors(seen.isr)), page TMR is "
                    + Spelling.vectors(seen.pageTMR))
        }
        let before = guest.vcCount
        _ = try guest.tell(.eoi(0, by: .native))
        if guest.vcCount != before {
            return .answer(
                "traps-edge", "a WRMSR of EOI with page TMR clear was a #VC: \(vcText(guest))")
        }
        let isEnded = try guest.registers().pageISR == WideVectors([Self.low])
        return isEnded
            ? .answer("works", "edge 0x31 and level 0x41 arrive; a WRMSR of EOI ends 0x41")
            : .answer("not-ended", "0x31 and 0x41 arrive; a WRMSR of EOI does not end 0x41")
    }

    /// The page's TMR bit of a vector that the host hands off, once VMRUN has taken it.
    func takenTMR(
        of trigger: Trigger, _ write: PageTMRWrite
    ) throws(BackendFailure) -> ProbeOutcome {
        let guest = try makeGuest((Self.low, trigger))
        _ = try guest.tell(.allow(Self.low, write))
        try guest.host(Self.pin)
        _ = try guest.tell(.run)
        return try pageTMR(of: guest, "at VMRUN")
    }

    /// The page's TMR bit of a vector that the guest has taken for level, once it has sent it to
    /// itself: an interrupt between processors is edge, and no VMRUN has a part in it.
    func sentTMR() throws(BackendFailure) -> ProbeOutcome {
        let guest = try makeGuest((Self.low, .level))
        _ = try guest.tell(.allow(Self.low, .set))
        guard try guest.registers().pageTMR.contains(Int(Self.low)) else {
            return .open("the page's TMR bit of 0x31 was not set beforehand")
        }
        _ = try guest.tell(.selfIPI(Self.low))
        return try pageTMR(of: guest, "once sent")
    }

    /// The page's TMR bit of a vector in page IRR, and once more when the guest has accepted it:
    /// hardware may write it then.
    private func pageTMR(
        of guest: any ProbedGuest, _ moment: String
    ) throws(BackendFailure) -> ProbeOutcome {
        let taken = try guest.registers()
        guard taken.pageIRR == WideVectors([Self.low]) else {
            return .open("0x31 did not come into page IRR")
        }
        let isSet = taken.pageTMR.contains(Int(Self.low))
        let at = "\(moment) \(isSet ? 1 : 0)"
        guard try guest.tell(.sti).acceptedVector == Self.low else {
            return .answer(
                isSet ? "set" : "clear", at + "; the guest did not take the interrupt then")
        }
        let isSetThen = try guest.registers().pageTMR.contains(Int(Self.low))
        let word =
            switch (isSet, isSetThen) {
            case (true, true): "set"
            case (false, false): "clear"
            case (false, true): "set-at-acceptance"
            case (true, false): "clear-at-acceptance"
            }
        return .answer(word, at + ", once accepted \(isSetThen ? 1 : 0)")
    }

    /// An edge vector is handed off while it is not allowed; then the guest allows it.
    func disallowed() throws(BackendFailure) -> ProbeOutcome {
        let guest = try makeGuest((Self.low, .edge))
        try guest.host(Self.pin)
        guard try guest.tell(.sti).acceptedVector == nil else { return early("allowed it") }
        // The guest is open: a request that waits comes in this step or in the next.
        let allowing = try guest.tell(.allow(Self.low, .leave)).acceptedVector
        let running = try guest.tell(.run).acceptedVector
        return try fate(late: allowing ?? running, of: guest, "allowed it")
    }

    /// An edge vector is handed off before the guest has enabled Secure AVIC.
    func beforeEnable() throws(BackendFailure) -> ProbeOutcome {
        let guest = try makeGuest((Self.low, .edge), savicEnabled: false)
        _ = try guest.tell(.allow(Self.low, .leave))
        try guest.host(Self.pin)
        _ = try guest.tell(.run)
        guard try guest.registers().pageIRR.isEmpty else { return early("enabled it") }
        _ = try guest.tell(.enable)
        let late = try guest.tell(.sti).acceptedVector
        return try fate(late: late, of: guest, "enabled it")
    }

    private func early(_ event: String) -> ProbeOutcome {
        .answer("early", "the page took 0x31 before the guest \(event)")
    }

    /// That nothing came is an answer only where the same vector comes when it is raised again.
    private func fate(
        late: UInt8?, of guest: any ProbedGuest, _ event: String
    ) throws(BackendFailure) -> ProbeOutcome {
        guard late == nil else {
            return .answer(
                RequestFate.kept.rawValue, "the guest took 0x31 once it had \(event)")
        }
        try guest.host(.deassert(pin: 2))
        try guest.host(Self.pin)
        guard try guest.tell(.run).acceptedVector == Self.low else {
            return .open(
                "no interrupt arrives at all: nothing came once the guest had \(event), nor when "
                    + "0x31 was raised again")
        }
        return .answer(
            RequestFate.dropped.rawValue,
            "nothing came once the guest had \(event); raised again, 0x31 came")
    }
}
