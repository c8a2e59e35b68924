import CKVM
import Glibc
import KVMHost
import Simulation
import Testing

@Suite("Every way for a guest to come back says what happened and what to look at")
struct ExitTextTests {
    /// What a launched guest's first run ends with.
    private func exit(_ script: @escaping GuestScript) throws -> VCPUExit {
        try launch(SimulatedKernel(guest: script).calls).vcpu.run()
    }

    private func text(_ exit: VCPUExit) -> String { "\(KVMError.unexpectedExit(exit))" }

    @Test("A termination request says its reason set and code, other events their name")
    func aTerminationIsDecoded() throws {
        let exit = try exit(SimulatedKernel.termination)
        #expect(exit == .systemEvent(type: 6, data: [0x2_1100]))
        #expect(text(exit).contains("KVM_SYSTEM_EVENT_SEV_TERM"))
        #expect(text(exit).contains("reason set 1, code 2"))
        let termination = GHCBTermination(0x2_1100)
        #expect(termination?.set == 1 && termination?.code == 2)
        #expect(GHCBTermination(0x21000) == nil)
        #expect(text(.systemEvent(type: 6, data: [0x21000])).contains("GHCB is at 0x21000"))
        #expect(text(.systemEvent(type: 3, data: [])).contains("KVM_SYSTEM_EVENT_CRASH"))
    }

    @Test(
        "A memory fault is an exit that says its range and whether it was private",
        arguments: [(EFAULT, UInt64(8)), (EFAULT, UInt64(0)), (EHWPOISON, UInt64(8))])
    func aMemoryFaultIsAnExit(_ errno: Int32, _ flags: UInt64) throws {
        let exit = try exit { run, _ in
            run.exit_reason = UInt32(KVM_EXIT_MEMORY_FAULT)
            // The union by offsets, for headers that lack the member.
            unsafe withUnsafeMutableBytes(of: &run) { page in
                unsafe page.storeBytes(of: flags, toByteOffset: 32, as: UInt64.self)
                unsafe page.storeBytes(of: 0x21000, toByteOffset: 40, as: UInt64.self)
                unsafe page.storeBytes(of: 0x1000, toByteOffset: 48, as: UInt64.self)
            }
            return errno
        }
        let fault = MemoryFault(
            address: 0x21000, size: 0x1000, isPrivate: flags == 8, isPoisoned: errno == EHWPOISON)
        #expect(exit == .memoryFault(fault))
        #expect(text(exit).contains("KVM_EXIT_MEMORY_FAULT"))
        #expect(text(exit).contains("0x1000 bytes at guest address 0x21000"))
        let word = errno == EHWPOISON ? "machine checks" : flags == 8 ? "C-bit set" : "C-bit clear"
        #expect(text(exit).contains(word))
    }

    @Test(
        "A refused KVM_RUN is an error with its errno and what to look at",
        arguments: [
            (EINVAL, "KVM_SEV_INIT2"), (EFAULT, "kvm_rmp_fault"), (EIO, "WARN"),
            (EAGAIN, "MP state"), (ENOMEM, "memory"), (EBADF, "EBADF"), (EHWPOISON, "machine"),
        ])
    func aRefusedRunIsAnError(_ errno: Int32, _ word: String) throws {
        let guest = try launch(SimulatedKernel(guest: { _, _ in errno }).calls)
        let error = failure { () throws(KVMError) in _ = try guest.vcpu.run() }
        guard case .call(let failure) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(failure.call == .run && failure.errno == errno)
        #expect("\(KVMError.call(failure))".contains(CallFailure.name(of: errno)))
        #expect("\(KVMError.call(failure))".contains(word))
    }

    @Test(
        "VMEXIT_INVALID is known by its low 32 bits, as KVM of the RFC's base has it",
        arguments: [
            UInt64.max, 0xffff_ffff,
        ])
    func refusedEntry(_ reason: UInt64) throws {
        let entry = try exit { run, _ in
            run.exit_reason = UInt32(KVM_EXIT_FAIL_ENTRY)
            run.fail_entry.hardware_entry_failure_reason = reason
            run.fail_entry.cpu = 7
            return 0
        }
        #expect(text(entry).contains("VMEXIT_INVALID") && text(entry).contains("CPU 7"))
        #expect(text(entry).contains("ALLOWED_SEV_FEATURES"))
        #expect(text(entry).contains("dump_invalid_vmcb=1"))
        #expect(text(.internalError(suberror: 4, data: [reason])).contains("VMEXIT_INVALID"))
        // What the advice promises: KVM shows the VMSA under a policy with bit 19 alone.
        #expect(text(entry).contains("the guest's policy allows debugging"))
        #expect(SecureSetup(encryptionBit: 51).policy.contains(.debug))
    }

    @Test("Exit codes of a hardware that refuses to run the guest are named and explained")
    func hardwareRefusalsAreNamed() throws {
        let busy = try exit { run, _ in
            run.exit_reason = UInt32(KVM_EXIT_INTERNAL_ERROR)
            run.internal.suberror = 4
            run.internal.ndata = 2
            run.internal.data.0 = UInt64(bitPattern: -2)
            return 0
        }
        #expect(text(busy).contains("VMEXIT_BUSY (-2)"))
        let sentence = """
            the VMSA stayed marked busy, which nothing mends: the CPU met a nested page fault at \
            the APIC backing page; register that page before the guest enables it, and keep it \
            private and unmoved: whatever the host does to memory at the addresses of its slot \
            (NUMA balancing, compaction, swapping) takes private pages out of the guest's page \
            tables as well. This tool has nothing mapped there; if it comes all the same, try \
            kernel.numa_balancing=0
            """
        #expect(text(busy).contains(sentence))
        #expect(text(.internalError(suberror: 4, data: [0xffff_fffe])).contains("VMEXIT_BUSY"))
        #expect(text(.internalError(suberror: 4, data: [0x404])).contains("not validated"))
        #expect(text(.internalError(suberror: 4, data: [0x99])).contains("exit code 0x99"))
    }

    @Test(
        "No exit is printed as a Swift value",
        arguments: [
            VCPUExit.io(port: 0x80, size: 1, isOut: true, value: 3),
            .mmio(address: 0xfec0_0000, length: 4, isWrite: false, data: 0),
            .ioapicEOI(vector: 0x51), .readMSR(index: 0xc001_0130),
            .writeMSR(index: 0x80b, value: 1), .hlt, .shutdown,
            .failEntry(reason: 5, cpu: 0), .internalError(suberror: 1, data: [1]),
            .internalError(suberror: 3, data: []), .internalError(suberror: 4, data: []),
            .internalError(suberror: 9, data: []), .systemEvent(type: 99, data: [1]), .unknown(43),
            .unknown(77),
        ])
    func noneIsPrintedAsSwift(_ exit: VCPUExit) {
        let text = text(exit)
        #expect(text.hasPrefix("the guest came back with "))
        #expect(!text.contains("\(exit)") && !text.contains("UInt"))
    }
}
