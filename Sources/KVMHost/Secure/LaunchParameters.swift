import CKVM
import Glibc

/// What an SNP guest's owner allows: the policy of `LAUNCH_START` (kvm-snp-uapi §2.4).
package struct SNPPolicy: OptionSet, Hashable, Sendable {
    package let rawValue: UInt64
    package init(rawValue: UInt64) { self.rawValue = rawValue }

    /// The guest may run on a host with SMT. Kernels up to 6.14 insist on it.
    package static let smtAllowed = SNPPolicy(rawValue: 1 << 16)
    /// Reserved, has to be set.
    package static let mandatory = SNPPolicy(rawValue: 1 << 17)
    /// The host may look into the guest with the firmware's debug commands.
    package static let debug = SNPPolicy(rawValue: 1 << 19)

    /// What every kernel and firmware accepts: 0x30000.
    package static let portable: SNPPolicy = [.smtAllowed, .mandatory]
    /// The same with debugging, as AMD's Secure AVIC line of QEMU has it: 0xB0000.
    package static let portableDebug: SNPPolicy = [.portable, .debug]
}

/// Features of a guest's VMSA (SEV_FEATURES) that `KVM_SEV_INIT2` takes (kvm-snp-uapi §2.1).
package struct VMSAFeatures: OptionSet, Hashable, Sendable {
    package let rawValue: UInt64
    package init(rawValue: UInt64) { self.rawValue = rawValue }

    package static let secureAVIC = VMSAFeatures(rawValue: 1 << 16)
    /// AMD's first series asks with this bit for the mask of allowed features; later kernels set
    /// that mask without being asked.
    package static let allowList = VMSAFeatures(rawValue: 1 << 63)

    /// What a guest with Secure AVIC asks for, on a kernel that offers these features.
    package static func secureAVIC(offered: VMSAFeatures?) -> VMSAFeatures {
        [.secureAVIC, offered?.intersection(.allowList) ?? []]
    }

    /// The numbers of the bits that are set, ascending.
    package var bits: [Int] { (0..<64).filter { rawValue >> UInt64($0) & 1 == 1 } }
}

extension KVMSystem {
    /// The VMSA features that this KVM accepts; nil where it does not say (ENXIO: an older kernel,
    /// or another CPU). Errors: `.call` for any other errno.
    package func vmsaFeatures() throws(KVMError) -> VMSAFeatures? {
        do throws(KVMError) {
            return VMSAFeatures(
                rawValue: try deviceAttribute(
                    group: UInt32(KVM_X86_GRP_SEV), attribute: UInt64(KVM_X86_SEV_VMSA_FEATURES)))
        } catch .call(let failure) where failure.errno == ENXIO {
            return nil
        } catch {
            throw error
        }
    }
}

extension HostReader {
    /// The number of the page table bit that makes a page private (the C-bit): CPUID 8000001F
    /// EBX[5:0]. Nil on a CPU without SEV. The host's number; an SNP guest sees the same one.
    package var encryptionBit: UInt8? {
        guard cpuid(0x8000_0000).eax >= 0x8000_001f else { return nil }
        let leaf = cpuid(0x8000_001f)
        return leaf.eax >> 1 & 1 == 1 ? UInt8(leaf.ebx & 0x3f) : nil
    }
}
