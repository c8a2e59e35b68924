import CKVM

/// A vCPU's exit in words for people, for when nothing provides for it: the one place where such
/// sentences are made (kvm-snp-uapi §1.5).
extension VCPUExit {
    package var explanation: Explanation {
        let (what, meaning, remedy) = sentence
        return Explanation(
            what: "the guest came back with \(what)", errnoName: nil, meaning: meaning,
            remedy: remedy)
    }

    private var sentence: (what: String, meaning: String, remedy: String?) {
        switch self {
        case .io(let port, let size, let isOut, let value):
            (
                "KVM_EXIT_IO",
                "it \(isOut ? "wrote \(hex(value)) to" : "read") port \(hex(port)),"
                    + " \(size) bytes, which no step provides for", nil
            )
        case .mmio(let address, let length, let isWrite, _):
            (
                "KVM_EXIT_MMIO",
                "it \(isWrite ? "wrote" : "read") \(length) bytes at"
                    + " \(hex(address)), where there is no memory",
                "look for a wild pointer, or a device that the guest expects"
            )
        case .ioapicEOI(let vector):
            ("KVM_EXIT_IOAPIC_EOI", "an EOI of vector \(hex(vector)) that nobody expected", nil)
        case .readMSR(let index):
            ("KVM_EXIT_X86_RDMSR", "it read MSR \(hex(index)), which no step provides for", nil)
        case .writeMSR(let index, let value):
            (
                "KVM_EXIT_X86_WRMSR",
                "it wrote \(hex(value)) to MSR \(hex(index)), which no step provides for", nil
            )
        case .hlt: ("KVM_EXIT_HLT", "it halted, and nothing in KVM would wake it", nil)
        case .shutdown:
            (
                "KVM_EXIT_SHUTDOWN",
                "it shut down after an exception that it could not take"
                    + " (triple fault)",
                "look at its interrupt table and stack; in an SNP guest at a #VC (vector 29)"
                    + " while neither is usable, and at pages that were never validated (0x404)"
            )
        case .failEntry(let reason, let cpu): VCPUExit.entry(reason, cpu)
        case .internalError(let suberror, let data): VCPUExit.internalError(suberror, data)
        case .systemEvent(let type, let data): VCPUExit.event(type, data)
        case .memoryFault(let fault): fault.sentence
        case .unknown(let number):
            (
                VCPUExit.names[number] ?? "exit \(number)",
                "this tool does not know what to do with it",
                "a newer kernel may have brought it; look at the event kvm_userspace_exit"
            )
        }
    }

    /// Exits that need no decoding of their own, by their kernel names.
    private static let names: [UInt32: String] = [
        0: "KVM_EXIT_UNKNOWN", 3: "KVM_EXIT_HYPERCALL", 4: "KVM_EXIT_DEBUG", 10: "KVM_EXIT_INTR",
        16: "KVM_EXIT_NMI", 39: "KVM_EXIT_MEMORY_FAULT", 43: "KVM_EXIT_SNP_REQ_CERTS",
    ]

    private static func entry(
        _ reason: UInt64, _ cpu: UInt32
    ) -> (what: String, meaning: String, remedy: String?) {
        // KVM stores the exit code in 32 bits or sign-extended, depending on its version.
        let isInvalid = UInt32(truncatingIfNeeded: reason) == .max
        let name = isInvalid ? "VMEXIT_INVALID" : "reason \(hex(reason))"
        return (
            "KVM_EXIT_FAIL_ENTRY on CPU \(cpu)",
            "the CPU refused to enter the guest: \(name)",
            "an SNP guest: VMSA features that the CPU does not allow (ALLOWED_SEV_FEATURES, CPUID"
                + " 8000001F EAX[27]), or a VMSA page whose RMP entry is wrong; "
                + SVMExit.dumpAdvice
        )
    }

    private static func internalError(
        _ suberror: UInt32, _ data: [UInt64]
    ) -> (what: String, meaning: String, remedy: String?) {
        let what = "KVM_EXIT_INTERNAL_ERROR, suberror \(suberror)"
        let words = data.map(hex).joined(separator: " ")
        switch suberror {
        case 1:
            return (
                what, "KVM cannot emulate an instruction (\(words))",
                "look at the guest's code at the RIP of the event kvm_exit"
            )
        case 3:
            return (
                what, "an exit came in the middle of delivering an event (\(words))",
                "look at the guest's interrupt table and stack"
            )
        case 4:
            guard let code = data.first else { return (what, "an unexpected exit", nil) }
            let (name, remedy) = SVMExit.explained(code)
            return (what, "the CPU left the guest with \(name), which KVM did not expect", remedy)
        default:
            return (what, "KVM gave up (\(words))", "look for its reason in dmesg")
        }
    }

