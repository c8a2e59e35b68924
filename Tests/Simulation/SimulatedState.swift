import CKVM
import Glibc
import KVMHost

/// What a descriptor is.
enum SimulatedFile {
    case kvm, sev, eventfd
    case vm(SimulatedVM)
    case vcpu(SimulatedVCPU)
    case guestMemory(SimulatedGuestMemory)
}

/// Everything that the simulated kernel remembers.
struct SimulatedState {
    let host: SimulatedHost
    var files: [Int32: SimulatedFile] = [:]
    /// All that live: vCPUs may outlive their VM's descriptor.
    var vms: [SimulatedVM] = []
    /// Lengths in bytes, by address.
    var mappings: [UInt: Int] = [:]
    /// Those of them that nothing may touch.
    var reserved: Set<UInt> = []
    /// What no program should do, such as closing twice.
    var mistakes: [String] = []
    /// What has been written to eventfds and not been read; none is 0.
    var eventfds: [Int32: UInt64] = [:]
    /// Every page of the launch of the latest VM, by page number.
    var addedPages: [UInt64: [UInt8]] = [:]

    init(host: SimulatedHost) { self.host = host }

    // MARK: - Descriptors and mappings

    mutating func add(_ file: SimulatedFile) -> Int32 {
        var number: Int32 = 1000
        while files[number] != nil { number += 1 }
        files[number] = file
        return number
    }

    mutating func open(_ path: String) -> Int32 {
        switch path {
        case KVMSystem.devicePath: add(.kvm)
        case SEVDevice.path where host.lab == nil: add(.sev)
        default: -ENOENT
        }
    }

    mutating func close(_ number: Int32) -> Int32 {
        guard let file = files.removeValue(forKey: number) else {
            mistakes.append("close of \(number)")
            return -EBADF
        }
        if case .guestMemory(let memory) = file { memory.isOpen = false }
        eventfds[number] = nil
        return 0
    }

    /// Adds one to an eventfd, if it is one.
    mutating func signal(_ number: Int32) -> Bool {
        guard case .eventfd = files[number] else { return false }
        eventfds[number, default: 0] += 1
        return true
    }

    /// A VM lives on in its vCPUs and guest_memfds.
    private func isAlive(_ vm: SimulatedVM) -> Bool {
        files.values.contains { file in
            switch file {
            case .vm(let other): other === vm
            case .vcpu(let vcpu): vcpu.vm === vm
            case .guestMemory(let memory): memory.owner === vm
            default: false
            }
        }
    }

    var hasLiveVM: Bool { vms.contains(where: isAlive) }
    var asidsInUse: Int { vms.count { $0.features != nil && isAlive($0) } }

    /// The call, if it is one on a VM.
    func callOnVM(_ number: Int32, _ request: SimulatedRequest) -> KernelCall? {
        guard case .vm = files[number] else { return nil }
        return KernelCall.allCases.first { $0.request == request.number }
    }

    func isVCPU(_ number: Int32) -> Bool {
        if case .vcpu = files[number] { true } else { false }
    }

    mutating func mapped(_ address: UInt, _ length: Int, _ descriptor: Int32) {
        mappings[address] = length
        if case .vcpu(let vcpu) = files[descriptor] { vcpu.page = address }
    }

    mutating func unmapped(_ address: UInt, _ length: Int) {
        if mappings.removeValue(forKey: address) != length { mistakes.append("munmap") }
        reserved.remove(address)
    }

    /// Whether these bytes of the program are mapped, and may be used.
    func isMapped(_ address: UInt64, _ length: UInt64) -> Bool {
        mappings.contains { start, count in
            !reserved.contains(start) && address >= UInt64(start)
                && address + length <= UInt64(start) + UInt64(count)
        }
    }

    /// The program's address of shared bytes of a guest.
    func sharedMemory(_ address: UInt64, _ count: Int) -> UInt64? {
        for case .vm(let vm) in files.values {
            for slot in vm.slots.values where slot.memory == nil && slot.range.contains(address) {
                guard address + UInt64(count) <= slot.range.upperBound else { continue }
                return slot.address + (address - slot.range.lowerBound)
            }
        }
        return nil
    }

    // MARK: - ioctl

    mutating func ioctl(_ number: Int32, _ request: SimulatedRequest) throws(Refusal) -> Int32 {
        guard let file = files[number] else { throw Refusal(errno: EBADF) }
        guard let call = KernelCall.allCases.first(where: { $0.request == request.number }) else {
            throw Refusal(errno: ENOTTY)
        }
        switch file {
        case .kvm: return try system(call, request)
        case .sev: return try sev(call, request)
        case .vm(let vm): return try self.vm(vm, call, request)
        case .vcpu(let vcpu): return try vcpu.ioctl(call, request)
        case .guestMemory, .eventfd: throw Refusal(errno: ENOTTY)
        }
    }

