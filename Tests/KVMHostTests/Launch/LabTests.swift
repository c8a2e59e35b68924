import CKVM
import Glibc
import KVMHost
import Simulation
import Testing

/// The kernel lab's side of KVM, as savic_lab.h has it: an ordinary VM under a private capability.
@Suite("A guest of the kernel lab (savic_lab.h)") struct LabLaunchTests {
    private static let designs: Set<String> = ["rfc-v1", "rfc-v2", "one-outstanding"]
    private static let lab = SimulatedHost.lab(designs: designs)

    /// Builds the guest and lets it run once.
    private func build(
        _ calls: SystemCalls, _ settings: LabSettings = LabSettings(design: "rfc-v2"),
        _ irqchip: GuestIRQChip = .split(reservedGSIs: 24), broadcasts: EOIBroadcasts? = nil
    ) throws(KVMError) {
        let guest = try SecureGuest(
            try KVMSystem(calls: calls), launchPayload, lab: settings, irqchip,
            broadcasts: broadcasts)
        _ = try guest.vcpu.run()
    }

    // MARK: - The capability

    @Test("A kernel without the capability is no lab, one with it is")
    func aReleasedKernelIsNoLab() throws {
        #expect(try !KVMSystem(calls: SimulatedKernel().calls).isKernelLab())
        #expect(try KVMSystem(calls: SimulatedKernel(Self.lab).calls).isKernelLab())
    }

    /// A number that the tool was not built for may mean anything.
    @Test(
        "A lab of another version is an error that says what to build",
        arguments: [2, 77, Int32.max])
    func anotherVersion(
        _ version: Int32
    ) throws {
        let kernel = SimulatedKernel(.lab(version: version, designs: Self.designs))
        let system = try KVMSystem(calls: kernel.calls)
        let error = failure { () throws(KVMError) in _ = try system.isKernelLab() }
        #expect(error == .labVersion(version))
        let text = error.map { "\($0)" } ?? ""
        #expect(text.contains("kernel lab of version \(version)"))
        #expect(text.contains("this tool speaks version 1"))
        #expect(text.contains("build the lab (hosttests/savic-kernel) and this tool"))
    }

    @Test("A design is asked for by a VM without a vCPU, which a released kernel refuses")
    func aDesignIsAskedForByAnEmptyVM() throws {
        let kernel = SimulatedKernel(Self.lab)
        let transcript = LaunchTranscript(of: kernel.calls)
        do {
            let system = try KVMSystem(calls: transcript.calls)
            #expect(try system.hasLabDesign("one-outstanding"))
            #expect(try !system.hasLabDesign("reevaluate-all"))
        }
        #expect(kernel.isBalanced)
        // A split irqchip and the lab's, twice.
        #expect(transcript.names.count { $0 == "KVM_ENABLE_CAP" } == 4)
        #expect(!transcript.names.contains("KVM_CREATE_VCPU"))
        // That there is no such capability says nothing about a design.
        let released = try KVMSystem(calls: SimulatedKernel().calls)
        let error = failure { () throws(KVMError) in _ = try released.hasLabDesign("rfc-v2") }
        #expect(error != nil)
    }

    // MARK: - The launch

    @Test(
        "The lab's capability comes before the vCPU, and no call is SEV's",
        arguments: [
            (GuestIRQChip.split(reservedGSIs: 24), "KVM_ENABLE_CAP"),
            (GuestIRQChip.kernel, "KVM_CREATE_IRQCHIP"),
        ])
    func capabilityFirst(
        _ irqchip: GuestIRQChip, _ chip: String
    ) throws {
        let kernel = SimulatedKernel(Self.lab)
        let transcript = LaunchTranscript(of: kernel.calls)
        try build(transcript.calls, LabSettings(design: "rfc-v2"), irqchip, broadcasts: .never)
        #expect(kernel.isBalanced)
        let made = transcript.names.filter { $0 != "close" && $0 != "munmap" }
        #expect(
            made == [
                "open", "KVM_GET_API_VERSION", "mmap", "mmap", "KVM_CREATE_VM",
                "KVM_GET_VCPU_MMAP_SIZE", "KVM_SET_USER_MEMORY_REGION",
                "KVM_SET_USER_MEMORY_REGION", chip,
                // SPIV bit 12, then the lab's.
                "KVM_ENABLE_CAP", "KVM_ENABLE_CAP",
                "KVM_CREATE_VCPU", "mmap", "KVM_GET_SUPPORTED_CPUID", "KVM_SET_CPUID2",
                "KVM_GET_SREGS", "KVM_SET_SREGS", "KVM_SET_REGS", "KVM_RUN",
            ])
        let text = transcript.text
        #expect(text.contains("kvm KVM_CREATE_VM 0 = vm"))
        #expect(!text.contains("/dev/sev"))
        let caps = text.split(separator: "\n").filter { $0.contains("cap=0x") }
        #expect(caps.last?.contains("cap=0x53564943") == true)
        #expect(caps.dropLast().last?.contains("args[0]=0x8") == true)
    }

    @Test("The pages are the hardware guest's without an encryption bit in the leaves")
    func pages() throws {
        let other = try GuestMemory(count: SecureLayout.privateSize)
        SecureLayout.load(launchPayload, encryptionBit: 51, into: other)
        let kernel = SimulatedKernel(Self.lab)
        let guest = try SecureGuest(
            try KVMSystem(calls: kernel.calls), launchPayload, lab: LabSettings(design: "rfc-v2"))
        guard let memory = try kernel.sharedMemory(at: 0, count: SecureLayout.privateSize) else {
            Issue.record("no memory at address 0")
            return
        }
        var encrypted = 0
        for place in stride(from: UInt64(0), to: UInt64(SecureLayout.privateSize), by: 8) {
            let word: UInt64 = memory.load(at: place)
            let hardware: UInt64 = other.load(at: place)
            let isLeaf = 0x4000..<0x5000 ~= place
            #expect(word == (isLeaf ? hardware & ~(1 << 51) : hardware))
            if word != hardware { encrypted += 1 }
        }
        #expect(encrypted == 10)
        _ = guest.vcpu
    }

    private func expectRefusal(of vm: borrowing VirtualMachine) {
        let error = failure { () throws(KVMError) in
            try vm.simulateSecureAVIC(LabSettings(design: "rfc-v2"))
        }
        let text = error.map { "\($0)" } ?? ""
        #expect(text.contains("KVM_ENABLE_CAP for the kernel lab's capability, design rfc-v2,"))
        #expect(text.contains("(EINVAL): this KVM is no kernel lab, its VM has a vCPU already"))
        #expect(text.contains("behind the irqchip and before the first vCPU"))
    }

    @Test("The capability in the wrong place or on a released kernel says where it belongs")
    func wrongPlace() throws {
        let late = try KVMSystem(calls: SimulatedKernel(Self.lab).calls).createVM()
        try late.create(.kernel)
        let vcpu = try late.createVCPU()
        expectRefusal(of: late)
        _ = vcpu
        expectRefusal(of: try KVMSystem(calls: SimulatedKernel(Self.lab).calls).createVM())
        let released = try KVMSystem(calls: SimulatedKernel().calls).createVM()
        try released.create(.kernel)
        expectRefusal(of: released)
    }

    @Test("A design that the lab does not have is named")
    func unknownDesign() throws {
        let kernel = SimulatedKernel(Self.lab)
        let error = failure { () throws(KVMError) in
            try build(kernel.calls, LabSettings(design: "guest-conveys"))
        }
        #expect(
            error.map { "\($0)" }?.contains(
                "(ENOENT): this lab's kernel has no EOI design “guest-conveys”; build the lab")
                == true)
        #expect(kernel.isBalanced)
    }

    // MARK: - What the VM is told

    @Test("The VM is told the design, and the ways of its processor by the header's numbers")
    func itIsToldTheWaysAndTheDesign() throws {
        let kernel = SimulatedKernel(Self.lab)
        let transcript = LaunchTranscript(of: kernel.calls)
        let system = try KVMSystem(calls: transcript.calls)
        let vm = try system.createVM()
        try vm.create(.kernel)
        try vm.simulateSecureAVIC(LabSettings(design: "one-outstanding", ways: 0x1f))
        let simulation = try #require(kernel.simulation)
        #expect(simulation.flags == 0x1f && simulation.design == "one-outstanding")
    }

    /// The name's bytes stand in args[1] to args[3], from the lowest on.
    @Test("The design's name stands in args[1] to args[3], filled up with zeros")
    func theNameIsBytesWithZerosBehind() throws {
        let transcript = LaunchTranscript(of: SimulatedKernel(Self.lab).calls)
        let vm = try KVMSystem(calls: transcript.calls).createVM()
        try vm.create(.kernel)
        try vm.simulateSecureAVIC(
            LabSettings(design: "one-outstanding", ways: 0xc))
        let lines = transcript.text.split(separator: "\n").map { $0.drop { $0 == " " } }
        let start = try #require(lines.firstIndex { $0 == "vm KVM_ENABLE_CAP = 0" })
        #expect(
            lines[(start + 2)...].prefix(2).map(String.init) == [
                // Capability, flags, args[0]; then "one-outstanding".
                "000: 43 49 56 53 00 00 00 00 0c 00 00 00 00 00 00 00",
                "010: 6f 6e 65 2d 6f 75 74 73 74 61 6e 64 69 6e 67 00",
            ])
    }

    /// The longest that fits: 23 bytes and a zero.
    @Test("A name of 23 bytes, the longest that fits, arrives whole")
    func aNameOf23BytesIsWhole() throws {
        let longest = String(repeating: "abcdefgh", count: 3).dropLast()
        let kernel = SimulatedKernel(.lab(designs: [String(longest)]))
        #expect(try KVMSystem(calls: kernel.calls).hasLabDesign(String(longest)))
    }

    // MARK: - Every call fails in turn

    @Test(
        "Each call that fails gives a sentence that names it, and leaks nothing",
        arguments: [GuestIRQChip.split(reservedGSIs: 24), .kernel])
    func everyFailure(_ irqchip: GuestIRQChip) throws {
        let settings = LabSettings(design: "rfc-v2")
        let whole = FaultyCalls(
            Fault(call: 0, errno: 0), on: SimulatedKernel(Self.lab).calls)
        try build(whole.calls, settings, irqchip)
        #expect(whole.made.count > 15 && whole.isBalanced)
        for (index, name) in whole.made.enumerated() {
            for errno in [EINVAL, ENOMEM, ENOENT, EPERM] {
                let kernel = SimulatedKernel(Self.lab)
                let faulty = FaultyCalls(Fault(call: index + 1, errno: errno), on: kernel.calls)
                let error = failure { () throws(KVMError) in
                    try build(faulty.calls, settings, irqchip)
                }
                #expect(faulty.isBalanced && kernel.isBalanced, "\(name) \(errno)")
                let text = error.map { "\($0)" } ?? ""
                #expect(text.contains(name.split(separator: " ")[0]), "\(name) \(errno): \(text)")
            }
        }
    }
}
