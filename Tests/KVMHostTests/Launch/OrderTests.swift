import CKVM
import Glibc
import KVMHost
import Simulation
import Testing

/// Wrong orders and arguments, through the real wrappers: each ends with the errno that hardware
/// gives, and with the sentence that helps (kvm-snp-uapi §1.4, §2.3).
@Suite("Launches in a wrong order or with wrong arguments") struct LaunchOrderTests {
    /// A VM of type 4 in the middle of a launch.
    @safe
    private struct Half: ~Copyable {
        let kernel: SimulatedKernel
        let system: KVMSystem
        let device: SEVDevice
        let vm: VirtualMachine
        let memory: GuestMemory

        init(_ host: SimulatedHost = SimulatedHost(), type: Int32 = 4) throws(KVMError) {
            let kernel = SimulatedKernel(host)
            let system = try KVMSystem(calls: kernel.calls)
            let device = try SEVDevice(calls: kernel.calls)
            let vm = try system.createVM(type: type)
            memory = try GuestMemory(count: 0x4000, calls: kernel.calls)
            self.vm = vm
            self.device = device
            self.system = system
            self.kernel = kernel
        }

        func place() throws(KVMError) {
            try vm.mapMemory(memory, private: try vm.createGuestMemFD(count: memory.count))
        }

        func initialize() throws(KVMError) {
            try vm.sevInit(.secureAVIC, offered: .secureAVIC)
        }
        func start() throws(KVMError) { try vm.launchStart(.portable, device) }
        func makePrivate() throws(KVMError) { try vm.setPrivate(at: 0, count: memory.count) }
        func update() throws(KVMError) {
            try vm.launchUpdate(memory, 0..<UInt64(memory.count), device)
        }
        func finish() throws(KVMError) { try vm.launchFinish(device, .secureAVIC) }
    }

    private func expect(
        _ error: KVMError?, _ errno: Int32, _ command: SEVCommand, _ words: String...,
        place: SourceLocation = #_sourceLocation
    ) {
        guard case .sev(let failure) = error else {
            Issue.record("\(String(describing: error))", sourceLocation: place)
            return
        }
        #expect(failure.errno == errno && failure.command == command, sourceLocation: place)
        for word in words {
            #expect("\(KVMError.sev(failure))".contains(word), sourceLocation: place)
        }
        #expect(error?.explanation.remedy != nil, sourceLocation: place)
    }

    private func expect(
        _ error: KVMError?, _ errno: Int32, _ call: KernelCall, _ words: String...,
        place: SourceLocation = #_sourceLocation
    ) {
        guard case .call(let failure) = error else {
            Issue.record("\(String(describing: error))", sourceLocation: place)
            return
        }
        #expect(failure.errno == errno && failure.call == call, sourceLocation: place)
        for word in words {
            #expect("\(KVMError.call(failure))".contains(word), sourceLocation: place)
        }
        #expect(error?.explanation.remedy != nil, sourceLocation: place)
    }

    @Test("A host without SNP refuses the VM and says which settings to look at")
    func aHostWithoutSNPRefusesTheVM() throws {
        let kernel = SimulatedKernel(SimulatedHost(vmTypes: [0]))
        let error = failure { () throws(KVMError) in _ = try launch(kernel.calls) }
        expect(error, EINVAL, .createVM, "kvm_amd.sev_snp", "iommu=pt", "nosnp", "BIOS")
        #expect(kernel.isBalanced)
    }

    @Test("SEV_INIT2 comes once, before the vCPU, on an SEV VM, for offered features")
    func initialisation() throws {
        let late = try Half()
        let vcpu = try late.vm.createVCPU()
        expect(
            failure { () throws(KVMError) in try late.initialize() }, EINVAL, .initialize, "vCPU")
        _ = vcpu

        let twice = try Half()
        try twice.initialize()
        expect(
            failure { () throws(KVMError) in try twice.initialize() }, EPERM, .initialize,
            "ordering: the VM is initialised")

        let plain = try Half(type: KVM_X86_DEFAULT_VM)
        expect(
            failure { () throws(KVMError) in try plain.vm.sevInit([], offered: nil) }, EINVAL,
            .initialize, "no SEV VM")

        // Bit 0 is KVM's own: offered or not, asking for it is a mistake.
        let own = try Half()
        let features = VMSAFeatures(rawValue: 1)
        expect(
            failure { () throws(KVMError) in
                try own.vm.sevInit(features, offered: VMSAFeatures(rawValue: 0x10020))
            }, EINVAL, .initialize, "offered features only")
    }

