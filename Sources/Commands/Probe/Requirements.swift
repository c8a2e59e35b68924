internal import KVMHost
internal import Verdicts

/// Everything on the way to each backend, in the order in which it has to be put right
/// (kvm-snp-uapi §2.5).
enum Requirements {
    static func checks(of facts: HostFacts) -> [ProbeCheck] {
        let plain = kvm(facts) + emulator(facts)
        if let version = facts.kernelLab.value { return plain + [lab(version)] }
        return plain + cpu(facts) + module(facts) + kernel(facts)
    }

    /// The kernel lab stands in for the hardware, and for what a host's kernel has to do with it:
    /// none of that is asked for there.
    private static func lab(_ version: Int32) -> ProbeCheck {
        let mismatch = KVMError.labVersion(version).explanation
        return ProbeCheck(
            "kernel lab", .savic, .found(version), where: { $0 == KVMSystem.labVersion },
            found: "this KVM is the kernel lab: it simulates the hardware of Secure AVIC",
            absent: "\(mismatch.what), \(mismatch.meaning)", remedy: mismatch.remedy ?? "")
    }

    private static func kvm(_ facts: HostFacts) -> [ProbeCheck] {
        let modules = facts.kvmModules.value?.joined(separator: ", ") ?? ""
        var device = ProbeCheck(
            "/dev/kvm", .kvm, facts.kvmDevice, where: { true }, found: "readable and writable",
            absent: "no such device",
            remedy: DeviceOwner.remedy(for: KVMSystem.devicePath))
        if device.status == .missing {
            device.remedy =
                "load kvm_amd or kvm_intel; enable virtualization in the firmware, "
                + "or nesting in the outer host"
        }
        // What the device file allows, opening it can still refuse.
        if device.status == .found, let failure = facts.kvmFailure {
            device.status = .forbidden
            device.detail = "\(failure)"
            device.remedy = failure.explanation.remedy ?? ""
        }
        var split = ProbeCheck(
            "split irqchip", .kvm, facts.splitIRQChip, where: { _ in true },
            found: "KVM_CAP_SPLIT_IRQCHIP", absent: "KVM_CAP_SPLIT_IRQCHIP is 0",
            remedy: "Linux 4.4 or newer has it")
        // Its VM has no irqchip at all.
        split.sparedBy = .emulator
        return [
            ProbeCheck(
                "KVM module", .kvm, facts.kvmModules, where: { !$0.isEmpty }, found: modules,
                absent: "no kvm module in this kernel",
                remedy: "sudo modprobe kvm_amd (or kvm_intel)"),
            device, split,
        ]
    }

    private static func emulator(_ facts: HostFacts) -> [ProbeCheck] {
        [
            ProbeCheck(
                "userspace MSR exits", .emulator, facts.userSpaceMSR, where: { _ in true },
                found: "KVM_CAP_X86_USER_SPACE_MSR", absent: "KVM_CAP_X86_USER_SPACE_MSR is 0",
                remedy: "Linux 5.10 or newer has it")
        ]
    }

    private static func cpu(_ facts: HostFacts) -> [ProbeCheck] {
        func bit(_ name: String, _ bit: UInt32, _ remedy: String) -> ProbeCheck {
            ProbeCheck(
                name, .savic, facts.encryptionLeaf, where: { $0.eax >> bit & 1 == 1 },
                found: "CPUID 8000001F EAX[\(bit)] = 1",
                absent: "CPUID 8000001F EAX[\(bit)] = 0", remedy: remedy)
        }
        return [
            bit(
                "CPU: SEV-SNP", 4,
                "needs an AMD EPYC 7003 or newer, on bare metal, with SMEE and SEV-SNP on in the "
                    + "BIOS"),
            bit("CPU: Secure AVIC", 26, "needs an AMD EPYC with Secure AVIC, on bare metal"),
            ProbeCheck(
                "CPU: Idle-HLT intercept", .savic, facts.idleHLTIntercept, where: { $0 },
                found: "CPUID 8000000A EDX[30] = 1", absent: "CPUID 8000000A EDX[30] = 0",
                remedy: "comes with the CPUs that have Secure AVIC"),
        ]
    }