    /// On /dev/kvm.
    private mutating func system(
        _ call: KernelCall, _ request: SimulatedRequest
    ) throws(Refusal) -> Int32 {
        switch call {
        case .getAPIVersion: return 12
        case .checkExtension:
            let types = host.vmTypes.reduce(Int32(0)) { $0 | 1 << $1 }
            switch request.value {
            case KVM_CAP_VM_TYPES: return types
            case KVM_CAP_X2APIC_API: return host.x2APICFlags
            case Int32(SAVIC_LAB_CAPABILITY): return host.lab?.version ?? 0
            default: return 1
            }
        case .getVCPUMmapSize: return 0x3000
        case .getSupportedCPUID:
            let capacity: UInt32 = try request.load()
            try require(capacity >= UInt32(SimulatedCPUID.entries.count), else: E2BIG)
            try request.store(UInt32(SimulatedCPUID.entries.count))
            for (index, entry) in SimulatedCPUID.entries.enumerated() {
                try request.store(entry, at: 8 + 40 * index)
            }
            return 0
        case .getDeviceAttr:
            let attribute: kvm_device_attr = try request.load()
            guard attribute.group == 1, attribute.attr == 0, let value = host.vmsaFeatures,
                // SAFETY: the module under test passes the address of 8 bytes.
                let target = unsafe UnsafeMutablePointer<UInt64>(bitPattern: UInt(attribute.addr))
            else { throw Refusal(errno: ENXIO) }
            unsafe target.pointee = value
            return 0
        case .createVM:
            try require(host.vmTypes.contains(request.value), else: EINVAL)
            let vm = SimulatedVM(type: request.value)
            addedPages = [:]
            vms = vms.filter(isAlive)
            vms.append(vm)
            return add(.vm(vm))
        default: throw Refusal(errno: ENOTTY)
        }
    }

    /// On /dev/sev: the status of firmware 1.55, build 21.
    private func sev(
        _ call: KernelCall, _ request: SimulatedRequest
    ) throws(Refusal) -> Int32 {
        try require(call == .sevIssueCmd, else: ENOTTY)
        let command: UInt32 = try request.load()
        try require(command == 9, else: EINVAL)
        let address: UInt64 = try request.load(at: 4)
        var status = ckvm_snp_platform_status()
        (status.api_major, status.api_minor, status.state) = (1, 55, 1)
        (status.rmp_flags, status.build) = (1, 21)
        guard
            // SAFETY: as above, 32 bytes.
            let target = unsafe UnsafeMutablePointer<ckvm_snp_platform_status>(
                bitPattern: UInt(address))
        else { throw Refusal(errno: EFAULT) }
        unsafe target.pointee = status
        return 0
    }

    /// Whether the notifier has taken private pages out of the guest's page tables: those of slots
    /// at whose addresses the program has memory that can be moved.
    func hasLostPrivatePages(_ number: Int32) -> Bool {
        guard host.balancesNUMA, case .vcpu(let vcpu) = files[number] else { return false }
        return vcpu.vm.slots.values.contains { slot in
            slot.memory != nil
                && isMapped(slot.address, slot.range.upperBound - slot.range.lowerBound)
        }
    }

    /// `KVM_RUN`: the address of the vCPU's page, if the guest may run.
    func enter(_ number: Int32, _ argument: Int32) throws(Refusal) -> UInt {
        guard case .vcpu(let vcpu) = files[number] else {
            throw Refusal(errno: files[number] == nil ? EBADF : ENOTTY)
        }
        try require(argument == 0, else: EINVAL)
        if vcpu.vm.type == KVM_X86_SNP_VM {
            try require(vcpu.vm.features != nil && vcpu.isProtected, else: EINVAL)
        }
        // The pages of a closed guest_memfd are gone.
        try require(vcpu.vm.slots.values.allSatisfy { $0.memory?.isOpen != false }, else: EFAULT)
        return vcpu.page
    }
}

/// The CPUID table of the simulated host: a hypervisor's minimum.
enum SimulatedCPUID {
    static let entries: [kvm_cpuid_entry2] = [
        entry(0, eax: 0x10, ebx: 0x6874_7541, ecx: 0x444d_4163, edx: 0x6974_6e65),
        // ECX without x2APIC, which the launch has to add.
        entry(1, eax: 0x00b0_0f21, ecx: 0x8000_0001, edx: 0x0789_fbff),
        entry(0x8000_0001, edx: 1 << 29 | 1 << 20),
        entry(0x8000_001f, eax: 1 << 4 | 1 << 3 | 1 << 1, ebx: 51),
    ]

    private static func entry(
        _ function: UInt32, eax: UInt32 = 0, ebx: UInt32 = 0, ecx: UInt32 = 0, edx: UInt32 = 0
    ) -> kvm_cpuid_entry2 {
        var entry = kvm_cpuid_entry2()
        entry.function = function
        (entry.eax, entry.ebx, entry.ecx, entry.edx) = (eax, ebx, ecx, edx)
        return entry
    }
}
