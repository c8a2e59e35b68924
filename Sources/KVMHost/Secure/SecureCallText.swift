import CKVM
import Glibc

/// What refusals of the calls around a secure guest's launch mean (kvm-snp-uapi §1.4, §1.5, §2.5;
/// savic_lab.h).
extension CallFailure {
    /// Nil for what has nothing to do with SEV-SNP or the kernel lab.
    var secureReason: (meaning: String, remedy: String)? {
        switch call {
        case .open: device
        case .createVM: creation
        case .enableCap: lab
        case .createGuestMemFD: memory
        case .setUserMemoryRegion2: slot
        case .setMemoryAttributes: attributes
        case .run: run
        case .sevIssueCmd: status
        case .getRegs, .setRegs, .getSregs: registers
        default: nil
        }
    }

    private var device: (meaning: String, remedy: String)? {
        guard subject == .path(SEVDevice.path) else { return nil }
        switch errno {
        case ENOENT, ENODEV, ENXIO:
            return (
                "the kernel offers no secure processor",
                "load ccp (CONFIG_CRYPTO_DEV_SP_PSP); set SEV-SNP in the BIOS; needs an AMD EPYC"
                    + " on bare metal"
            )
        case EPERM:
            return ("a sandbox forbids the device", "give the container access to /dev/sev")
        default: return nil
        }
    }

    private var creation: (meaning: String, remedy: String)? {
        guard errno == EINVAL, subject == .vmType(KVM_X86_SNP_VM) else { return nil }
        return (
            "this host cannot create SEV-SNP VMs (type 4)",
            "kvm_amd.sev_snp has to be Y: Linux 6.11 or newer, without iommu=pt and nosnp; in the"
                + " BIOS SEV-SNP, RMP coverage and the IOMMU; dmesg says why in lines with"
                + " “SEV-SNP” and “SNP: IOMMU”"
        )
    }

    private var lab: (meaning: String, remedy: String)? {
        guard case .lab(let design) = subject else { return nil }
        switch errno {
        case ENOENT:
            return (
                "this lab's kernel has no EOI design “\(design)”",
                "build the lab with it (hosttests/savic-kernel), or take a design that it has"
            )
        case EINVAL, ENOTTY:
            return (
                "this KVM is no kernel lab, its VM has a vCPU already or no irqchip, or it does"
                    + " not know what the simulated processor is to do",
                "enable it behind the irqchip and before the first vCPU, on a lab"
                    + " (hosttests/savic-kernel) that is built from the same source as this tool"
            )
        default: return nil
        }
    }

    private var memory: (meaning: String, remedy: String)? {
        switch errno {
        case EINVAL:
            (
                "the size is no multiple of a page, or this type of VM has no private memory",
                "guest_memfd needs a VM of type 4 here"
            )
        case ENOTTY: ("this kernel has no guest_memfd", "Linux 6.8 or newer has it")
        default: nil
        }
    }

    private var slot: (meaning: String, remedy: String)? {
        switch errno {
        case EEXIST: ("it overlaps another memory slot", "give each slot its own addresses")
        case EINVAL:
            (
                "the slot is not aligned, exists and has guest_memfd, or its guest_memfd belongs"
                    + " to another VM, is too small, or is bound there already",
                "one slot for each part of a guest_memfd; to change a slot delete it first"
            )
        case EBADF: ("the guest_memfd is closed", "keep it open as long as the VM")
        case ENOTTY: ("this kernel has no private memory slots", "Linux 6.8 or newer has them")
        default: nil
        }
    }

    private var attributes: (meaning: String, remedy: String)? {
        switch errno {
        case EINVAL:
            (
                "the range is empty or not aligned, or this type of VM has no private pages",
                "whole pages of a VM of type 4"
            )
        case ENOTTY: ("this kernel has no memory attributes", "Linux 6.8 or newer has them")
        default: nil
        }
    }

    private var run: (meaning: String, remedy: String)? {
        switch errno {
        case EINVAL where subject == .vmType(KVM_X86_SNP_VM):
            (
                "KVM refuses to run this SNP guest: it is not initialised (KVM_SEV_INIT2) or not"
                    + " finished (LAUNCH_FINISH), its VMSA is invalid, it used a GHCB that it had"
                    + " not registered, or it sent the “unsupported event” request",
                "look at the last events kvm_vmgexit_enter and kvm_vmgexit_msr_protocol_enter, and"
                    + " at dmesg"
            )
        case EFAULT:
            (
                "KVM cannot reach guest memory, and says no more",
                "look at the events kvm_page_fault and kvm_rmp_fault, and at dmesg"
            )
        case EHWPOISON: ("the host's memory is broken", "look for machine checks in dmesg")
        case EIO: ("KVM has given up this VM after a mistake of its own", "look for WARN in dmesg")
        case EAGAIN: ("the vCPU has not been started yet", "its MP state has to be runnable")
        default: nil
        }
    }

    private var registers: (meaning: String, remedy: String)? {
        guard errno == EINVAL else { return nil }
        return (
            "the launch is finished (KVM_SEV_SNP_LAUNCH_FINISH): the guest's registers are its own",
            "set and read them before; afterwards the guest has to tell"
        )
    }

    private var status: (meaning: String, remedy: String)? {
        switch errno {
        case EINVAL, ENOTTY:
            ("this kernel cannot ask for the SNP firmware's status", "Linux 6.11 or newer can")
        case EIO, ENODEV:
            (
                "the secure processor does not answer, or SNP is not initialised",
                "look for “ccp” and “SEV-SNP” in dmesg"
            )
        default: nil
        }
    }
}
