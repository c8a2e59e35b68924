import Testing

@testable import KVMHost

/// Which processor it is, by /proc/cpuinfo and the firmware's own tables (first contact, item C10).
@Suite("Which processor it is, by /proc/cpuinfo and the firmware's tables")
struct ProcessorFactsTests {
    private func facts(_ files: [String: String]) -> ProcessorFacts {
        ProcessorFacts(
            reader: HostReader(
                text: { files[$0].map { .found($0) } ?? .missing }, access: { _ in .missing },
                cpuid: { _ in CPUIDLeaf(eax: 0, ebx: 0, ecx: 0, edx: 0) }))
    }

    @Test("The first processor of /proc/cpuinfo and the BIOS are read")
    func theFirstProcessorIsRead() {
        let found = facts([
            "/proc/cpuinfo": """
            processor\t: 0
            cpu family\t: 26
            model\t\t: 2
            model name\t: AMD EPYC 9755
            stepping\t: 1
            microcode\t: 0xb002116

            processor\t: 1
            cpu family\t: 27
            microcode\t: 0x1

            """,
            "/sys/class/dmi/id/bios_vendor": "AMI\n", "/sys/class/dmi/id/bios_version": "1.4\n",
        ])
        #expect(found.family == "26" && found.model == "2" && found.stepping == "1")
        #expect(found.microcode == "0xb002116")
        #expect(found.firmware == "AMI 1.4")
    }

    @Test("Facts that the files do not tell are nil, as those of files that cannot be read")
    func whatIsNotToldIsNotKnown() {
        let found = facts(["/proc/cpuinfo": "processor\t: 0\nmicrocode\t:\n"])
        #expect(found.family == nil && found.model == nil && found.stepping == nil)
        #expect(found.microcode == nil && found.firmware == nil)
        #expect(
            facts([:])
                == ProcessorFacts(
                    reader: HostReader(
                        text: { _ in .forbidden(errno: 13) }, access: { _ in .missing },
                        cpuid: { _ in CPUIDLeaf(eax: 0, ebx: 0, ecx: 0, edx: 0) })))
    }
}
