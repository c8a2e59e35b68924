import CKVM
import Glibc
import KVMHost

/// A guest_memfd.
final class SimulatedGuestMemory {
    unowned let owner: SimulatedVM
    /// Bytes.
    let size: UInt64
    /// Parts of it that slots use.
    var bound: [Range<UInt64>] = []
    var isOpen = true

    init(owner: SimulatedVM, size: UInt64) {
        self.owner = owner
        self.size = size
    }
}

/// A memory slot, in guest physical addresses.
struct SimulatedSlot {
    var range: Range<UInt64>
    /// Where shared accesses go in the program.
    var address: UInt64
    var memory: SimulatedGuestMemory?
    /// What the slot uses of its guest_memfd.
    var part: Range<UInt64>
}

/// A VM: its irqchip, its memory, and how far its launch is.
final class SimulatedVM {
    enum Chip { case split, kernel }

    let type: Int32
    var chip: Chip?
    var slots: [UInt32: SimulatedSlot] = [:]
    var vcpus: [Int32: SimulatedVCPU] = [:]
    /// Page numbers.
    var privatePages: Set<UInt64> = []
    // The launch.
    /// VMSA features, since INIT2.
    var features: UInt64?
    /// Number of the /dev/sev descriptor, since LAUNCH_START.
    var device: Int32?
    var addedPages: Set<UInt64> = []
    /// What the kernel lab was told, if it was.
    var simulation: LabSimulation?

    init(type: Int32) { self.type = type }
}

extension SimulatedState {
    /// Calls on a VM (kvm-snp-uapi §1.4).
    mutating func vm(
        _ vm: SimulatedVM, _ call: KernelCall, _ request: SimulatedRequest
    ) throws(Refusal) -> Int32 {
        switch call {
        case .checkExtension: return 1
        case .enableCap: return try vm.enable(try request.load(), on: host)
        case .createIRQChip:
            try require(vm.chip == nil, else: EEXIST)
            try require(vm.vcpus.isEmpty, else: EINVAL)
            vm.chip = .kernel
            return 0
        case .setUserMemoryRegion:
            let region: kvm_userspace_memory_region = try request.load()
            var wide = kvm_userspace_memory_region2()
            wide.slot = region.slot
            wide.flags = region.flags
            wide.guest_phys_addr = region.guest_phys_addr
            wide.memory_size = region.memory_size
            wide.userspace_addr = region.userspace_addr
            try require(region.flags & ~3 == 0, else: EINVAL)
            return try place(wide, in: vm)
        case .setUserMemoryRegion2: return try place(try request.load(), in: vm)
        case .createGuestMemFD:
            let wanted: kvm_create_guest_memfd = try request.load()
            let isWhole = wanted.size > 0 && wanted.size.isMultiple(of: 4096)
            try require(isWhole && wanted.flags == 0, else: EINVAL)
            try require(vm.type == KVM_X86_SNP_VM, else: EINVAL)
            return add(.guestMemory(SimulatedGuestMemory(owner: vm, size: wanted.size)))
        case .setMemoryAttributes: return try vm.setAttributes(try request.load())
        case .createVCPU:
            try require(vm.vcpus[request.value] == nil, else: EEXIST)
            let vcpu = SimulatedVCPU(vm: vm)
            vm.vcpus[request.value] = vcpu
            return add(.vcpu(vcpu))
        case .memoryEncryptOp: return try launch(vm, request)
        case .setGSIRouting:
            try require(vm.chip != nil, else: EINVAL)
            return 0
        case .irqLine, .irqLineStatus:
            try require(vm.chip != nil, else: ENXIO)
            return 0
        case .getIRQChip, .setIRQChip:
            try require(vm.chip == .kernel, else: ENXIO)
            return 0
        case .signalMSI:
            try require(vm.chip != nil, else: EINVAL)
            return 1
        case .irqFD:
            let wanted: kvm_irqfd = try request.load()
            try require(wanted.flags & ~3 == 0, else: EINVAL)
            let isResample = wanted.flags & 2 != 0
            try require(isResample ? vm.chip == .kernel : vm.chip != nil, else: EINVAL)
            return 0
        default: throw Refusal(errno: ENOTTY)
        }
    }

