import CKVM

/// The commands of `KVM_MEMORY_ENCRYPT_OP` that an SNP launch uses, by the kernel's names.
package enum SEVCommand: String, CaseIterable, Sendable {
    case initialize = "KVM_SEV_INIT2"
    case launchStart = "KVM_SEV_SNP_LAUNCH_START"
    case launchUpdate = "KVM_SEV_SNP_LAUNCH_UPDATE"
    case launchFinish = "KVM_SEV_SNP_LAUNCH_FINISH"

    /// The number in `kvm_sev_cmd.id`.
    package var id: UInt32 {
        switch self {
        case .initialize: CKVM_SEV_INIT2
        case .launchStart: CKVM_SEV_SNP_LAUNCH_START
        case .launchUpdate: CKVM_SEV_SNP_LAUNCH_UPDATE
        case .launchFinish: CKVM_SEV_SNP_LAUNCH_FINISH
        }
    }
}

/// How an SEV command ended.
struct SEVAnswer {
    /// Positive; 0 is success.
    let errno: Int32
    /// What the firmware said, if it was asked and refused.
    let firmware: FirmwareCode?
}

extension VirtualMachine {
    /// One `kvm_sev_cmd` there and back. `structure` has to be the one that belongs to the command.
    ///
    /// EINTR is not retried: here it means that the process is being killed (kvm-snp-uapi §2.3).
    func issue<Structure>(
        _ command: SEVCommand, _ structure: inout Structure, device: Int32 = 0
    ) -> SEVAnswer {
        var request = kvm_sev_cmd()
        request.id = command.id
        request.sev_fd = UInt32(bitPattern: device)
        let result = unsafe withUnsafeMutableBytes(of: &structure) { bytes in
            request.data = UInt64(UInt(bitPattern: bytes.baseAddress))
            // SAFETY: the kernel reads and writes the command's structure, which `data` names.
            return unsafe descriptor.calls.ioctlPointer(
                descriptor.number, UInt(CKVM_MEMORY_ENCRYPT_OP), &request)
        }
        return SEVAnswer(
            errno: result < 0 ? -result : 0,
            firmware: result < 0 ? FirmwareCode(reported: request.error) : nil)
    }

    /// The same for a command that succeeds or fails as a whole.
    func perform<Structure>(
        _ command: SEVCommand, _ structure: inout Structure, device: Int32 = 0,
        about subject: SEVSubject
    ) throws(KVMError) {
        let answer = issue(command, &structure, device: device)
        if answer.errno != 0 { throw .sev(SEVFailure(command, answer, subject)) }
    }
}
