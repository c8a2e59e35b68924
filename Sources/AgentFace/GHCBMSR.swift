import GuestAgent

/// What a guest means by a value of the GHCB MSR when it executes VMGEXIT: a page, or a request of
/// the MSR protocol in the low 12 bits (kvm-snp-uapi §3.3).
package enum GHCBMSRRequest: Hashable, Sendable {
    /// Which protocol versions there are, and the C-bit.
    case sevInfo
    /// Registers the GHCB page of this frame number.
    case register(gfn: UInt64)
    /// The guest wants to be ended.
    case terminate(set: UInt8, code: UInt8)
    /// Not the MSR protocol: the request is in the GHCB at this address.
    case pageAddress(UInt64)
    /// KVM leaves the value as it is and resumes the guest.
    case unknown(UInt64)

    package init(_ value: UInt64) {
        switch value & UInt64(GHCB_MSR_INFO_MASK) {
        case 0: self = .pageAddress(value)
        case UInt64(GHCB_MSR_SEV_INFO_REQUEST): self = .sevInfo
        case UInt64(GHCB_MSR_REGISTER_REQUEST): self = .register(gfn: value >> 12)
        case UInt64(GHCB_MSR_TERMINATE):
            self = .terminate(
                set: UInt8(value >> UInt64(GHCB_MSR_TERMINATE_SET_SHIFT) & 0xf),
                code: UInt8(value >> UInt64(GHCB_MSR_TERMINATE_CODE_SHIFT) & 0xff))
        default: self = .unknown(value)
        }
    }
}

/// What the GHCB MSR holds after a VMGEXIT of the MSR protocol.
package enum GHCBMSRAnswer {
    /// KVM offers versions 1 to 2.
    package static func sevInfo(
        versions: ClosedRange<UInt16> = 1...2, encryptionBit: UInt8 = 51
    ) -> UInt64 {
        UInt64(versions.upperBound) << UInt64(GHCB_MSR_SEV_INFO_MAXIMUM_SHIFT)
            | UInt64(versions.lowerBound) << UInt64(GHCB_MSR_SEV_INFO_MINIMUM_SHIFT)
            | UInt64(encryptionBit) << UInt64(GHCB_MSR_SEV_INFO_C_BIT_SHIFT)
            | UInt64(GHCB_MSR_SEV_INFO)
    }

    /// The frame number is the requested one, or all ones for a refusal.
    package static func registered(gfn: UInt64) -> UInt64 {
        gfn << 12 | UInt64(GHCB_MSR_REGISTER)
    }
}
