import CKVM
import Glibc
import KVMHost
import Testing

extension Host {
    /// Whether this KVM has guest_memfd for ordinary VMs, as since Linux 6.18.
    static let hasGuestMemFD: Bool = {
        do throws(KVMError) {
            let system = try KVMSystem()
            return try system.checkExtension(234) == 1  // KVM_CAP_GUEST_MEMFD
        } catch {
            return false
        }
    }()
}

extension OnKVM {
    /// The parts of a launch that a kernel without SEV-SNP can judge, too: there the simulated
    /// kernel's rules are held against a real one's.
    @Suite("The simulated kernel's rules, on a real one") struct RealKernelTests {
        private func errno(_ body: () throws(KVMError) -> Void) -> (KernelCall, Int32)? {
            guard case .call(let refusal) = failure(body) else { return nil }
            return (refusal.call, refusal.errno)
        }

        @Test(
            "Private slots refuse on a real KVM what they refuse on the simulated one",
            .enabled(if: Host.hasGuestMemFD, "this KVM has no guest_memfd for ordinary VMs"))
        func privateSlotsHaveTheSimulatedRules() throws {
            let before = try kvmHandles()
            do {
                let system = try KVMSystem()
                let vm = try system.createVM()
                let memory = try GuestMemory(count: 0x4000)
                let size = errno { () throws(KVMError) in
                    _ = try vm.createGuestMemFD(count: 100)
                }
                #expect(size?.0 == .createGuestMemFD && size?.1 == EINVAL)
                let pages = try vm.createGuestMemFD(count: 0x4000)
                try vm.mapMemory(memory, private: pages)
                // Overlap, the slot again, the same pages elsewhere, a wrong address.
                for (address, slot, wanted) in [
                    (UInt64(0x1000), UInt32(1), EEXIST), (0, 0, EINVAL), (0x10000, 1, EINVAL),
                    (0x10800, 1, EINVAL),
                ] {
                    let refusal = errno { () throws(KVMError) in
                        try vm.mapMemory(memory, private: pages, at: address, slot: slot)
                    }
                    #expect(refusal?.0 == .setUserMemoryRegion2 && refusal?.1 == wanted)
                }
                let other = try system.createVM()
                let foreign = errno { () throws(KVMError) in
                    try other.mapMemory(memory, private: pages)
                }
                #expect(foreign?.1 == EINVAL)
                // An ordinary VM has no private pages; some kernels lack the call altogether.
                let attribute = errno { () throws(KVMError) in
                    try vm.setPrivate(at: 0, count: 4096)
                }
                #expect(attribute.map { [EINVAL, ENOTTY].contains($0.1) } == true)
                // With SEV off or no SEV VM at all.
                let command = failure { () throws(KVMError) in
                    try vm.sevInit(.secureAVIC, offered: nil)
                }
                guard case .sev(let refusal) = command else {
                    Issue.record("\(String(describing: command))")
                    return
                }
                #expect([ENOTTY, EINVAL].contains(refusal.errno) && refusal.firmware == nil)
            }
            #expect(try kvmHandles() == before)
        }

        /// With the hardware this launches; without it says what is missing, and leaves nothing.
        @Test("This host launches, or says why not and leaves nothing behind")
        func thisHostLaunchesOrSaysWhyNot() throws {
            let before = try kvmHandles()
            let error = failure { () throws(KVMError) in _ = try launch(.live) }
            if let error { #expect(error.explanation.remedy != nil, "\(error)") }
            #expect(try kvmHandles() == before)
            guard HostReader.live.encryptionBit == nil else { return }
            let type = failure { () throws(KVMError) in
                _ = try KVMSystem().createVM(type: KVM_X86_SNP_VM)
            }
            #expect(type?.description.contains("kvm_amd.sev_snp") == true)
        }
    }
}
