import CKVM
import KVMHost
import Simulation
import Testing

@Suite("What reports of two hosts need to be held against each other") struct SEVFactsTests {
    private func reader(_ files: [String: String], hasLeaf: Bool) -> HostReader {
        HostReader(
            text: { files[$0].map { .found($0) } ?? .missing },
            access: { files[$0] == nil ? .missing : .found(()) },
            cpuid: { leaf in
                let last: UInt32 = hasLeaf ? 0x8000_0021 : 0x8000_0008
                return switch leaf {
                case 0x8000_0000: CPUIDLeaf(eax: last, ebx: 0, ecx: 0, edx: 0)
                case 0x8000_001f: CPUIDLeaf(eax: 1 << 26, ebx: 51, ecx: 1006, edx: 100)
                default: CPUIDLeaf(eax: 0, ebx: 0, ecx: 0, edx: 0)
                }
            })
    }

    @Test("The firmware tells its version and state, CPUID the encryption leaf")
    func theFirmwareIsAsked() throws {
        let kernel = SimulatedKernel()
        let facts = SEVFacts(reader: reader(["/dev/sev": ""], hasLeaf: true), calls: kernel.calls)
        #expect(
            facts.firmware?.sentence == "1.55, build 21, initialised, RMP initialised, 0 guests")
        #expect(facts.encryptionLeaf?.eax == 1 << 26)
        #expect(kernel.isBalanced)
    }

    @Test("The parameters that can be read are listed, module by module")
    func parametersAreThoseThatCanBeRead() {
        let files = [
            "/sys/module/kvm_amd/parameters/secure_avic": "Y\n",
            "/sys/module/kvm_amd/parameters/vgif": "1\n",
            "/sys/module/kvm/parameters/ignore_msrs": "N",
            "/proc/sys/kernel/numa_balancing": "1\n",
        ]
        let facts = SEVFacts(reader: reader(files, hasLeaf: true), calls: .live)
        #expect(
            facts.parameters.map { "\($0.name)=\($0.value)" } == [
                "kvm.ignore_msrs=N", "kvm_amd.secure_avic=Y", "kvm_amd.vgif=1",
                "kernel.numa_balancing=1",
            ])
    }

    @Test("Without leaf, files or an answering firmware nothing is found")
    func whatCannotBeReadIsLeftOut() {
        let facts = SEVFacts(reader: reader([:], hasLeaf: false), calls: .live)
        #expect(facts.firmware == nil && facts.encryptionLeaf == nil && facts.parameters.isEmpty)
        // Firmware that does not answer is no firmware.
        let kernel = SimulatedKernel(.lab(designs: []))
        let silent = SEVFacts(reader: reader(["/dev/sev": ""], hasLeaf: true), calls: kernel.calls)
        #expect(silent.firmware == nil)
    }

    @Test("Of several processors the first is read")
    func theProcessorIsTheFirstOfItsFile() {
        let text =
            "processor\t: 0\ncpu family\t: 26\nmodel\t\t: 17\nmodel name\t: AMD EPYC\n"
            + "stepping\t: 0\nmicrocode\t: 0xb101054\n\nprocessor\t: 1\nmicrocode\t: 0x1\n"
        let facts = ProcessorFacts(reader: reader(["/proc/cpuinfo": text], hasLeaf: false))
        #expect(facts.family == "26" && facts.model == "17" && facts.stepping == "0")
        #expect(facts.microcode == "0xb101054" && facts.firmware == nil)
    }
}
