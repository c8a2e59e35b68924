import CKVM

/// The four registers of a CPUID leaf.
package struct CPUIDLeaf: Hashable, Sendable {
    package let eax, ebx, ecx, edx: UInt32

    package init(eax: UInt32, ebx: UInt32, ecx: UInt32, edx: UInt32) {
        self.eax = eax
        self.ebx = ebx
        self.ecx = ecx
        self.edx = edx
    }
}

/// Everything that `probe` says about a host, as found, without judgement (kvm-snp-uapi §2.5).
package struct HostFacts: Sendable {
    /// `uname -r`.
    package let kernelRelease: Finding<String>
    /// /proc/cmdline: what the kernel was told when it was started.
    package let commandLine: Finding<String>
    /// "model name" of /proc/cpuinfo.
    package let cpuModel: Finding<String>
    /// CPU flags of /proc/cpuinfo: what the kernel lets be used, which may be less than CPUID.
    package let svm, vmx, sev, sevES, sevSNP: Finding<Bool>
    /// CPUID 8000001F. EAX: 1 SEV, 3 SEV-ES, 4 SNP, 26 Secure AVIC. EBX[5:0]: C-bit position.
    package let encryptionLeaf: Finding<CPUIDLeaf>
    /// CPUID 8000000A EDX bit 30: HLT need not exit while an interrupt is pending.
    package let idleHLTIntercept: Finding<Bool>
    /// KVM modules in this kernel, of kvm, kvm_amd, kvm_intel, kvm_pvm.
    package let kvmModules: Finding<[String]>
    /// /sys/module/kvm_amd/parameters: what the module makes of the host, after its own checks.
    package let kvmAMDSEV, kvmAMDSEVES, kvmAMDSEVSNP, kvmAMDSecureAVIC: Finding<Bool>
    /// Whether the devices are there and may be opened for reading and writing.
    package let kvmDevice, sevDevice: Finding<Void>
    /// What opening /dev/kvm ended with, if it failed.
    package let kvmFailure: KVMError?
    /// Bit n: VMs of type n can be created; 4 is SEV-SNP. Missing before Linux 6.8.
    package let vmTypes: Finding<UInt32>
    /// VMSA feature bits for KVM_SEV_INIT2; bit 16 is Secure AVIC. Missing: ENXIO.
    package let vmsaFeatures: Finding<UInt64>
    /// The version of the kernel lab's private capability. Missing: a released kernel, or any other
    /// that is no lab.
    package let kernelLab: Finding<Int32>
    /// Capabilities 121, 82, 188, 77; as KVM says, 0 is missing.
    package let splitIRQChip, irqFDResample, userSpaceMSR, signalMSI: Finding<Int32>
}

extension HostFacts {
    /// Looks at the host. Never fails: what cannot be known is a finding too.
    package init(reader: HostReader = .live, calls: SystemCalls = .live) {
        let cpuinfo = reader.text("/proc/cpuinfo")
        let flags = cpuinfo.flatMap { HostFacts.field("flags", of: $0, "/proc/cpuinfo") }
        func flag(_ name: Substring) -> Finding<Bool> {
            flags.map { $0.split(separator: " ").contains(name) }
        }
        func parameter(_ name: String) -> Finding<Bool> {
            let path = "/sys/module/kvm_amd/parameters/\(name)"
            return reader.text(path).flatMap { HostFacts.boolean($0, path) }
        }
        kernelRelease = reader.text("/proc/sys/kernel/osrelease").map(HostFacts.trimmed)
        commandLine = reader.text("/proc/cmdline").map(HostFacts.trimmed)
        cpuModel = cpuinfo.flatMap { HostFacts.field("model name", of: $0, "/proc/cpuinfo") }
        (svm, vmx, sev) = (flag("svm"), flag("vmx"), flag("sev"))
        (sevES, sevSNP) = (flag("sev_es"), flag("sev_snp"))
        encryptionLeaf = HostFacts.leaf(0x8000_001f, reader)
        idleHLTIntercept = HostFacts.leaf(0x8000_000a, reader).map { $0.edx >> 30 & 1 == 1 }
        kvmModules = HostFacts.modules(reader)
        (kvmAMDSEV, kvmAMDSEVES) = (parameter("sev"), parameter("sev_es"))
        (kvmAMDSEVSNP, kvmAMDSecureAVIC) = (parameter("sev_snp"), parameter("secure_avic"))
        kvmDevice = reader.access(KVMSystem.devicePath)
        // The firmware is asked through it, and it is never written (selftests open it so, too).
        sevDevice = reader.readable("/dev/sev")
        let kvm = KVMFacts(calls)
        kvmFailure = kvm.failure
        vmTypes =
            kvm.capabilities[KVM_CAP_VM_TYPES].map { $0.map(UInt32.init(bitPattern:)) }
            ?? .unknown(.needsKVM)
        vmsaFeatures = kvm.vmsaFeatures
        kernelLab = kvm.capabilities[Int32(SAVIC_LAB_CAPABILITY)] ?? .unknown(.needsKVM)
        splitIRQChip = kvm.capabilities[KVM_CAP_SPLIT_IRQCHIP] ?? .unknown(.needsKVM)
        irqFDResample = kvm.capabilities[KVM_CAP_IRQFD_RESAMPLE] ?? .unknown(.needsKVM)
        userSpaceMSR = kvm.capabilities[KVM_CAP_X86_USER_SPACE_MSR] ?? .unknown(.needsKVM)
        signalMSI = kvm.capabilities[KVM_CAP_SIGNAL_MSI] ?? .unknown(.needsKVM)
    }

