internal import Foundation
internal import KVMHost

/// Facts about this host as every report carries them.
enum HostReport {
    static let facts = HostFacts()

    /// What cannot be read is left out, but for the first three.
    static let list: [(name: String, value: String)] =
        [
            ("kernel", facts.kernelRelease.value ?? "unknown"),
            ("cpu", facts.cpuModel.value ?? "unknown"),
            ("modules", facts.kvmModules.value?.joined(separator: " ") ?? "none"),
        ] + details(ProcessorFacts(), SEVFacts())
        + bootParameters(facts.commandLine.value ?? "")

    /// What one host's answers need to be held against another's.
    static func details(
        _ processor: ProcessorFacts, _ sev: SEVFacts
    ) -> [(name: String, value: String)] {
        let leaf = sev.encryptionLeaf.map { leaf in
            zip(["EAX", "EBX", "ECX", "EDX"], [leaf.eax, leaf.ebx, leaf.ecx, leaf.edx])
                .map { "\($0) 0x\(String($1, radix: 16))" }.joined(separator: ", ")
        }
        let parameters = sev.parameters.map { "\($0.name)=\($0.value)" }.joined(separator: " ")
        let all: [(String, String?)] = [
            ("family", processor.family), ("model", processor.model),
            ("stepping", processor.stepping), ("microcode", processor.microcode),
            ("firmware", processor.firmware), ("sevFirmware", sev.firmware?.sentence),
            ("cpuid8000001F", leaf), ("parameters", parameters.isEmpty ? nil : parameters),
        ]
        return all.compactMap { name, value in value.map { (name, $0) } }
    }

    /// Beginnings of what the kernel can be told that bears on interrupts, KVM or encrypted memory.
    private static let telling = [
        "kvm", "nested", "sev", "mem_encrypt", "iommu", "amd_iommu", "intel_iommu", "apic",
        "noapic", "nolapic", "x2apic", "nox2apic", "irq", "noirq", "isolcpus", "nohz", "maxcpus",
        "nr_cpus", "nosmt", "mitigations", "clearcpuid", "preempt", "threadirqs", "idle",
        "intremap", "nointremap", "lapic", "pci=", "noioapic",
    ]

    /// Reports are handed on, and what else a host's kernel was told is nobody's business.
    static func bootParameters(_ commandLine: String) -> [(name: String, value: String)] {
        let words = commandLine.split(whereSeparator: \.isWhitespace).prefix { $0 != "--" }
        let kept = words.filter { word in telling.contains { word.hasPrefix($0) } }
        return kept.isEmpty ? [] : [("bootParameters", kept.joined(separator: " "))]
    }

    static var hostName: String { ProcessInfo.processInfo.hostName }

    /// ISO 8601 without a zone, in UTC.
    static var now: String {
        Date().formatted(
            .iso8601.year().month().day().time(includingFractionalSeconds: false))
    }
}
