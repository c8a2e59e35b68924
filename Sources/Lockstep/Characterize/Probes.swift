internal import AgentFace
internal import InterruptModel

/// The fixed series of probes, each on a fresh guest. None of them ever sends KVM an EOI that its
/// shadow has nothing for.
struct Probes {
    /// A guest of this setup, booted.
    let makeGuest: (MachineSetup) throws(BackendFailure) -> any ProbedGuest
    let irqchip: IRQChip
    /// What an emulator is to play.
    let played: Assumptions

    private static let low: UInt8 = 0x31

    func run() throws(BackendFailure) -> Characterization {
        Characterization(findings: [
            try pageTMR(), try nativeLevelEOI(), try disallowed(), try beforeEnable(),
            try eoiRead(),
        ])
    }

    /// Pins of consecutive numbers and vectors; nothing is allowed, interrupts are off.
    private func guest(
        _ triggers: Trigger..., savicEnabled: Bool = true
    ) throws(BackendFailure) -> any ProbedGuest {
        var setup = MachineSetup(
            irqchip: irqchip,
            pins: triggers.enumerated().map { index, trigger in
                PinSetup(
                    pin: UInt8(2 + index), vector: Self.low + 0x10 * UInt8(index),
                    trigger: trigger)
            },
            allowed: [], savicEnabled: savicEnabled, interruptsEnabled: false)
        setup.assumptions = played
        return try makeGuest(setup)
    }

    /// A level vector is taken by VMRUN, on one guest that has set its TMR bit and on one that has
    /// not, and an edge vector on a third. One at a time: there are designs that hand off no second
    /// level vector.
    private func pageTMR() throws(BackendFailure) -> ProbeFinding {
        let own = try takenTMR(of: .level, .leave)
        let set = try takenTMR(of: .level, .set)
        let edge = try takenTMR(of: .edge, .leave)
        let answer: PageTMR? =
            switch (own, set, edge) {
            case (true, true, true): .always
            case (true, true, false): .accurate
            case (false, true, false): .guest
            case (false, false, false): .never
            default: nil
            }
        func bit(_ isSet: Bool?) -> String {
            isSet.map { $0 ? "1" : "0" } ?? "not seen, for 0x31 did not come"
        }
        return ProbeFinding(
            axis: .pageTMR, answer: answer.map { .pageTMR($0) },
            evidence: "TMR of a level vector that VMRUN has put into page IRR: \(bit(own)); where "
                + "the guest had set it: \(bit(set)); of an edge vector: \(bit(edge))")
    }

    /// The page's TMR bit of a vector once VMRUN has taken it; nil if it has not.
    private func takenTMR(
        of trigger: Trigger, _ write: PageTMRWrite
    ) throws(BackendFailure) -> Bool? {
        let guest = try guest(trigger)
        _ = try guest.tell(.allow(Self.low, write))
        try guest.host(.assert(pin: 2))
        _ = try guest.tell(.run)
        let seen = try guest.look()
        guard WideVectors(words: seen.irr) == WideVectors([Self.low]) else { return nil }
        return WideVectors(words: seen.tmr).contains(Int(Self.low))
    }

    /// The guest ends a vector in service, whose TMR bit it has set itself, by WRMSR.
    private func nativeLevelEOI() throws(BackendFailure) -> ProbeFinding {
        let guest = try guest(.level)
        let taken = try take(on: guest)
        _ = try guest.tell(.allow(Self.low, .set))
        let before = try guest.look()
        let isLevel = WideVectors(words: before.tmr).contains(Int(Self.low))
        try guest.host(.deassert(pin: 2))
        let count = guest.counters.vcCount
        _ = try guest.tell(.eoi(0, by: .native))
        let traps = guest.counters.vcCount - count
        let flags = guest.counters.lastVC?.flags ?? []
        let evidence =
            !taken ? "the guest did not take the interrupt"
            : !isLevel ? "the page's TMR bit did not stay set"
            : traps == 0 ? "the WRMSR made no #VC"
            : "#VC 0x402; the in-service bit was "
                + (flags.contains(.inISR) ? "still set in it" : "clear in it")
        return ProbeFinding(
            axis: .nativeLevelEOI,
            answer: taken && isLevel ? .nativeLevelEOI(traps > 0 ? .traps : .ends) : nil,
            evidence: evidence)
    }