    private static func event(
        _ type: UInt32, _ data: [UInt64]
    ) -> (what: String, meaning: String, remedy: String?) {
        let names: [UInt32: String] = [
            1: "KVM_SYSTEM_EVENT_SHUTDOWN", 2: "KVM_SYSTEM_EVENT_RESET",
            3: "KVM_SYSTEM_EVENT_CRASH", 6: "KVM_SYSTEM_EVENT_SEV_TERM",
        ]
        let what = names[type] ?? "KVM_EXIT_SYSTEM_EVENT, type \(type)"
        guard type == 6, let value = data.first else {
            return (what, "data \(data.map(hex))", "it ended by its own wish: look at its code")
        }
        if let termination = GHCBTermination(value) {
            return (
                what, "it ended itself, reason set \(termination.set), code \(termination.code)",
                "set 0 is the protocol's own: 0 no reason given, 1 the GHCB version, 2 the"
                    + " hypervisor's features; other sets are the guest's"
            )
        }
        return (
            what, "it ended itself by a GHCB request; its GHCB is at \(hex(value))",
            "the reason is in the GHCB's SW_EXITINFO1"
        )
    }
}

/// How an SNP guest ended itself by the GHCB's MSR protocol (kvm-snp-uapi §3.3): the raw value of
/// a system event of type 6.
package struct GHCBTermination: Hashable, Sendable {
    /// 0 for the protocol's own codes, anything else for the guest's.
    package let set: UInt8
    package let code: UInt8

    /// Nil if the value is no termination request.
    package init?(_ value: UInt64) {
        guard value & 0xfff == 0x100 else { return nil }
        set = UInt8(value >> 12 & 0xf)
        code = UInt8(value >> 16 & 0xff)
    }
}

extension MemoryFault {
    fileprivate var sentence: (what: String, meaning: String, remedy: String?) {
        let place = "\(hex(size)) bytes at guest address \(hex(address))"
        if isPoisoned {
            return (
                "KVM_EXIT_MEMORY_FAULT (EHWPOISON)", "the host's memory under \(place) is broken",
                "look for machine checks in dmesg"
            )
        }
        return (
            "KVM_EXIT_MEMORY_FAULT",
            isPrivate
                ? "it used \(place) as private memory (C-bit set), which is shared"
                : "it used \(place) as shared memory (C-bit clear), which is private",
            "compare the guest's page tables with the memory attributes; the event kvm_page_fault"
                + " has the access, kvm_rmp_fault the RMP's view"
        )
    }
}

/// Exit codes of SVM (AMD APM vol. 2 appendix C) that KVM passes on when they surprise it.
private enum SVMExit {
    /// How the state that the CPU refused is seen: `sev_decrypt_vmsa()` shows the guest's part only
    /// where the guest's policy allows debugging (bit 19), as this tool's does.
    static let dumpAdvice =
        "load kvm_amd with dump_invalid_vmcb=1 and read dmesg, which then has the VMSA too: the"
        + " guest's policy allows debugging"

    static func explained(_ code: UInt64) -> (name: String, remedy: String) {
        // KVM stores it sign-extended or as 32 bits, depending on its version.
        switch Int32(truncatingIfNeeded: code) {
        case -1: ("VMEXIT_INVALID (-1)", dumpAdvice)
        case -2:
            (
                "VMEXIT_BUSY (-2)",
                "the VMSA stayed marked busy, which nothing mends: the CPU met a nested page fault"
                    + " at the APIC backing page; register that page before the guest enables it,"
                    + " and keep it private and unmoved: whatever the host does to memory at the"
                    + " addresses of its slot (NUMA balancing, compaction, swapping) takes private"
                    + " pages out of the guest's page tables as well. This tool has nothing mapped"
                    + " there; if it comes all the same, try kernel.numa_balancing=0"
            )
        case 0x400: ("NPF (0x400)", "look at the event kvm_page_fault and the memory slots")
        case 0x401: ("AVIC_INCOMPLETE_IPI (0x401)", "it should have become a #VC in the guest")
        case 0x402: ("AVIC_NOACCEL (0x402)", "it should have become a #VC in the guest")
        case 0x403: ("VMGEXIT (0x403)", "look at the event kvm_vmgexit_enter")
        case 0x404: ("page not validated (0x404)", "look at the event kvm_rmp_fault")
        default: ("exit code \(hex(code))", "AMD APM vol. 2 appendix C lists the codes")
        }
    }
}

/// A number as C writes it.
func hex(_ number: some BinaryInteger) -> String { "0x" + String(number, radix: 16) }
