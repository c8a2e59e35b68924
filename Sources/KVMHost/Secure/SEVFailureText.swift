import Glibc

/// A refused SEV command in words: what the errno means for this command, and what to do
/// (kvm-snp-uapi §2.3, §2.5). Many of these errnos mislead.
extension SEVFailure {
    /// What it means, and what to do about it.
    typealias Reason = (meaning: String, remedy: String)

    var explanation: Explanation {
        let (meaning, remedy) = reason
        let code = firmware.map { "the firmware says \($0.name): " } ?? ""
        return Explanation(
            what: "\(command.rawValue)\(subject.phrase) failed",
            errnoName: errno == 0 ? nil : CallFailure.name(of: errno),
            meaning: code + meaning, remedy: remedy)
    }

    private var reason: Reason {
        if let firmware { return unknownToFirmware ?? firmware.reason }
        let own: Reason? =
            switch command {
            case .initialize: initialization
            case .launchStart: start
            case .launchUpdate: update
            case .launchFinish: finish
            }
        return own ?? common
    }

    /// The firmware sees what a vCPU asks for when its VMSA is added, which FINISH does.
    private var unknownToFirmware: Reason? {
        guard firmware?.rawValue == 0x16, command == .launchFinish,
            case .vmsas(let features) = subject, features.contains(.secureAVIC)
        else { return nil }
        return (
            "a parameter is not allowed; this guest's VMSA has feature 16 (Secure AVIC), which the"
                + " firmware may be too old to know",
            "update the BIOS or the SEV firmware; `savic-eoi probe` says which one this is"
        )
    }

    private var initialization: Reason? {
        switch errno {
        case EINVAL: features
        case ENOTTY:
            (
                "SEV is off in kvm_amd, or there are no ASIDs for SNP guests",
                "set kvm_amd.sev=1; in the BIOS set the SEV-ES ASID space limit above 1"
                    + " (for example 100): that splits the ASIDs"
            )
        case EBUSY:
            (
                "all ASIDs for SNP guests are in use, or a cgroup's misc limit is reached",
                "end other SEV guests, raise the BIOS's SEV-ES ASID space limit, or look at"
                    + " misc.max and misc.current of the cgroup"
            )
        case EPERM: ordering
        case ENODEV:
            (
                "the kernel has no working secure processor",
                "load ccp (CONFIG_CRYPTO_DEV_SP_PSP) and look for its lines in dmesg"
            )
        case EIO:
            (
                "the secure processor's firmware could not be initialised",
                "look for “ccp” and “SEV” in dmesg; a BIOS or firmware update may be needed"
            )
        default: nil
        }
    }

    /// INIT2's EINVAL is about a feature, unless the kernel has said that it knows them all.
    private var features: Reason {
        guard case .features(let wanted, let offered) = subject else { return wrongPlace }
        if let offered, wanted.isSubset(of: offered) { return wrongPlace }
        guard wanted.contains(.secureAVIC), offered?.contains(.secureAVIC) != true else {
            return wrongPlace
        }
        return (
            "this kernel does not know VMSA feature 16 (Secure AVIC)",
            "needs a host kernel with the Secure AVIC RFC series (github.com/AMDESE/linux-kvm,"
                + " branch savic-host-latest), and kvm_amd.secure_avic=Y"
        )
    }

    private var wrongPlace: Reason {
        (
            "the VM has a vCPU, is initialised already, is no SEV VM, or a parameter is unknown",
            "initialise it before its first vCPU, and ask for offered features only"
        )
    }

    private var start: Reason? {
        switch errno {
        case EINVAL:
            if case .policy(let policy) = subject, !policy.contains(.mandatory) {
                (
                    "the policy lacks bit 17, which has to be set",
                    "use policy 0xb0000, or 0x30000 without debugging"
                )
            } else if case .policy(let policy) = subject, !policy.contains(.smtAllowed) {
                (
                    "the policy lacks bit 16 (SMT allowed), which kernels up to 6.14 insist on;"
                        + " or the launch has begun already",
                    "use policy 0xb0000"
                )
            } else {
                (
                    "the launch has begun already, or this kernel does not know a policy bit",
                    "start it once, with policy 0xb0000"
                )
            }
        case ENOTTY:
            (
                "the VM is not initialised as an SNP VM, or the firmware made no context for it,"
                    + " which is also what a wrong /dev/sev descriptor ends in",
                "KVM_SEV_INIT2 comes first, with an open /dev/sev; dmesg has"
                    + " “Failed to create SEV-SNP context”"
            )
        case EIO: silent
        default: nil
        }
    }

