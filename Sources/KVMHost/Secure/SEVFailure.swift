/// A refused SEV command; `SEVFailureText` has the sentences.
package struct SEVFailure: Hashable, Sendable {
    package let command: SEVCommand
    /// Positive; 0 if the kernel reported success without getting any further.
    package let errno: Int32
    /// What the firmware said, if it was asked.
    package let firmware: FirmwareCode?
    package let subject: SEVSubject

    package init(
        command: SEVCommand, errno: Int32, firmware: FirmwareCode? = nil,
        subject: SEVSubject = .nothing
    ) {
        self.command = command
        self.errno = errno
        self.firmware = firmware
        self.subject = subject
    }

    init(_ command: SEVCommand, _ answer: SEVAnswer, _ subject: SEVSubject) {
        self.init(
            command: command, errno: answer.errno, firmware: answer.firmware, subject: subject)
    }
}

/// The argument that matters in a refused SEV command.
package enum SEVSubject: Hashable, Sendable {
    case nothing
    /// What was asked for, and what the kernel says it knows, if it says so.
    case features(VMSAFeatures, offered: VMSAFeatures?)
    case policy(SNPPolicy)
    /// What the VMSAs of the guest's vCPUs ask for.
    case vmsas(VMSAFeatures)
    /// Guest physical address and bytes of what was still to be added.
    case pages(address: UInt64, count: UInt64)
}

/// An answer of the secure processor's firmware (`kvm_sev_cmd.error`, linux/psp-sev.h).
package struct FirmwareCode: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Nil if the firmware did not refuse anything: 0, or all ones for "was not asked".
    init?(reported: UInt32) {
        if reported == 0 || reported == .max { return nil }
        rawValue = reported
    }

    /// The kernel's name without its prefix SEV_RET_, or the number.
    package var name: String {
        FirmwareCode.names[rawValue] ?? "code \(hex(rawValue))"
    }

    private static let names: [UInt32: String] = [
        0x01: "INVALID_PLATFORM_STATE", 0x02: "INVALID_GUEST_STATE", 0x03: "INVALID_CONFIG",
        0x04: "INVALID_LEN", 0x05: "ALREADY_OWNED", 0x06: "INVALID_CERTIFICATE",
        0x07: "POLICY_FAILURE", 0x08: "INACTIVE", 0x09: "INVALID_ADDRESS", 0x0a: "BAD_SIGNATURE",
        0x0b: "BAD_MEASUREMENT", 0x0c: "ASID_OWNED", 0x0d: "INVALID_ASID",
        0x0e: "WBINVD_REQUIRED", 0x0f: "DFFLUSH_REQUIRED", 0x10: "INVALID_GUEST",
        0x11: "INVALID_COMMAND", 0x12: "ACTIVE", 0x13: "HWSEV_RET_PLATFORM",
        0x14: "HWSEV_RET_UNSAFE", 0x15: "UNSUPPORTED", 0x16: "INVALID_PARAM",
        0x17: "RESOURCE_LIMIT", 0x18: "SECURE_DATA_INVALID", 0x19: "INVALID_PAGE_SIZE",
        0x1a: "INVALID_PAGE_STATE", 0x1b: "INVALID_MDATA_ENTRY", 0x1c: "INVALID_PAGE_OWNER",
        0x1d: "AEAD_OFLOW", 0x1f: "EXIT_RING_BUFFER", 0x20: "RMP_INIT_REQUIRED",
        0x21: "BAD_SVN", 0x22: "BAD_VERSION", 0x23: "SHUTDOWN_REQUIRED", 0x24: "UPDATE_FAILED",
        0x25: "RESTORE_REQUIRED", 0x26: "RMP_INITIALIZATION_FAILED", 0x27: "INVALID_KEY",
    ]
}