    /// An edge vector is handed off while it is not allowed; then the guest allows it.
    private func disallowed() throws(BackendFailure) -> ProbeFinding {
        let guest = try guest(.edge)
        try guest.host(.assert(pin: 2))
        let early = try guest.tell(.sti).acceptedVector
        // The guest is open: a request that waits comes in this step or in the next.
        let allowing = try guest.tell(.allow(Self.low, .leave)).acceptedVector
        let running = try guest.tell(.run).acceptedVector
        let late = allowing ?? running
        return ProbeFinding(
            axis: .disallowed,
            answer: early == nil ? .disallowed(late == nil ? .dropped : .kept) : nil,
            evidence: fate(early: early, late: late, "allowed it"))
    }

    /// An edge vector is handed off before the guest has enabled Secure AVIC.
    private func beforeEnable() throws(BackendFailure) -> ProbeFinding {
        let guest = try guest(.edge, savicEnabled: false)
        _ = try guest.tell(.allow(Self.low, .leave))
        try guest.host(.assert(pin: 2))
        _ = try guest.tell(.run)
        let early = WideVectors(words: try guest.look().irr)
        _ = try guest.tell(.enable)
        let late = try guest.tell(.sti).acceptedVector
        return ProbeFinding(
            axis: .beforeEnable,
            answer: early.isEmpty ? .beforeEnable(late == nil ? .dropped : .kept) : nil,
            evidence: fate(early: early.isEmpty ? nil : Self.low, late: late, "enabled it"))
    }

    /// The guest reads EOI with a level vector in service. It is tried only when KVM has that
    /// vector noted: with nothing noted the RFC would use vector −1. The guest is not run again.
    private func eoiRead() throws(BackendFailure) -> ProbeFinding {
        let guest = try guest(.level)
        let taken = try take(on: guest)
        try guest.host(.deassert(pin: 2))
        let noted = WideVectors(words: try guest.look().kvmISR)
        var answer: EOIReadFate?
        var evidence = "not tried: KVM has noted \(Spelling.vectors(noted)), not 0x31 alone"
        if taken, noted == WideVectors([Self.low]) {
            let result = try guest.tell(.readEOI).result
            let endings = try guest.endings()
            answer =
                endings.contains(Self.low)
                ? .taken : result == .generalProtection ? .refused : .ignored
            evidence =
                "with 0x31 in service and noted: "
                + (endings.isEmpty ? "no EOI" : "EOI of 0x31 reached the IOAPIC")
                + (result == .generalProtection ? ", #GP" : "")
        }
        return ProbeFinding(
            name: "eoi-read", question: "whether KVM takes a GHCB read of EOI as an EOI",
            answer: answer.map { .eoiRead($0) }, evidence: evidence)
    }

    /// Has the guest take the interrupt of pin 2.
    private func take(on guest: any ProbedGuest) throws(BackendFailure) -> Bool {
        _ = try guest.tell(.allow(Self.low, .leave))
        try guest.host(.assert(pin: 2))
        return try guest.tell(.sti).acceptedVector == Self.low
    }

    private func fate(early: UInt8?, late: UInt8?, _ event: String) -> String {
        if let early { return "the page took \(Spelling.vector(early)) before the guest \(event)" }
        return late.map { "the guest took \(Spelling.vector($0)) once it had \(event)" }
            ?? "nothing came once the guest had \(event)"
    }
}

extension ProbeFinding {
    fileprivate init(axis: AxisEntry, answer: Answer?, evidence: String) {
        self.init(
            name: axis.name, question: axis.question, answer: answer, evidence: evidence)
    }
}