    private var update: Reason? {
        switch errno {
        case 0:
            (
                "the kernel reports success and has added no page",
                "report the kernel's version: the loop would never end"
            )
        case EINVAL:
            (
                "the launch has not begun, or the pages lie outside the slots with guest_memfd, or"
                    + " they are not aligned",
                "KVM_SEV_SNP_LAUNCH_START first; whole pages, from a page aligned source"
            )
        case EIO:
            (
                "a page is not private, or was added before, or its source is not mapped, or the"
                    + " /dev/sev descriptor is wrong: the kernel tells none of these apart",
                "KVM_SET_MEMORY_ATTRIBUTES(PRIVATE) first, each page once; look at dmesg"
            )
        case EAGAIN:
            (
                "the kernel could not get at the pages, several times over",
                "is the host short of memory? Try again"
            )
        default: nil
        }
    }

    private var finish: Reason? {
        switch errno {
        case ENOTTY: ("this is no SNP VM", "KVM_SEV_INIT2 and KVM_SEV_SNP_LAUNCH_START come first")
        case EINVAL:
            (
                "the launch has not begun, is finished already, or a vCPU is being debugged",
                "KVM_SEV_SNP_LAUNCH_START first, finish once"
            )
        case EBUSY: ("a vCPU is being created meanwhile", "create all vCPUs, then finish")
        case EINTR: ("the process was being killed", "nothing: launch again")
        case EBADF:
            (
                "the /dev/sev descriptor of the launch's start was closed too early",
                "keep /dev/sev open until the launch is finished"
            )
        case EIO: silent
        default: nil
        }
    }

    private var ordering: Reason {
        (
            "ordering: the VM is initialised as an SNP VM already, and takes launch commands only",
            "initialise it once"
        )
    }

    /// EIO without a word from the firmware.
    private var silent: Reason {
        ("the firmware could not be asked", "look for “ccp” and “SEV” in dmesg")
    }

    private var common: Reason {
        switch errno {
        case EPERM: ordering
        case ENOTTY: ("this is no SEV VM, or SEV is off", "set kvm_amd.sev=1, VM type 4")
        case ENOMEM: ("not enough memory, or a cgroup's limit", "free memory or raise the limit")
        case EFAULT, EBADF:
            (
                "the kernel cannot use an address or a descriptor in the command",
                "report this: it is a mistake of this tool, or of a sandbox around it"
            )
        // SAFETY: libc returns a string that stays until the next call in this thread.
        default: (unsafe String(cString: strerror(errno)), "look at dmesg")
        }
    }
}

extension FirmwareCode {
    /// What the codes mean that a launch can meet (kvm-snp-uapi §2.5).
    fileprivate var reason: SEVFailure.Reason {
        switch rawValue {
        case 0x01: ("the platform is in the wrong state", "reload ccp and kvm_amd, or reboot")
        case 0x02: ("the guest is in the wrong state", "start, update, finish: each in its turn")
        case 0x03: ("the platform's configuration does not fit", "look at the BIOS's SEV settings")
        case 0x07:
            (
                "it does not accept the policy",
                "bit 16 has to be set where SMT is on, and the policy's firmware version must not"
                    + " be above the host's"
            )
        case 0x09: ("an address is not allowed", "look at the RMP's coverage in the BIOS")
        case 0x0d: ("the ASID is not allowed", "look at the BIOS's SEV-ES ASID space limit")
        case 0x0f: ("the data fabric has to be flushed first", "try again; else reload kvm_amd")
        case 0x16:
            (
                "a parameter is not allowed",
                "look at dmesg; the kernel and the firmware may be of very different ages"
            )
        case 0x17: ("it has run out of guests or memory", "end other SEV guests")
        case 0x1a: ("a page is in the wrong state", "add each page once; look at kvm_rmp_fault")
        case 0x1c: ("a page belongs to another owner", "add each page once; look at dmesg")
        case 0x20: ("the RMP is not initialised", "set SEV-SNP and RMP coverage in the BIOS")
        case 0x22: ("its version does not fit", "update the BIOS or the SEV firmware")
        default: ("it refused", "look for “ccp” and “SEV” in dmesg")
        }
    }
}

extension SEVSubject {
    /// What follows the command's name.
    fileprivate var phrase: String {
        switch self {
        case .nothing: ""
        case .features(let wanted, _):
            wanted.isEmpty
                ? " without VMSA features"
                : " with VMSA features \(wanted.bits.map(String.init).joined(separator: ", "))"
        case .vmsas(let features):
            features.isEmpty
                ? ""
                : " with VMSA features \(features.bits.map(String.init).joined(separator: ", "))"
        case .policy(let policy): " with policy \(hex(policy.rawValue))"
        case .pages(let address, let count):
            " of \(count / 4096) pages at guest address \(hex(address))"
        }
    }
}