    /// `KVM_SET_USER_MEMORY_REGION2`: a slot with guest_memfd can only be deleted.
    private func place(
        _ region: kvm_userspace_memory_region2, in vm: SimulatedVM
    ) throws(Refusal) -> Int32 {
        let hasMemory = region.flags & 4 != 0
        try require(region.flags & ~7 == 0, else: EINVAL)
        try require(!hasMemory || region.flags & 3 == 0, else: EINVAL)
        for address in [region.guest_phys_addr, region.memory_size, region.userspace_addr] {
            try require(address.isMultiple(of: 4096), else: EINVAL)
        }
        if region.memory_size == 0 {
            guard let old = vm.slots.removeValue(forKey: region.slot) else {
                throw Refusal(errno: EINVAL)
            }
            old.memory?.bound.removeAll { $0 == old.part }
            return 0
        }
        try require(vm.slots[region.slot]?.memory == nil, else: EINVAL)
        let start = region.guest_phys_addr
        let range = start..<start + region.memory_size
        let others = vm.slots.filter { $0.key != region.slot }.values
        try require(!others.contains { $0.range.overlaps(range) }, else: EEXIST)
        var slot = SimulatedSlot(
            range: range, address: region.userspace_addr, memory: nil, part: 0..<0)
        if hasMemory {
            try require(vm.slots[region.slot] == nil, else: EINVAL)
            guard let file = files[Int32(bitPattern: region.guest_memfd)] else {
                throw Refusal(errno: EBADF)
            }
            guard case .guestMemory(let memory) = file, memory.owner === vm else {
                throw Refusal(errno: EINVAL)
            }
            let offset = region.guest_memfd_offset
            slot.part = offset..<offset + region.memory_size
            try require(offset.isMultiple(of: 4096), else: EINVAL)
            try require(slot.part.upperBound <= memory.size, else: EINVAL)
            try require(!memory.bound.contains { $0.overlaps(slot.part) }, else: EINVAL)
            memory.bound.append(slot.part)
            slot.memory = memory
        }
        vm.slots[region.slot] = slot
        return 0
    }
}

extension SimulatedVM {
    fileprivate func enable(
        _ wanted: kvm_enable_cap, on host: SimulatedHost
    ) throws(Refusal) -> Int32 {
        try require(wanted.flags == 0, else: EINVAL)
        switch Int32(bitPattern: wanted.cap) {
        case KVM_CAP_SPLIT_IRQCHIP:
            try require(wanted.args.0 <= 4096, else: EINVAL)
            try require(chip == nil && vcpus.isEmpty, else: EEXIST)
            chip = .split
        case KVM_CAP_X86_USER_SPACE_MSR:
            try require(wanted.args.0 & ~7 == 0, else: EINVAL)
        case KVM_CAP_X2APIC_API:
            try require(wanted.args.0 & ~UInt64(host.x2APICFlags) == 0, else: EINVAL)
            // The two on EOI broadcasts (bits 2 and 3) exclude each other, and the first is for a
            // split irqchip (kvm-interrupts §6.2).
            let broadcasts = wanted.args.0 & 0b1100
            try require(broadcasts != 0b1100, else: EINVAL)
            try require(broadcasts != 0b0100 || chip == .split, else: EINVAL)
            try require(vcpus.isEmpty, else: EINVAL)
        case Int32(SAVIC_LAB_CAPABILITY): try simulate(wanted, on: host.lab)
        default: throw Refusal(errno: EINVAL)
        }
        return 0
    }

    /// The kernel lab's capability (savic_lab.h).
    private func simulate(
        _ wanted: kvm_enable_cap, on lab: SimulatedHost.Lab?
    ) throws(Refusal) {
        guard let lab else { throw Refusal(errno: EINVAL) }
        let simulation = try LabSimulation(wanted)
        try require(lab.designs.contains(simulation.design), else: ENOENT)
        let isInTime = vcpus.isEmpty && chip != nil
        try require(type == KVM_X86_DEFAULT_VM && isInTime, else: EINVAL)
        self.simulation = simulation
    }

    fileprivate func setAttributes(_ wanted: kvm_memory_attributes) throws(Refusal) -> Int32 {
        let isWhole = wanted.address.isMultiple(of: 4096) && wanted.size.isMultiple(of: 4096)
        try require(wanted.flags == 0 && isWhole && wanted.size > 0, else: EINVAL)
        try require(wanted.attributes & ~8 == 0 && type == KVM_X86_SNP_VM, else: EINVAL)
        let pages = wanted.address / 4096..<(wanted.address + wanted.size) / 4096
        if wanted.attributes == 8 {
            privatePages.formUnion(pages)
        } else {
            privatePages.subtract(pages)
        }
        return 0
    }

    /// Whether a page lies in a slot that can be private.
    func isBacked(_ page: UInt64) -> Bool {
        slots.values.contains { $0.memory != nil && $0.range.contains(page * 4096) }
    }
}
