/// What a report on Secure AVIC needs to be held against another host's, beside the processor: the
/// secure processor's firmware, what the CPU says it can do for SEV, and the parameters of kvm and
/// kvm_amd. What cannot be read is left out.
package struct SEVFacts: Sendable {
    /// What the SEV-SNP firmware says; nil without a /dev/sev that may be read.
    package let firmware: SNPPlatformStatus?
    /// CPUID 8000001F; nil where the CPU does not have it.
    package let encryptionLeaf: CPUIDLeaf?
    /// By their names in /sys/module and /proc/sys.
    package let parameters: [(name: String, value: String)]

    /// Parameters that change what a guest with Secure AVIC meets, or what is seen of its end.
    private static let names = [
        "kvm.ignore_msrs", "kvm_amd.avic", "kvm_amd.dump_invalid_vmcb", "kvm_amd.secure_avic",
        "kvm_amd.sev", "kvm_amd.sev_es", "kvm_amd.sev_snp", "kvm_amd.vgif",
    ]

    package init(reader: HostReader = .live, calls: SystemCalls = .live) {
        func value(_ name: String, _ path: String) -> (String, String)? {
            guard let text = reader.text(path).value?.split(whereSeparator: \.isWhitespace).first
            else { return nil }
            return (name, String(text))
        }
        parameters =
            SEVFacts.names.compactMap { name in
                let parts = name.split(separator: ".")
                return value(name, "/sys/module/\(parts[0])/parameters/\(parts[1])")
            }
            + [value("kernel.numa_balancing", "/proc/sys/kernel/numa_balancing")].compactMap(\.self)
        encryptionLeaf =
            reader.cpuid(0x8000_0000).eax >= 0x8000_001f ? reader.cpuid(0x8000_001f) : nil
        firmware = SEVFacts.firmware(reader, calls)
    }

    private static func firmware(_ reader: HostReader, _ calls: SystemCalls) -> SNPPlatformStatus? {
        guard reader.readable(SEVDevice.path).value != nil else { return nil }
        do throws(KVMError) { return try SEVDevice(calls: calls).platformStatus() } catch {
            return nil
        }
    }
}

extension SNPPlatformStatus {
    /// Version, build and state in words: “1.55, build 21, initialised, RMP initialised, 0 guests”.
    package var sentence: String {
        let state = ["uninitialised", "initialised"]
        let name = state.indices.contains(Int(self.state)) ? state[Int(self.state)] : nil
        return "\(apiMajor).\(apiMinor), build \(build), \(name ?? "state \(self.state)"), "
            + "RMP \(hasRMP ? "" : "not ")initialised, \(guestCount) guests"
    }
}