    @Test("A kernel that does not offer Secure AVIC says so, and launches without it")
    func mainlineDoesNotKnowSecureAVIC() throws {
        for offered in [UInt64(1 << 5), nil] {
            let kernel = SimulatedKernel(SimulatedHost(vmsaFeatures: offered))
            let error = failure { () throws(KVMError) in _ = try launch(kernel.calls) }
            expect(
                error, EINVAL, .initialize, "does not know VMSA feature 16 (Secure AVIC)",
                "RFC series", "VMSA features 16")
            #expect(kernel.isBalanced)
            // The same guest without it launches there.
            do { _ = try launch(kernel.calls, wantsSecureAVIC: false) }
            #expect(kernel.isBalanced)
        }
    }

    @Test("No SEV and no ASIDs are told apart, with the setting behind each")
    func noASIDsIsTheBIOS() throws {
        let off = SimulatedKernel(SimulatedHost(hasSEV: false))
        expect(
            failure { () throws(KVMError) in _ = try launch(off.calls) }, ENOTTY, .initialize,
            "SEV-ES ASID space limit", "kvm_amd.sev=1")
        let full = SimulatedKernel(SimulatedHost(asids: 0))
        expect(
            failure { () throws(KVMError) in _ = try launch(full.calls) }, EBUSY, .initialize,
            "misc.max", "ASIDs")
        #expect(off.isBalanced && full.isBalanced)
    }

    @Test("LAUNCH_START comes once, behind INIT2, with a policy that the host can keep")
    func start() throws {
        let early = try Half()
        expect(
            failure { () throws(KVMError) in try early.start() }, ENOTTY, .launchStart,
            "INIT2 comes first", "/dev/sev")

        let twice = try Half()
        try twice.initialize()
        try twice.start()
        expect(
            failure { () throws(KVMError) in try twice.start() }, EINVAL, .launchStart,
            "begun already")

        let policy = try Half(SimulatedHost(insistsOnSMT: true))
        try policy.initialize()
        expect(
            failure { () throws(KVMError) in
                try policy.vm.launchStart(.smtAllowed, policy.device)
            }, EINVAL, .launchStart, "bit 17", "policy 0x10000")
        expect(
            failure { () throws(KVMError) in
                try policy.vm.launchStart(.mandatory, policy.device)
            }, EINVAL, .launchStart, "bit 16", "6.14")
        let unknown: SNPPolicy = [.portable, SNPPolicy(rawValue: 1 << 40)]
        expect(
            failure { () throws(KVMError) in
                try policy.vm.launchStart(unknown, policy.device)
            }, EINVAL, .launchStart, "0x10000030000")
        try policy.vm.launchStart(.portableDebug, policy.device)
    }

    @Test("LAUNCH_UPDATE adds each page once, private, from a guest_memfd, behind START")
    func pagesArePrivateAndAddedOnce() throws {
        let early = try Half()
        try early.place()
        try early.initialize()
        expect(
            failure { () throws(KVMError) in try early.update() }, EINVAL, .launchUpdate,
            "LAUNCH_START first")
        try early.start()
        expect(
            failure { () throws(KVMError) in try early.update() }, EIO, .launchUpdate,
            "not private", "KVM_SET_MEMORY_ATTRIBUTES")
        try early.makePrivate()
        try early.update()
        expect(
            failure { () throws(KVMError) in try early.update() }, EIO, .launchUpdate,
            "added before", "each page once")

        let slotless = try Half()
        try slotless.vm.mapMemory(slotless.memory)
        try slotless.initialize()
        try slotless.start()
        try slotless.makePrivate()
        expect(
            failure { () throws(KVMError) in try slotless.update() }, EINVAL, .launchUpdate,
            "guest_memfd")
    }

    @Test("LAUNCH_FINISH comes once, before any run, and hides registers and LAPIC")
    func finish() throws {
        let half = try Half()
        expect(
            failure { () throws(KVMError) in try half.finish() }, ENOTTY, .launchFinish,
            "no SNP VM")
        try half.initialize()
        expect(
            failure { () throws(KVMError) in try half.finish() }, EINVAL, .launchFinish,
            "has not begun")
        try half.vm.create(.kernel)
        let vcpu = try half.vm.createVCPU()
        expect(
            failure { () throws(KVMError) in _ = try vcpu.run() }, EINVAL, .run,
            "LAUNCH_FINISH", "GHCB", "kvm_vmgexit_enter")
        try half.start()
        try half.finish()
        expect(
            failure { () throws(KVMError) in try half.finish() }, EINVAL, .launchFinish,
            "finished already")
        expect(
            failure { () throws(KVMError) in _ = try vcpu.position() }, EINVAL, .getRegs,
            "LAUNCH_FINISH")
        expect(
            failure { () throws(KVMError) in _ = try vcpu.lapic() }, EINVAL, .getLAPIC,
            "protected")
        _ = try vcpu.run()
    }

