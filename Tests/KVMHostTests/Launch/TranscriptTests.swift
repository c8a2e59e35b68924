import KVMHost
import Simulation
import Testing

@Suite("The whole launch, call by call and byte by byte") struct LaunchTranscriptTests {
    private func transcript(_ irqchip: GuestIRQChip) throws -> LaunchTranscript {
        let kernel = SimulatedKernel()
        let transcript = LaunchTranscript(of: kernel.calls)
        do {
            let guest = try launch(transcript.calls, irqchip)
            _ = try guest.vcpu.run()
        }
        #expect(kernel.isBalanced)
        return transcript
    }

    @Test(
        "The launch is the golden transcript, line by line",
        arguments: [
            (GuestIRQChip.split(reservedGSIs: 24), LaunchGolden.split),
            (GuestIRQChip.kernel, LaunchGolden.kernel),
        ])
    func theLaunchIsTheGoldenOne(_ irqchip: GuestIRQChip, _ part: String) throws {
        let lines = try transcript(irqchip).text.split(separator: "\n")
        let golden = LaunchGolden.text(part).split(separator: "\n")
        for (number, pair) in zip(lines, golden).enumerated() where pair.0 != pair.1 {
            Issue.record("line \(number + 1): \(pair.0)\ninstead of \(pair.1)")
            return
        }
        #expect(lines.count == golden.count)
    }

    @Test(
        "The calls come in the order of kvm-snp-uapi §2.2, each as often as it should",
        arguments: [
            (GuestIRQChip.split(reservedGSIs: 24), "KVM_ENABLE_CAP"),
            (GuestIRQChip.kernel, "KVM_CREATE_IRQCHIP"),
        ])
    func theOrderIsTheOneThatWorks(_ irqchip: GuestIRQChip, _ chip: String) throws {
        let order = [
            "open", "KVM_CREATE_VM", "KVM_CREATE_GUEST_MEMFD", "KVM_SET_USER_MEMORY_REGION2",
            chip, "KVM_SEV_INIT2", "KVM_CREATE_VCPU", "KVM_SET_CPUID2", "KVM_SET_SREGS",
            "KVM_SET_REGS", "KVM_SEV_SNP_LAUNCH_START", "KVM_SET_MEMORY_ATTRIBUTES",
            "KVM_SEV_SNP_LAUNCH_UPDATE", "KVM_SEV_SNP_LAUNCH_FINISH", "KVM_RUN",
        ]
        let names = try transcript(irqchip).names
        var rest = names[...]
        for name in order {
            let place = try #require(rest.firstIndex(of: name), "\(name) is not in its place")
            rest = rest[(place + 1)...]
        }
        for name in order.dropFirst() {
            // Two ranges of pages: what lies between them nobody uses.
            let count = name == "KVM_SEV_SNP_LAUNCH_UPDATE" ? 2 : 1
            #expect(names.count { $0 == name } == count, "\(name)")
        }
    }
}
