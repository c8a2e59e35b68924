import CKVM
import Glibc
import KVMHost
import Simulation
import Testing

/// Every call of a launch and of its first runs fails in turn, with each errno and each firmware
/// code that the kernel may give there: always a sentence, never a leak.
@Suite("Each call of a launch and of its first runs fails in turn") struct LaunchSweepTests {
    /// Launch, two runs, an interrupt between them, the way back.
    private func path(_ calls: SystemCalls, _ irqchip: GuestIRQChip) throws(KVMError) {
        let guest = try launch(calls, irqchip)
        _ = try guest.vcpu.run()
        switch irqchip {
        case .split: try guest.vm.setMSIRoutes([levelRoute])
        case .kernel: try guest.vm.setIOAPICRoutes(pins: [10])
        }
        try guest.vm.irqLine(gsi: 10, level: true)
        _ = try guest.vcpu.run()
    }

    /// What each call can fail with (kvm-snp-uapi §1.4, §1.5, §2.3; open(2), mmap(2)).
    private static let errnos: [String: [Int32]] = [
        "open /dev/kvm": [ENOENT, EACCES, EPERM, ENODEV, ENXIO, EMFILE, ENFILE],
        "open /dev/sev": [ENOENT, EACCES, EPERM, ENODEV, ENXIO, EMFILE, ENFILE],
        "mmap": [ENOMEM],
        "KVM_GET_API_VERSION": [ENOTTY, EPERM],
        "KVM_GET_DEVICE_ATTR": [ENXIO, EPERM, ENOTTY],
        "KVM_CREATE_VM": [EINVAL, ENOMEM, EBUSY, EMFILE, EPERM],
        "KVM_GET_VCPU_MMAP_SIZE": [EPERM, ENOTTY],
        "KVM_CREATE_GUEST_MEMFD": [EINVAL, ENOMEM, EMFILE, ENFILE, ENOTTY],
        "KVM_SET_USER_MEMORY_REGION2": [EINVAL, EEXIST, EBADF, ENOMEM, ENOTTY],
        "KVM_SET_USER_MEMORY_REGION": [EINVAL, EEXIST, ENOMEM],
        "KVM_ENABLE_CAP": [EINVAL, EEXIST, ENOTTY, ENOMEM],
        "KVM_CREATE_IRQCHIP": [EEXIST, EINVAL, ENOTTY, ENOMEM],
        "KVM_SEV_INIT2": [EINVAL, ENOTTY, EBUSY, ENODEV, EIO, ENOMEM, EFAULT, EPERM],
        "KVM_CREATE_VCPU": [EEXIST, ENOMEM, EMFILE],
        "KVM_GET_SUPPORTED_CPUID": [ENOMEM, EPERM],
        "KVM_SET_CPUID2": [EINVAL, ENOMEM],
        "KVM_GET_SREGS": [EINVAL, ENOMEM], "KVM_SET_SREGS": [EINVAL, ENOMEM],
        "KVM_SET_REGS": [EINVAL, ENOMEM],
        "KVM_SEV_SNP_LAUNCH_START": [ENOTTY, EINVAL, EIO, EFAULT, EPERM, ENOMEM],
        "KVM_SET_MEMORY_ATTRIBUTES": [EINVAL, ENOMEM, ENOTTY],
        "KVM_SEV_SNP_LAUNCH_UPDATE": [EINVAL, EFAULT, EIO, EAGAIN, ENOMEM],
        "KVM_SEV_SNP_LAUNCH_FINISH": [ENOTTY, EINVAL, EBUSY, EINTR, EBADF, EIO, EFAULT],
        "KVM_RUN": [EAGAIN, EFAULT, EINVAL, EIO, EHWPOISON, ENOMEM],
        "KVM_SET_GSI_ROUTING": [EINVAL, ENOMEM], "KVM_IRQ_LINE": [ENXIO],
    ]

    /// Codes that the firmware may give to a command, with the names that people look for.
    private static let codes: [UInt32: String] = [
        1: "INVALID_PLATFORM_STATE", 2: "INVALID_GUEST_STATE", 3: "INVALID_CONFIG",
        7: "POLICY_FAILURE", 9: "INVALID_ADDRESS", 0xd: "INVALID_ASID", 0xf: "DFFLUSH_REQUIRED",
        0x16: "INVALID_PARAM", 0x17: "RESOURCE_LIMIT", 0x1a: "INVALID_PAGE_STATE",
        0x1c: "INVALID_PAGE_OWNER", 0x20: "RMP_INIT_REQUIRED", 0x22: "BAD_VERSION",
        0x77: "code 0x77",
    ]

