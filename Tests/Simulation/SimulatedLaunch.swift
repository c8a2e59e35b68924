import CKVM
import Glibc

/// `KVM_MEMORY_ENCRYPT_OP` (kvm-snp-uapi §2.3).
extension SimulatedState {
    mutating func launch(
        _ vm: SimulatedVM, _ request: SimulatedRequest
    ) throws(Refusal) -> Int32 {
        try require(host.hasSEV, else: ENOTTY)
        let command: kvm_sev_cmd = try request.load()
        try require(vm.features == nil || command.id >= 100, else: EPERM)
        guard let pointer = unsafe UnsafeMutableRawPointer(bitPattern: UInt(command.data)) else {
            throw Refusal(errno: EFAULT)
        }
        let parameters = unsafe SimulatedRequest(number: 0, pointer: pointer)
        let device = Int32(bitPattern: command.sev_fd)
        switch command.id {
        case 22: try initialize(vm, try parameters.load())
        case 100: try start(vm, try parameters.load(), device)
        case 101:
            try parameters.store(try update(vm, try parameters.load(), device))
        case 102: try finish(vm, try parameters.load(), device)
        default: throw Refusal(errno: EINVAL)
        }
        return 0
    }

    private func isSEV(_ number: Int32) -> Bool {
        if case .sev = files[number] { true } else { false }
    }

    private mutating func initialize(
        _ vm: SimulatedVM, _ wanted: ckvm_sev_init
    ) throws(Refusal) {
        try require([2, 3, KVM_X86_SNP_VM].contains(vm.type), else: EINVAL)
        try require(vm.features == nil && vm.vcpus.isEmpty, else: EINVAL)
        try require(wanted.flags == 0, else: EINVAL)
        // Bit 0, SNP_ACTIVE, is KVM's own to set.
        let known = (host.vmsaFeatures ?? 0) & ~1
        try require(wanted.vmsa_features & ~known == 0, else: EINVAL)
        try require([0, 2].contains(wanted.ghcb_version), else: EINVAL)
        try require(asidsInUse < host.asids, else: EBUSY)
        vm.features = wanted.vmsa_features
    }

    private func start(
        _ vm: SimulatedVM, _ wanted: ckvm_sev_snp_launch_start, _ device: Int32
    ) throws(Refusal) {
        try require(vm.features != nil, else: ENOTTY)
        try require(vm.device == nil && wanted.flags == 0, else: EINVAL)
        try require(wanted.policy >> 26 == 0 && wanted.policy >> 17 & 1 == 1, else: EINVAL)
        try require(!host.insistsOnSMT || wanted.policy >> 16 & 1 == 1, else: EINVAL)
        // No context without the firmware's descriptor.
        try require(isSEV(device), else: ENOTTY)
        vm.device = device
    }

    /// What is left to do: the whole structure, as it is written back.
    private mutating func update(
        _ vm: SimulatedVM, _ wanted: ckvm_sev_snp_launch_update, _ device: Int32
    ) throws(Refusal) -> ckvm_sev_snp_launch_update {
        try require(vm.features != nil && vm.device != nil, else: EINVAL)
        try require(wanted.len > 0 && wanted.len.isMultiple(of: 4096), else: EINVAL)
        try require(wanted.flags == 0 && [1, 3, 4, 5, 6].contains(wanted.type), else: EINVAL)
        try require(wanted.uaddr.isMultiple(of: 4096), else: EINVAL)
        let pages = wanted.gfn_start..<wanted.gfn_start + wanted.len / 4096
        try require(pages.allSatisfy(vm.isBacked), else: EINVAL)
        var left = wanted
        for page in pages.prefix(host.pagesPerUpdate) {
            let isZero = wanted.type == 3
            let isReady =
                vm.privatePages.contains(page) && !vm.addedPages.contains(page) && isSEV(device)
                && (isZero || isMapped(left.uaddr, 4096))
            if !isReady {
                // Only a failure of the first page is one of the call.
                if page == wanted.gfn_start { throw Refusal(errno: EIO) }
                return left
            }
            vm.addedPages.insert(page)
            // SAFETY: mapped, by the line above.
            addedPages[page] =
                unsafe isZero
                ? [UInt8](repeating: 0, count: 4096)
                : [UInt8](
                    UnsafeRawBufferPointer(
                        start: UnsafeRawPointer(bitPattern: UInt(left.uaddr)), count: 4096))
            left.gfn_start += 1
            left.len -= 4096
            if !isZero { left.uaddr += 4096 }
        }
        return left
    }

    private func finish(
        _ vm: SimulatedVM, _ wanted: ckvm_sev_snp_launch_finish, _ device: Int32
    ) throws(Refusal) {
        try require(vm.features != nil, else: ENOTTY)
        guard let started = vm.device else { throw Refusal(errno: EINVAL) }
        try require(wanted.flags == 0, else: EINVAL)
        try require(!vm.vcpus.values.contains { $0.isProtected }, else: EINVAL)
        // The VMSAs go by this command's descriptor, the end by the one of the start.
        try require(isSEV(device) && isSEV(started), else: EBADF)
        for vcpu in vm.vcpus.values { vcpu.isProtected = true }
    }
}