    private static func module(_ facts: HostFacts) -> [ProbeCheck] {
        func parameter(
            _ name: String, _ finding: Finding<Bool>, _ remedy: String
        ) -> ProbeCheck {
            ProbeCheck(
                "kvm_amd.\(name)", .savic, finding, where: { $0 }, found: "Y",
                absent: finding.value == nil ? "no such parameter" : "N", remedy: remedy)
        }
        return [
            parameter(
                "sev", facts.kvmAMDSEV,
                "load kvm_amd with sev=1; BIOS: SMEE on, ASIDs available; "
                    + "kernel: CONFIG_KVM_AMD_SEV"),
            parameter(
                "sev_es", facts.kvmAMDSEVES,
                "BIOS: SEV-ES ASID space limit above 1 (for example 100); kvm_amd.sev_es=1"),
            parameter(
                "sev_snp", facts.kvmAMDSEVSNP,
                "BIOS: SEV-SNP and RMP coverage on, IOMMU on; kernel: no iommu=pt, no nosnp; "
                    + "see dmesg for “SEV-SNP” and “SNP: IOMMU”"),
            parameter(
                "secure_avic", facts.kvmAMDSecureAVIC,
                "needs a host kernel with the Secure AVIC RFC series "
                    + "(github.com/AMDESE/linux-kvm, branch savic-host-latest)"),
        ]
    }

    private static func kernel(_ facts: HostFacts) -> [ProbeCheck] {
        [
            ProbeCheck(
                "KVM: SEV-SNP guests", .savic, facts.vmTypes, where: { $0 >> 4 & 1 == 1 },
                found: "KVM_CAP_VM_TYPES bit 4", absent: "KVM_CAP_VM_TYPES without bit 4",
                remedy: "Linux 6.11 or newer, and kvm_amd.sev_snp = Y"),
            ProbeCheck(
                "KVM: VMSA feature 16", .savic, facts.vmsaFeatures, where: { $0 >> 16 & 1 == 1 },
                found: "KVM_X86_SEV_VMSA_FEATURES bit 16",
                absent: facts.vmsaFeatures.value == nil
                    ? "no attribute KVM_X86_SEV_VMSA_FEATURES"
                    : "KVM_X86_SEV_VMSA_FEATURES without bit 16",
                remedy: "needs a host kernel with the Secure AVIC RFC series; mainline has no host "
                    + "support yet"),
            ProbeCheck(
                "/dev/sev", .savic, facts.sevDevice, where: { true }, found: "accessible",
                absent: "no such device",
                remedy: "kernel: CONFIG_CRYPTO_DEV_SP_PSP, module ccp; run as root or let a udev "
                    + "rule open KERNEL==\"sev\" to your group"),
        ]
    }
}

/// What this host is ready for.
struct Readiness {
    var checks: [ProbeCheck]
    /// Who plays the hardware of Secure AVIC here, if somebody does.
    var simulatedBy: String?

    init(checks: [ProbeCheck], simulatedBy: String? = nil) {
        self.checks = checks
        self.simulatedBy = simulatedBy
    }

    init(_ facts: HostFacts) {
        self.init(
            checks: Requirements.checks(of: facts),
            simulatedBy: facts.kernelLab.value == KVMSystem.labVersion ? BackendKind.lab : nil)
    }

    static var current: Readiness { Readiness(HostReport.facts) }

    /// Whether everything that a backend needs is there.
    func isReady(for backend: BackendKind) -> Bool { firstMiss(for: backend) == nil }

    func firstMiss(for backend: BackendKind) -> ProbeCheck? {
        checks.first { $0.isNeeded(by: backend) && $0.status != .found }
    }

    /// The backend that `auto` means on this host.
    var backend: BackendKind { isReady(for: .savic) ? .savic : .model }

    /// Who plays the hardware under that one.
    var backendSimulatedBy: String? { isReady(for: .savic) ? simulatedBy : nil }

    var shownBackend: String { backend.shown(simulatedBy: backendSimulatedBy) }

    /// Why `auto` takes that one.
    var reason: String {
        guard let miss = firstMiss(for: .savic) else {
            return simulatedBy == nil
                ? "this host has all that Secure AVIC needs"
                : "this KVM is the kernel lab, which simulates the hardware of Secure AVIC"
        }
        return "no Secure AVIC here: \(miss.name): \(miss.detail)"
    }

    /// The backends that hold the model against something real here, beside that one.
    var others: [BackendKind] {
        [.kvm, .emulator].filter { $0 != backend && isReady(for: $0) }
    }

    /// What this backend lacks here, as a reason to skip. That something is forbidden
    /// is none: somebody can mend it, so it is an error of what runs.
    func lack(for backend: BackendKind) -> Skip? {
        let misses = checks.filter { $0.isNeeded(by: backend) && $0.status != .found }
        let absent = misses.first { $0.status == .missing }
        let isForbidden = misses.contains { $0.status == .forbidden }
        return (absent ?? (isForbidden ? nil : misses.first)).map {
            Skip(reason: "needs \($0.name): \($0.detail)", hint: $0.remedy)
        }
    }
}
