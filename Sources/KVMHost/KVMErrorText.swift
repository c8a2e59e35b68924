import CKVM
import Glibc

/// A `KVMError` in words for people: the one place where sentences about it are made.
package struct Explanation: Hashable, Sendable {
    /// What failed, with the kernel's name of the call.
    package let what: String
    /// The errno's name, such as `EACCES`, if an errno is part of it.
    package let errnoName: String?
    /// What that means here.
    package let meaning: String
    /// What to do about it, if there is something.
    package let remedy: String?
}

extension KVMError: CustomStringConvertible {
    package var explanation: Explanation {
        switch self {
        case .call(let failure): failure.explanation
        case .apiVersion(let version):
            Explanation(
                what: "/dev/kvm has API version \(version)", errnoName: nil,
                meaning: "this tool, like every other, speaks version 12",
                remedy: "use Linux's own KVM module")
        case .labVersion(let version):
            Explanation(
                what: "/dev/kvm is a kernel lab of version \(version)", errnoName: nil,
                meaning: "this tool speaks version \(KVMSystem.labVersion)",
                remedy: "build the lab (hosttests/savic-kernel) and this tool from the same source")
        case .timeout(let limit):
            Explanation(
                what: "KVM_RUN took longer than \(limit.nanoseconds / 1_000_000) ms",
                errnoName: nil, meaning: "the guest did not come back and was stopped",
                remedy: "on a very busy host a longer limit may help")
        case .interrupted(let signal):
            Explanation(
                what: "stopped by signal \(signal)", errnoName: nil,
                meaning: "somebody asked the tool to end", remedy: nil)
        case .unexpectedExit(let exit): exit.explanation
        case .sev(let failure): failure.explanation
        }
    }

    package var description: String {
        let parts = explanation
        let name = parts.errnoName.map { " (\($0))" } ?? ""
        let remedy = parts.remedy.map { "; \($0)" } ?? ""
        return "\(parts.what)\(name): \(parts.meaning)\(remedy)"
    }
}

extension CallFailure {
    /// An errno's name, or its number where libc has none.
    package static func name(of errno: Int32) -> String {
        // SAFETY: libc returns a constant string or nil.
        guard let name = unsafe ckvm_errno_name(errno) else { return "errno \(errno)" }
        return unsafe String(cString: name)
    }

    var explanation: Explanation {
        let (meaning, remedy) = reason
        return Explanation(
            what: "\(call.rawValue)\(subject.phrase) failed",
            errnoName: CallFailure.name(of: errno),
            meaning: meaning, remedy: remedy)
    }

