internal import AgentFace
internal import InterruptModel
internal import Lockstep

extension Probe {
    /// What becomes of EOIs, and what KVM has noted.
    static let ofEOI = [
        Probe(of: .nativeLevelEOI) { bench throws(BackendFailure) in try bench.nativeLevelEOI() },
        Probe(
            "shadow", "whether KVM's note of a level vector can be read through the GHCB",
            isOfDesign: true, risk: .guest
        ) { bench throws(BackendFailure) in try bench.shadow() },
        Probe(
            "eoi-read", "whether KVM takes a GHCB read of EOI as an EOI", isOfDesign: true,
            risk: .host
        ) { bench throws(BackendFailure) in try bench.eoiRead() },
    ]
}

extension ProbeBench {
    /// The guest ends a vector in service, whose TMR bit it has set itself, by WRMSR. KVM has the
    /// vector noted, for it was handed off as level.
    func nativeLevelEOI() throws(BackendFailure) -> ProbeOutcome {
        let guest = try makeGuest((Self.low, .level))
        guard try take(on: guest) else { return .open("the guest did not take the interrupt") }
        _ = try guest.tell(.allow(Self.low, .set))
        guard try guest.registers().pageTMR.contains(Int(Self.low)) else {
            return .open("the page's TMR bit did not stay set")
        }
        try guest.host(.deassert(pin: 2))
        let count = guest.vcCount
        _ = try guest.tell(.eoi(0, by: .native))
        switch guest.vcCount - count {
        case 0:
            return try guest.registers().pageISR.isEmpty
                ? .answer(NativeLevelEOI.ends.rawValue, "the WRMSR made no #VC and ended 0x31")
                : .open("the WRMSR made no #VC, and 0x31 is still in service")
        case 1:
            let vc = guest.lastVC
            let isEOI =
                vc?.code == VCError.avicNoAccel && vc?.msr == X2APICMSR.eoi
                && vc?.flags.isSuperset(of: [.trap, .write]) == true
            return .answer(isEOI ? NativeLevelEOI.traps.rawValue : "other-vc", vcText(guest))
        case let several:
            return .answer("other-vc", "\(several) #VCs, the last: \(vcText(guest))")
        }
    }

    /// A level vector is handed off, and KVM's ISR is read: all that guards the host goes by it.
    func shadow() throws(BackendFailure) -> ProbeOutcome {
        let guest = try makeGuest((Self.low, .level))
        _ = try guest.tell(.allow(Self.low, .leave))
        try guest.host(.assert(pin: 2))
        _ = try guest.tell(.run)
        let seen = try guest.registers()
        guard seen.pageIRR == WideVectors([Self.low]) else {
            return .open("0x31 did not come into page IRR")
        }
        let noted = "with 0x31 handed off KVM's ISR reads \(Spelling.vectors(seen.isr))"
        return .answer(seen.isr == WideVectors([Self.low]) ? "readable" : "unreadable", noted)
    }

    /// The guest reads EOI with a level vector in service. It is tried only when KVM has that
    /// vector noted: with nothing noted the RFC would use vector −1.
    func eoiRead() throws(BackendFailure) -> ProbeOutcome {
        let guest = try makeGuest((Self.low, .level))
        guard try take(on: guest) else { return .open("the guest did not take the interrupt") }
        try guest.host(.deassert(pin: 2))
        let noted = try guest.registers().isr
        guard noted == WideVectors([Self.low]) else {
            return .open("not tried: KVM has noted \(Spelling.vectors(noted)), not 0x31 alone")
        }
        let result = try guest.tell(.readEOI).result
        if try guest.endings().contains(Self.low) {
            return .answer(
                EOIReadFate.taken.rawValue, "with 0x31 noted, its EOI reached the IOAPIC")
        }
        guard result != .generalProtection else {
            return .answer(EOIReadFate.refused.rawValue, "with 0x31 noted: no EOI, #GP")
        }
        // That no EOI arrived is an answer only where one does arrive.
        let left = try guest.registers().isr
        guard left == noted else {
            return .open("the read made no EOI, and left \(Spelling.vectors(left)) noted")
        }
        _ = try guest.tell(forward)
        return try guest.endings().contains(Self.low)
            ? .answer(
                EOIReadFate.ignored.rawValue,
                "with 0x31 noted: no EOI; one that was written reached the IOAPIC")
            : .open("the read made no EOI, and one that was written did not arrive either")
    }

    /// Has the guest take the interrupt of pin 2.
    private func take(on guest: any ProbedGuest) throws(BackendFailure) -> Bool {
        _ = try guest.tell(.allow(Self.low, .leave))
        try guest.host(.assert(pin: 2))
        return try guest.tell(.sti).acceptedVector == Self.low
    }

    /// The guest's last #VC, for people.
    func vcText(_ guest: any ProbedGuest) -> String {
        guard let vc = guest.lastVC else { return "#VC of which the agent tells nothing" }
        func hex(_ value: UInt32) -> String { "0x" + String(value, radix: 16, uppercase: true) }
        return "#VC \(hex(vc.code)) at a \(vc.flags.contains(.write) ? "WRMSR" : "RDMSR") of "
            + "\(hex(vc.msr)), as a \(vc.flags.contains(.trap) ? "trap" : "fault")"
            + (vc.flags.contains(.inISR) ? ", in-service bit still set" : ", in-service bit clear")
    }
}
