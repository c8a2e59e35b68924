internal import InterruptModel
internal import KVMHost
internal import Lockstep
internal import Verdicts

/// What a secure guest stands on, and so how it comes about.
enum SecureGround {
    /// An SEV-SNP launch on a CPU with Secure AVIC, whose C-bit has this number.
    case hardware(encryptionBit: UInt8)
    /// The kernel lab: an ordinary VM, for which KVM plays the processor as it is told.
    case lab

    /// Whether it is told what is assumed, and so does that and nothing else.
    var isTold: Bool { if case .lab = self { true } else { false } }

    func launch(
        _ system: borrowing KVMSystem, _ payload: GuestPayload, _ setup: MachineSetup,
        _ design: EOIDesignEntry
    ) throws(KVMError) -> SecureGuest {
        let irqchip = GuestIRQChip(setup.irqchip)
        let broadcasts = EOIBroadcasts(setup.broadcastSuppression)
        switch self {
        case .hardware(let bit):
            return try SecureGuest(
                system, payload,
                SecureSetup(irqchip: irqchip, encryptionBit: bit, broadcasts: broadcasts))
        case .lab:
            return try SecureGuest(
                system, payload, lab: LabSettings(setup.assumptions, design), irqchip,
                broadcasts: broadcasts)
        }
    }
}

extension LabSettings {
    /// What the lab is to play, so that the prediction is of the same machine: the number of each
    /// axis's value in the bits that it needs, the default of each being 0 (savic_lab.h).
    init(_ assumptions: Assumptions, _ design: EOIDesignEntry) {
        let told = PartialAssumptions(assumptions)
        var (ways, place) = (UInt64(0), 0)
        for axis in AxisEntry.ofHardware {
            let others = axis.words.filter { $0 != MachineSetup()[axis] }
            let number = others.firstIndex { $0 == told[axis] }.map { $0 + 1 } ?? 0
            ways |= UInt64(number) << place
            place += Int.bitWidth - others.count.leadingZeroBitCount
        }
        self.init(design: design.name, ways: ways)
    }
}

extension BackendFailure {
    /// What a refusal while a secure VM is made means. A KVM need not give a protected VM an IOAPIC
    /// of its own, as it does not give TDX' ones; then only that is missing.
    init(protectedVM error: KVMError) {
        guard case .call(let failure) = error, let wanted = failure.wantedOfIOAPIC else {
            self = BackendFailure(error)
            return
        }
        let name = CallFailure.name(of: failure.errno)
        self = .lacking(
            Skip(
                reason: "needs \(wanted), which this KVM refuses a protected VM (\(name))",
                hint: "run it with --irqchip split"))
    }
}

extension CallFailure {
    /// The part of KVM's own IOAPIC that the call wanted, if it was refused for good.
    fileprivate var wantedOfIOAPIC: String? {
        switch (call, subject) {
        case (.createIRQChip, _) where ["ENOTTY", "EINVAL"].contains(Self.name(of: errno)):
            "KVM's own IOAPIC (KVM_CREATE_IRQCHIP)"
        case (.irqFD, .resampledGSI) where ["ENOTTY", "EINVAL"].contains(Self.name(of: errno)):
            "a resample irqfd (KVM_IRQFD) of KVM's own IOAPIC"
        default: nil
        }
    }
}