    @Test("A /dev/sev that is closed before LAUNCH_FINISH is what the error says")
    func theDeviceStaysOpenUntilTheEnd() throws {
        let half = try Half()
        try half.initialize()
        do {
            let other = try SEVDevice(calls: half.kernel.calls)
            try half.vm.launchStart(.portable, other)
        }
        expect(
            failure { () throws(KVMError) in try half.finish() }, EBADF, .launchFinish,
            "closed too early")
    }

    @Test("Slots, guest_memfd and memory attributes refuse what the kernel refuses")
    func slotsAndMemoryKeepTheirRules() throws {
        let half = try Half()
        expect(
            failure { () throws(KVMError) in _ = try half.vm.createGuestMemFD(count: 100) }, EINVAL,
            .createGuestMemFD, "multiple of a page")
        let pages = try half.vm.createGuestMemFD(count: 0x4000)
        try half.vm.mapMemory(half.memory, private: pages)
        // Overlap, the slot again, the same pages elsewhere, a wrong address.
        for (address, slot, errno) in [
            (UInt64(0x1000), UInt32(1), EEXIST), (0, 0, EINVAL), (0x10000, 1, EINVAL),
            (0x10800, 1, EINVAL),
        ] {
            expect(
                failure { () throws(KVMError) in
                    try half.vm.mapMemory(half.memory, private: pages, at: address, slot: slot)
                }, errno, .setUserMemoryRegion2, "guest address")
        }
        expect(
            failure { () throws(KVMError) in try half.vm.setPrivate(at: 0x800, count: 4096) },
            EINVAL, .setMemoryAttributes, "not aligned")
        let plain = try half.system.createVM()
        expect(
            failure { () throws(KVMError) in try plain.setPrivate(at: 0, count: 4096) }, EINVAL,
            .setMemoryAttributes, "VM of type 4")
        let other = try half.system.createVM(type: KVM_X86_SNP_VM)
        expect(
            failure { () throws(KVMError) in try other.mapMemory(half.memory, private: pages) },
            EINVAL, .setUserMemoryRegion2, "another VM")
    }

    @Test("An irqchip comes once and before the vCPU")
    func anIRQChipComesOnceAndFirst() throws {
        let half = try Half()
        try half.vm.create(.kernel)
        expect(
            failure { () throws(KVMError) in try half.vm.create(.split(reservedGSIs: 24)) },
            EEXIST, .enableCap, "already")
        let late = try Half()
        let vcpu = try late.vm.createVCPU()
        expect(
            failure { () throws(KVMError) in try late.vm.create(.kernel) }, EINVAL,
            .createIRQChip, "vCPU")
        _ = vcpu
    }

    /// A guest_memfd that is closed takes its pages along, slot or no slot: VM and vCPUs keep it.
    @Test("A launched guest keeps its memory, and gives all back at its end")
    func memoryOutlivesTheGuestsOtherParts() throws {
        let kernel = SimulatedKernel()
        do {
            let guest = try launch(kernel.calls)
            #expect(try guest.vcpu.run() == .systemEvent(type: 6, data: [0x2_1100]))
        }
        #expect(kernel.isBalanced)
    }

    /// A vCPU goes on without its VM's descriptor, in the double as in the kernel.
    @Test("A vCPU runs on without its VM's descriptor")
    func aVCPUOutlivesItsVM() throws {
        let kernel = SimulatedKernel()
        do {
            let vcpu = try KVMSystem(calls: kernel.calls).createVM().createVCPU()
            #expect(try vcpu.run() == .systemEvent(type: 6, data: [0x2_1100]))
        }
        #expect(kernel.isBalanced)
    }

    @Test("The device tells the firmware's version, build, state and guests")
    func theDeviceTellsItsFirmware() throws {
        let kernel = SimulatedKernel()
        let device = try SEVDevice(calls: kernel.calls)
        let status = try device.platformStatus()
        #expect(status.apiMajor == 1 && status.apiMinor == 55 && status.state == 1)
        #expect(status.hasRMP && status.build == 21 && status.guestCount == 0)
    }

    @Test("A device that does not answer is explained by its errno or the firmware's code")
    func aSilentDeviceIsExplained() throws {
        for (errno, code, words) in [
            (EINVAL, UInt32(0), "Linux 6.11"),
            (EIO, UInt32(0x20), "to which the firmware says RMP_INIT_REQUIRED"),
        ] {
            var calls = SimulatedKernel().calls
            // SAFETY: the request is SEV_ISSUE_CMD, whose error is its last four of 16 bytes.
            unsafe calls.ioctlPointer = { _, _, pointer in
                unsafe pointer.storeBytes(of: code, toByteOffset: 12, as: UInt32.self)
                return -errno
            }
            let device = try SEVDevice(calls: calls)
            let error = failure { () throws(KVMError) in _ = try device.platformStatus() }
            expect(error, errno, .sevIssueCmd, words)
        }
    }
}
