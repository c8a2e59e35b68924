internal import AgentFace
internal import InterruptModel
internal import Lockstep

/// What a secure guest can see of itself and of KVM on this host; found out once by a guest of its
/// own, or told.
package struct SecureSight: Hashable, Sendable {
    /// What the GHCB tells of KVM's ISR, IRR and TMR.
    package enum Shadow: Hashable, Sendable {
        case readable
        /// KVM answers the reads with #GP.
        case refused
        /// They read as zero although a level vector has just been handed off.
        case empty
    }

    package var shadow: Shadow
    /// Whether RDMSR 0x80A is answered by the processor; otherwise it is a #VC, and what its
    /// handler fetches is KVM's PPR.
    package var tellsPPR: Bool

    package init(shadow: Shadow = .readable, tellsPPR: Bool = true) {
        self.shadow = shadow
        self.tellsPPR = tellsPPR
    }

    /// What cannot be seen, and why.
    var hidden: [(field: ObservedField, reason: String)] {
        let reason: String? =
            switch shadow {
            case .readable: nil
            case .refused: "KVM refuses to tell its in-service registers through the GHCB"
            case .empty:
                "KVM's registers read as zero through the GHCB right behind a level hand-off: its "
                    + "shadow is elsewhere"
            }
        var hidden: [(field: ObservedField, reason: String)] = []
        if let reason { hidden += [(.isr, reason), (.irr, reason), (.tmr, reason)] }
        if !tellsPPR {
            hidden.append((.ppr, "RDMSR of PPR is a #VC here, and KVM's PPR is not the page's"))
        }
        return hidden
    }
}

/// Finds out what can be seen, on a guest that has nothing else to do.
struct SightCheck {
    static let vector: UInt8 = 0x31

    /// One level pin, whose vector is allowed and never taken.
    static func setup(_ irqchip: IRQChip) -> MachineSetup {
        MachineSetup(
            irqchip: irqchip, pins: [PinSetup(pin: 2, vector: vector)], interruptsEnabled: false)
    }

    /// Hands a level vector off, and looks. Nothing is ended: with a shadow that cannot be read
    /// nobody could say whether that is safe.
    static func sight(of guest: SavicGuest) throws(BackendFailure) -> SecureSight {
        try guest.host(.assert(pin: 2))
        _ = try guest.tell(.run)
        let (seen, isRefused) = try guest.lookAsked()
        var sight = SecureSight(tellsPPR: seen.isOwnPPR)
        let hasCome = WideVectors(words: seen.irr).contains(Int(vector))
        if isRefused {
            sight.shadow = .refused
        } else if hasCome, WideVectors(words: seen.kvmISR).isEmpty {
            sight.shadow = .empty
        }
        return sight
    }
}
