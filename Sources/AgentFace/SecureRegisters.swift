import GuestAgent

/// Where the APIC backing page has what (secure-avic §1). Offsets in bytes.
package enum BackingPageLayout {
    package static let id = UInt64(BACKING_PAGE_ID)
    package static let version = UInt64(BACKING_PAGE_VERSION)
    package static let tpr = UInt64(BACKING_PAGE_TPR)
    package static let ldr = UInt64(BACKING_PAGE_LDR)
    package static let spiv = UInt64(BACKING_PAGE_SPIV)
    // Arrays of 256 vectors: eight words of 32, `stride` apart, lowest vectors first.
    package static let isr = UInt64(BACKING_PAGE_ISR)
    package static let tmr = UInt64(BACKING_PAGE_TMR)
    package static let irr = UInt64(BACKING_PAGE_IRR)
    package static let allowedIRR = UInt64(BACKING_PAGE_ALLOWED_IRR)
    package static let stride = UInt64(BACKING_PAGE_WORD_STRIDE)
    package static let size = Int(BACKING_PAGE_SIZE)

    /// Offset of the word of `array` that has the vector's bit, and the bit.
    package static func place(
        of vector: UInt8, in array: UInt64
    ) -> (offset: UInt64, bit: UInt32) {
        (array + UInt64(vector / 32) * stride, 1 << UInt32(vector % 32))
    }
}

/// Model-specific registers of SEV and Secure AVIC (kvm-snp-uapi §3.1).
package enum SecureMSR {
    package static let ghcb = UInt32(MSR_GHCB)
    package static let sevStatus = UInt32(MSR_SEV_STATUS)
    package static let savicControl = UInt32(MSR_SAVIC_CONTROL)

    /// Bits of SEV_STATUS.
    package static let sevStatusSNP = UInt64(1) << SEV_STATUS_SNP
    package static let sevStatusSecureAVIC = UInt64(1) << SEV_STATUS_SECURE_AVIC
    /// SAVIC_CONTROL is the page's address and this bit.
    package static let savicControlEnable = UInt64(SAVIC_CONTROL_EN)
}

/// Model-specific registers of the x2APIC.
package enum X2APICMSR {
    package static let id = UInt32(MSR_X2APIC_ID)
    package static let version = UInt32(MSR_X2APIC_VERSION)
    package static let tpr = UInt32(MSR_X2APIC_TPR)
    package static let ppr = UInt32(MSR_X2APIC_PPR)
    package static let eoi = UInt32(MSR_X2APIC_EOI)
    package static let ldr = UInt32(MSR_X2APIC_LDR)
    package static let spiv = UInt32(MSR_X2APIC_SPIV)
    // Eight registers each.
    package static let isr = UInt32(MSR_X2APIC_ISR)
    package static let tmr = UInt32(MSR_X2APIC_TMR)
    package static let irr = UInt32(MSR_X2APIC_IRR)
    package static let icr = UInt32(MSR_X2APIC_ICR)
    /// The local vector table: timer, thermal sensor, performance counters, LINT0, LINT1, error.
    package static let lvts = UInt32(MSR_X2APIC_LVT_FIRST)...UInt32(MSR_X2APIC_LVT_LAST)
    package static let lint0 = UInt32(MSR_X2APIC_LVT_FIRST) + 3
    package static let selfIPI = UInt32(MSR_X2APIC_SELF_IPI)

    /// All registers of the x2APIC.
    package static let all =
        UInt32(MSR_X2APIC_FIRST)..<UInt32(MSR_X2APIC_FIRST + MSR_X2APIC_COUNT)
    /// What the agent writes to SPIV at its start.
    package static let spivEnabled = UInt64(SPIV_ENABLED)
}

/// Error codes of #VC, vector 29: the exit that would have been (kvm-snp-uapi §3.1).
package enum VCError {
    package static let msr = UInt32(VC_MSR)
    package static let avicIncompleteIPI = UInt32(VC_AVIC_INCOMPLETE_IPI)
    package static let avicNoAccel = UInt32(VC_AVIC_NOACCEL)
    /// The exception.
    package static let vector: UInt8 = 29
}
