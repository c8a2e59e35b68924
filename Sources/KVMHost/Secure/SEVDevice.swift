import CKVM
import Glibc

/// An open /dev/sev: the secure processor's driver. Launch commands name it by its number, and it
/// has to stay open until the launch is finished (kvm-snp-uapi §2.3).
@safe
package struct SEVDevice: ~Copyable {
    /// Where the kernel puts the device.
    package static let path = "/dev/sev"

    private let descriptor: Descriptor

    /// Opens the device for reading: only its identity counts (kvm-snp-uapi §2.5).
    /// Errors: `.call(open)`.
    package init(calls: SystemCalls = .live) throws(KVMError) {
        let number = calls.open(SEVDevice.path, O_RDONLY)
        if number < 0 { throw .failed(.open, -number, .path(SEVDevice.path)) }
        descriptor = Descriptor(owning: number, calls: calls)
    }

    var number: Int32 { descriptor.number }

    /// Asks the firmware for its version and state. Errors: `.call(SEV_ISSUE_CMD)`; EINVAL where
    /// the kernel does not know the command, EIO with the firmware's answer.
    package func platformStatus() throws(KVMError) -> SNPPlatformStatus {
        var status = ckvm_snp_platform_status()
        // sev_issue_cmd, which is packed: command, the two halves of a pointer, error.
        var command = InlineArray<4, UInt32>(repeating: 0)
        command[0] = CKVM_SNP_PLATFORM_STATUS
        let result = unsafe withUnsafeMutablePointer(to: &status) { target in
            let address = UInt64(UInt(bitPattern: target))
            command[1] = UInt32(truncatingIfNeeded: address)
            command[2] = UInt32(truncatingIfNeeded: address >> 32)
            // SAFETY: the kernel writes the 32 bytes of `status`, and the error word.
            return unsafe descriptor.calls.ioctlPointer(number, UInt(CKVM_SEV_ISSUE_CMD), &command)
        }
        if result < 0 {
            let code = FirmwareCode(reported: command[3])
            throw .failed(.sevIssueCmd, -result, code.map { .firmware($0) } ?? .nothing)
        }
        return SNPPlatformStatus(status)
    }
}

/// What the SEV-SNP firmware says about itself (`SNP_PLATFORM_STATUS`).
package struct SNPPlatformStatus: Hashable, Sendable {
    /// Version of its interface, such as 1 and 55.
    package let apiMajor, apiMinor: UInt8
    /// 0 is uninitialised, 1 initialised.
    package let state: UInt8
    /// Whether the reverse map table, which every SNP guest needs, is initialised.
    package let hasRMP: Bool
    package let build: UInt32
    /// SNP guests that the firmware knows.
    package let guestCount: UInt32

    init(_ status: ckvm_snp_platform_status) {
        apiMajor = status.api_major
        apiMinor = status.api_minor
        state = status.state
        hasRMP = status.rmp_flags & 1 == 1
        build = status.build
        guestCount = status.guest_count
    }
}
