import CKVM
import Glibc
import KVMHost
import Testing

@Suite("The probe's raw facts, on hosts that tests make up") struct HostFactsTests {
    /// A host of files; what is not listed is missing.
    private func reader(_ files: [String: String], denied: Set<String> = []) -> HostReader {
        HostReader(
            text: { path in
                if denied.contains(path) { return .forbidden(errno: EACCES) }
                return files[path].map { .found($0) } ?? .missing
            },
            access: { path in
                if denied.contains(path) { return .forbidden(errno: EACCES) }
                return files.keys.contains { $0.hasPrefix(path) } ? .found(()) : .missing
            },
            cpuid: { leaf in
                switch leaf {
                case 0x8000_0000: CPUIDLeaf(eax: 0x8000_0021, ebx: 0, ecx: 0, edx: 0)
                case 0x8000_001f: CPUIDLeaf(eax: 1 << 4 | 1 << 26, ebx: 51, ecx: 1006, edx: 100)
                default: CPUIDLeaf(eax: 0, ebx: 0, ecx: 0, edx: 1 << 30)
                }
            })
    }

    /// A KVM that answers as an SNP host with Secure AVIC would.
    private var snpCalls: SystemCalls {
        var calls = SystemCalls.live
        calls.open = { _, _ in 1000 }
        calls.close = { _ in 0 }
        calls.ioctl = { _, request, argument in
            switch (request, argument) {
            case (UInt(CKVM_GET_API_VERSION), _): 12
            case (UInt(CKVM_CHECK_EXTENSION), KVM_CAP_VM_TYPES): 0b11101
            case (UInt(CKVM_CHECK_EXTENSION), KVM_CAP_SPLIT_IRQCHIP): 1
            default: 0
            }
        }
        unsafe calls.ioctlPointer = { _, _, pointer in
            // SAFETY: the request is KVM_GET_DEVICE_ATTR, whose addr is an 8-byte place.
            let request = unsafe pointer.load(as: kvm_device_attr.self)
            unsafe UnsafeMutablePointer<UInt64>(bitPattern: UInt(request.addr))?.pointee =
                1 << 16 | 1 << 5
            return 0
        }
        return calls
    }

    private let snpFiles = [
        "/proc/cpuinfo": "processor\t: 0\nmodel name\t: AMD EPYC 9965\n"
            + "flags\t\t: fpu svm sev sev_es sev_snp\n\n",
        "/proc/sys/kernel/osrelease": "7.2.0-savic\n",
        "/sys/module/kvm/": "", "/sys/module/kvm_amd/parameters/sev": "Y\n",
        "/sys/module/kvm_amd/parameters/sev_es": "Y\n",
        "/sys/module/kvm_amd/parameters/sev_snp": "1\n",
        "/sys/module/kvm_amd/parameters/secure_avic": "perhaps\n",
        "/dev/kvm": "", "/dev/sev": "",
    ]

    @Test("All that an SNP host with Secure AVIC shows is found")
    func anSNPHostIsSeenAsOne() {
        let facts = HostFacts(reader: reader(snpFiles), calls: snpCalls)
        #expect(facts.kernelRelease == .found("7.2.0-savic"))
        #expect(facts.cpuModel == .found("AMD EPYC 9965"))
        #expect(facts.sevSNP == .found(true) && facts.vmx == .found(false))
        #expect(facts.encryptionLeaf.value.map { $0.eax >> 26 & 1 } == 1)
        #expect(facts.idleHLTIntercept == .found(true))
        #expect(facts.kvmModules == .found(["kvm", "kvm_amd"]))
        #expect(facts.kvmAMDSEVSNP == .found(true))
        #expect(
            facts.kvmAMDSecureAVIC
                == .unknown(.unreadable(path: "/sys/module/kvm_amd/parameters/secure_avic")))
        #expect(facts.vmTypes == .found(0b11101) && facts.vmsaFeatures == .found(0x10020))
        #expect(facts.splitIRQChip == .found(1) && facts.signalMSI == .missing)
        #expect(facts.kvmFailure == nil)
    }

    @Test("A host without KVM has no facts of KVM, and a reason that says what to do")
    func aHostWithoutKVMSaysWhy() {
        var calls = SystemCalls.live
        calls.open = { _, _ in -ENOENT }
        let facts = HostFacts(reader: reader([:], denied: ["/dev/sev"]), calls: calls)
        #expect(facts.vmTypes == .unknown(.needsKVM))
        #expect(facts.kvmModules == .missing && facts.kvmAMDSEV == .missing)
        #expect(facts.kvmFailure?.explanation.errnoName == "ENOENT")
        #expect(facts.kvmFailure?.description.contains("modprobe") == true)
        guard case .forbidden(EACCES) = facts.sevDevice else {
            Issue.record("/dev/sev should be forbidden")
            return
        }
    }

    @Test("Of this host at least its kernel and its processor are found")
    func thisHostCanBeRead() {
        let facts = HostFacts()
        #expect(facts.kernelRelease.value?.isEmpty == false)
        #expect(facts.cpuModel.value?.isEmpty == false)
        #expect((facts.kvmFailure == nil) == (facts.splitIRQChip != .unknown(.needsKVM)))
    }

    @Test("A refused /dev/kvm comes with the advice that fits the device's owner")
    func permissionIsExplainedByItsGroup() {
        var calls = SystemCalls.live
        calls.open = { _, _ in -EACCES }
        let error = #expect(throws: KVMError.self) { _ = try KVMSystem(calls: calls) }
        #expect(error?.explanation.remedy == DeviceOwner.remedy(for: KVMSystem.devicePath))
    }

    @Test("The advice is usermod where the group may use the device, else a udev rule")
    func adviceFitsTheDevicesOwner() {
        let joined = DeviceOwner(group: "tty", groupMayUse: true).remedy(for: "/dev/kvm")
        #expect(joined.contains("usermod -aG tty $USER"))
        let ruled = DeviceOwner(group: "root", groupMayUse: false).remedy(for: "/dev/kvm")
        #expect(ruled.contains("group root") && ruled.contains("KERNEL==\"kvm\""))
        #expect(DeviceOwner(of: "/dev/null")?.groupMayUse == true)
        #expect(DeviceOwner(of: "/dev/nowhere") == nil)
    }

    @Test("A KVM with another API version than 12 is refused by that version")
    func anotherAPIVersionIsRefused() {
        var calls = snpCalls
        calls.ioctl = { _, _, _ in 11 }
        #expect(throws: KVMError.apiVersion(11)) { _ = try KVMSystem(calls: calls) }
    }
}

@Suite("Guest memory never reaches outside itself") struct GuestMemoryTests {
    @Test("Numbers and bytes are read as they were stored, little-endian, up to the end")
    func numbersAndBytesRoundTrip() throws {
        let memory = try GuestMemory(count: 4096)
        memory.store(UInt64(0x1122_3344_5566_7788), at: 4088)
        #expect(memory.load(UInt64.self, at: 4088) == 0x1122_3344_5566_7788)
        #expect(memory.bytes(at: 4094, count: 2) == [0x22, 0x11])
        memory.store(bytes: [1, 2, 3], at: 1)
        #expect(memory.load(UInt32.self, at: 0) == 0x0302_0100)
    }

    @Test("A load or store that reaches behind the end traps")
    func outsideTraps() async {
        await #expect(processExitsWith: .failure) {
            let memory = try GuestMemory(count: 4096)
            _ = memory.load(UInt64.self, at: 4089)
        }
        await #expect(processExitsWith: .failure) {
            let memory = try GuestMemory(count: 4096)
            memory.store(bytes: [1], at: .max)
        }
    }
}
