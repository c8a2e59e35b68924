import CKVM
import Glibc
import KVMHost

/// A vCPU: its registers, until the launch hides them.
final class SimulatedVCPU {
    unowned let vm: SimulatedVM
    /// Address of its kvm_run.
    var page: UInt = 0
    var isProtected = false
    private var special = kvm_sregs()
    private var registers = kvm_regs()
    private var hasX2APIC = false
    private var hasCPUID = false

    init(vm: SimulatedVM) {
        self.vm = vm
        special.cr0 = 0x6000_0010
        special.apic_base = 0xfee0_0900
        registers.rip = 0xfff0
        registers.rflags = 2
    }

    /// Where it begins.
    var start: LongModeStart {
        LongModeStart(
            instruction: registers.rip, stack: registers.rsp,
            arguments: (registers.rdi, registers.rsi, registers.rdx), pageTable: special.cr3,
            gdt: special.gdt.base, idt: special.idt.base)
    }

    /// Calls on a vCPU (kvm-snp-uapi §1.4); after LAUNCH_FINISH its registers are out of reach.
    func ioctl(_ call: KernelCall, _ request: SimulatedRequest) throws(Refusal) -> Int32 {
        switch call {
        case .setCPUID2: try setCPUID(request)
        case .getSregs:
            try require(!isProtected, else: EINVAL)
            try request.store(special)
        case .setSregs: try setSpecial(try request.load())
        case .getRegs:
            try require(!isProtected, else: EINVAL)
            try request.store(registers)
        case .setRegs:
            try require(!isProtected, else: EINVAL)
            registers = try request.load()
        case .getLAPIC, .setLAPIC:
            let isSecure = (vm.features ?? 0) >> 16 & 1 == 1
            try require(vm.chip != nil && !isSecure, else: EINVAL)
        case .interrupt:
            try require(vm.chip == nil, else: ENXIO)
        default: throw Refusal(errno: ENOTTY)
        }
        return 0
    }

    private func setCPUID(_ request: SimulatedRequest) throws(Refusal) {
        let count: UInt32 = try request.load()
        for index in 0..<Int(count) {
            let entry: kvm_cpuid_entry2 = try request.load(at: 8 + 40 * index)
            if entry.function == 1 { hasX2APIC = entry.ecx >> 21 & 1 == 1 }
        }
        hasCPUID = true
    }

    private func setSpecial(_ wanted: kvm_sregs) throws(Refusal) {
        try require(!isProtected, else: EINVAL)
        let isLong = wanted.efer >> 8 & 1 == 1 && wanted.cr0 >> 31 == 1
        let hasPAE = wanted.cr4 >> 5 & 1 == 1
        try require(!isLong || (hasPAE && wanted.efer >> 10 & 1 == 1), else: EINVAL)
        try require(!isLong || hasCPUID, else: EINVAL)
        // SVME is KVM's own to set.
        try require(wanted.efer >> 12 & 1 == 0, else: EINVAL)
        let mode = wanted.apic_base >> 10 & 3
        try require(mode != 1 && (mode != 3 || hasX2APIC), else: EINVAL)
        special = wanted
    }
}