    /// The names of the path's calls.
    private func names(_ irqchip: GuestIRQChip) throws -> [String] {
        let faulty = FaultyCalls(Fault(call: 0, errno: 0), on: SimulatedKernel().calls)
        try path(faulty.calls, irqchip)
        return faulty.made
    }

    /// Runs the path with one fault, checks the books, and says what came of it.
    private func outcome(_ fault: Fault, _ irqchip: GuestIRQChip) -> KVMError? {
        let kernel = SimulatedKernel()
        let faulty = FaultyCalls(fault, on: kernel.calls)
        let error = failure { () throws(KVMError) in try path(faulty.calls, irqchip) }
        #expect(faulty.isBalanced && kernel.isBalanced, "\(fault)")
        return error
    }

    /// Refusals that are no failure, or only one if they last.
    private func passes(_ name: String, _ errno: Int32) -> Bool {
        switch name {
        case "KVM_GET_DEVICE_ATTR": errno == ENXIO
        case "KVM_SEV_SNP_LAUNCH_UPDATE": errno == EIO || errno == EAGAIN
        default: false
        }
    }

    @Test(
        "Each errno of each call is named with its meaning and a next step",
        arguments: [GuestIRQChip.split(reservedGSIs: 24), .kernel])
    func everyFailureIsASentence(_ irqchip: GuestIRQChip) throws {
        var count = 0
        for (index, name) in try names(irqchip).enumerated() {
            let errnos = try #require(LaunchSweepTests.errnos[name], "no errnos for \(name)")
            for errno in errnos {
                let isPassing = passes(name, errno)
                if isPassing {
                    let once = outcome(Fault(call: index + 1, errno: errno), irqchip)
                    #expect(once == nil, "\(name): \(errno)")
                }
                if name == "KVM_GET_DEVICE_ATTR", isPassing { continue }
                let fault = Fault(call: index + 1, errno: errno, lasts: isPassing)
                guard let error = outcome(fault, irqchip) else {
                    Issue.record("\(name) with \(errno) went unnoticed")
                    continue
                }
                expectSentence(error, name, errno)
                count += 1
            }
        }
        #expect(count > 100, "\(count) failures")
    }

    private func expectSentence(_ error: KVMError, _ name: String, _ errno: Int32) {
        let text = "\(error)"
        let call = name.split(separator: " ")[0]
        #expect(text.contains(call), "\(text)")
        #expect(text.contains(CallFailure.name(of: errno)), "\(text)")
        #expect(error.explanation.remedy != nil, "no next step: \(text)")
        #expect(!error.explanation.meaning.isEmpty)
    }

    @Test(
        "Each code of the firmware is named, and none where it was not asked",
        arguments: SEVCommand.allCases)
    func everyFirmwareCodeIsNamed(
        _ command: SEVCommand
    ) throws {
        let irqchip = GuestIRQChip.split(reservedGSIs: 24)
        let call = try #require(try names(irqchip).firstIndex(of: command.rawValue)) + 1
        for (code, name) in LaunchSweepTests.codes {
            let fault = Fault(call: call, errno: EIO, firmware: code)
            let error = try #require(outcome(fault, irqchip))
            expectSentence(error, command.rawValue, EIO)
            #expect("\(error)".contains(name))
            // What a firmware may be too old for shows where the VMSA is added.
            let isOfVMSA = command == .launchFinish && code == 0x16
            let sentence =
                "a parameter is not allowed; this guest's VMSA has feature 16 (Secure AVIC), which "
                + "the firmware may be too old to know"
            #expect("\(error)".contains(sentence) == isOfVMSA)
        }
        // All ones: the firmware was not asked, so nothing is said of it.
        let silent = Fault(call: call, errno: EIO, firmware: .max, lasts: true)
        let error = try #require(outcome(silent, irqchip))
        #expect(!"\(error)".contains("the firmware says"))
    }

    /// A signal is no failure, save where it says that the process is being killed.
    @Test("A signal fails no call save opening, mapping and the SEV commands")
    func signalsAreNoFailure() throws {
        let irqchip = GuestIRQChip.split(reservedGSIs: 24)
        for (index, name) in try names(irqchip).enumerated() {
            let error = outcome(Fault(call: index + 1, errno: EINTR), irqchip)
            let mayFail =
                name.hasPrefix("open") || name == "mmap" || name == "KVM_GET_DEVICE_ATTR"
                || SEVCommand(rawValue: name) != nil
            #expect(error == nil || mayFail, "\(name)")
        }
    }
}