    /// What the errno means for this call (kvm-snp-uapi §1.4), else what libc says.
    private var reason: (meaning: String, remedy: String?) {
        if let secureReason { return secureReason }
        switch (call, errno, subject) {
        case (.open, ENOENT, .path(KVMSystem.devicePath)):
            return (
                "this kernel offers no KVM",
                "load kvm_amd or kvm_intel (`sudo modprobe kvm_amd`);"
                    + " enable virtualization in the firmware, or nesting in the outer host"
            )
        case (.open, EACCES, .path(let path)):
            return ("this user may not use it", DeviceOwner.remedy(for: path))
        case (.open, EPERM, _):
            return (
                "a sandbox forbids the device", "give the container access to /dev/kvm"
            )
        case (.createVCPU, EEXIST, _):
            return ("the VM has a vCPU of this number", "number them apart")
        case (.open, ENODEV, _), (.open, ENXIO, _):
            return ("the device file has no driver behind it", "load kvm_amd or kvm_intel")
        case (.createVM, EINVAL, .vmType(let type)):
            return ("this host cannot create VMs of type \(type)", nil)
        case (.createVM, EBUSY, _):
            return ("another hypervisor holds the CPU's virtualization", "stop it first")
        case (.enableCap, EINVAL, .capability(let number)),
            (.enableCap, ENOTTY, .capability(let number)):
            return ("this KVM lacks capability \(number)", "a newer kernel may have it")
        case (.enableCap, EEXIST, _), (.createIRQChip, EEXIST, _):
            return (
                "the VM has an interrupt controller or a vCPU already",
                "give it one, before its first vCPU"
            )
        case (.createIRQChip, EINVAL, _):
            return ("the VM has a vCPU already", "the interrupt controller comes first")
        case (.irqLine, ENXIO, _), (.irqLineStatus, ENXIO, _), (.setGSIRouting, EINVAL, _):
            return (
                "the VM has no interrupt controller, or two routes for one line",
                "give it one first, and each line one route"
            )
        case (.setUserMemoryRegion, EEXIST, _):
            return ("it overlaps another memory slot", "give each slot its own addresses")
        case (.setUserMemoryRegion, EINVAL, _):
            return ("the slot is not aligned, or cannot be changed", "whole pages, each slot once")
        case (.setCPUID2, EINVAL, _):
            return (
                "KVM refuses the CPUID table, or the vCPU has run with another one",
                "set it before the first run, made from KVM_GET_SUPPORTED_CPUID"
            )
        case (.irqFD, EINVAL, .resampledGSI):
            return (
                "resampling needs KVM's own IOAPIC; a split irqchip has none",
                "use the kernel irqchip"
            )
        case (.irqFD, EBUSY, _):
            return ("the eventfd raises another line already", nil)
        case (.getLAPIC, EINVAL, _), (.setLAPIC, EINVAL, _):
            return ("the guest's APIC is protected from the host", "ask the guest for its view")
        case (.getDeviceAttr, ENXIO, _):
            return ("this KVM does not know the attribute", "a newer kernel may")
        case (.setSregs, EINVAL, _):
            return (
                "KVM refuses this CPU state, which the CPUID table does not allow",
                "look at what KVM_GET_SUPPORTED_CPUID offers: long mode, x2APIC"
            )
        default:
            return common
        }
    }

    /// What an errno means whatever the call.
    private var common: (meaning: String, remedy: String?) {
        switch errno {
        case EMFILE: ("this process has too many open files", "raise `ulimit -n`")
        case ENFILE: ("the system has too many open files", "raise fs.file-max")
        case ENOMEM: ("not enough memory, or a cgroup's limit", "free memory or raise the limit")
        case EPERM, EACCES: ("not permitted", "look at the sandbox, seccomp and cgroup rules")
        case ENOTTY: ("this kernel does not have the call", "a newer kernel may")
        // The arguments are this tool's own, and valid as long as neither is broken.
        case EBADF, EFAULT:
            (
                "the kernel refuses an argument that should be valid",
                "a defect of this tool, or of the kernel under test: report it"
            )
        // SAFETY: libc returns a string that stays until the next call in this thread.
        default: (unsafe String(cString: strerror(errno)), nil)
        }
    }
}

extension Subject {
    /// What follows the call's name.
    fileprivate var phrase: String {
        switch self {
        case .nothing: ""
        case .path(let path): " of \(path)"
        case .vmType(let type): " for VM type \(type)"
        case .capability(let number): " for capability \(number)"
        case .lab(let design): " for the kernel lab's capability, design \(design),"
        case .attribute(let group, let attribute): " for attribute \(group)/\(attribute)"
        case .vcpu(let id): " for vCPU \(id)"
        case .gsi(let gsi): " for GSI \(gsi)"
        case .resampledGSI(let gsi): " for GSI \(gsi) with a resample descriptor"
        case .routes(let count): " with \(count) routes"
        case .vector(let vector): " for vector \(vector)"
        case .bytes(let count): " of \(count) bytes"
        case .memory(let address, let count):
            " of \(count) bytes at guest address \(hex(address))"
        case .firmware(let code): ", to which the firmware says \(code.name),"
        }
    }
}