    /// An extended CPUID leaf, if the CPU has it.
    private static func leaf(_ number: UInt32, _ reader: HostReader) -> Finding<CPUIDLeaf> {
        reader.cpuid(0x8000_0000).eax >= number ? .found(reader.cpuid(number)) : .missing
    }

    /// The value behind "name :" in the first processor's part of /proc/cpuinfo.
    private static func field(
        _ name: String, of text: String, _ path: String
    ) -> Finding<String> {
        for line in text.split(separator: "\n") {
            guard let colon = line.firstIndex(of: ":") else { continue }
            if trimmed(String(line[..<colon])) == name {
                return .found(trimmed(String(line[line.index(after: colon)...])))
            }
        }
        return .unknown(.unreadable(path: path))
    }

    /// A module parameter: Y or N, 1 or 0.
    private static func boolean(_ text: String, _ path: String) -> Finding<Bool> {
        switch trimmed(text) {
        case "Y", "1": .found(true)
        case "N", "0": .found(false)
        default: .unknown(.unreadable(path: path))
        }
    }

    private static func modules(_ reader: HostReader) -> Finding<[String]> {
        // A module that is built in, or loaded, has parameters and so a folder.
        let names = ["kvm", "kvm_amd", "kvm_intel", "kvm_pvm"]
        let present = names.filter { name in
            switch reader.access("/sys/module/\(name)") {
            case .missing: false
            case .found, .forbidden, .unknown: true  // /sys is not writable for most
            }
        }
        return present.isEmpty ? .missing : .found(present)
    }

    private static func trimmed(_ text: String) -> String {
        let blank: Set<Character> = [" ", "\t", "\n", "\r"]
        return String(
            text.drop(while: blank.contains).reversed().drop(while: blank.contains)
                .reversed())
    }
}

/// What only an open /dev/kvm can say.
private struct KVMFacts {
    var failure: KVMError?
    var vmsaFeatures: Finding<UInt64> = .unknown(.needsKVM)
    var capabilities: [Int32: Finding<Int32>] = [:]

    init(_ calls: SystemCalls) {
        do throws(KVMError) {
            let system = try KVMSystem(calls: calls)
            let wanted = [
                KVM_CAP_VM_TYPES, KVM_CAP_SPLIT_IRQCHIP, KVM_CAP_IRQFD_RESAMPLE,
                KVM_CAP_X86_USER_SPACE_MSR, KVM_CAP_SIGNAL_MSI, Int32(SAVIC_LAB_CAPABILITY),
            ]
            for capability in wanted {
                let answer = KVMFacts.finding { () throws(KVMError) in
                    try system.checkExtension(capability)
                }
                capabilities[capability] = answer.flatMap { $0 == 0 ? .missing : .found($0) }
            }
            vmsaFeatures = KVMFacts.finding { () throws(KVMError) in
                try system.deviceAttribute(
                    group: UInt32(KVM_X86_GRP_SEV), attribute: UInt64(KVM_X86_SEV_VMSA_FEATURES))
            }
        } catch {
            failure = error
        }
    }

    /// A question to KVM; the errno of a refusal becomes a finding.
    private static func finding<Value>(
        _ question: () throws(KVMError) -> Value
    ) -> Finding<Value> {
        do throws(KVMError) { return .found(try question()) } catch {
            guard case .call(let failure) = error else { return .unknown(.needsKVM) }
            return Finding(refusal: failure.errno)
        }
    }
}
