/// Everything that can go wrong between this tool and KVM, as values; `KVMErrorText` has the
/// sentences.
package enum KVMError: Error, Hashable, Sendable {
    /// The kernel refused a call.
    case call(CallFailure)
    /// /dev/kvm speaks another API version than 12, the only one there has been since 2007.
    case apiVersion(Int32)
    /// /dev/kvm is a kernel lab's that speaks another version than this tool (savic_lab.h).
    case labVersion(Int32)
    /// A `KVM_RUN` did not come back within its limit, and the watchdog ended it.
    case timeout(RunLimit)
    /// Ctrl-C, SIGTERM or SIGHUP: the signal's number.
    case interrupted(signal: Int32)
    /// The vCPU came back for a reason that the caller has no use for.
    case unexpectedExit(VCPUExit)
    /// An SEV command failed, or the secure processor's firmware refused it.
    case sev(SEVFailure)

    /// Short form of `.call`.
    static func failed(
        _ call: KernelCall, _ errno: Int32, _ subject: Subject = .nothing
    ) -> KVMError {
        .call(CallFailure(call: call, errno: errno, subject: subject))
    }
}

/// One refused call.
package struct CallFailure: Hashable, Sendable {
    /// What was called.
    package let call: KernelCall
    /// The errno, positive.
    package let errno: Int32
    /// What it was called about.
    package let subject: Subject
}

/// The argument that matters in a refused call.
package enum Subject: Hashable, Sendable {
    case nothing
    case path(String)
    /// A `KVM_X86_…_VM` number.
    case vmType(Int32)
    /// A `KVM_CAP_…` number.
    case capability(Int32)
    /// The kernel lab's capability, with the name of an EOI design.
    case lab(design: String)
    case attribute(group: UInt32, attribute: UInt64)
    case vcpu(Int32)
    case gsi(UInt32)
    /// An irqfd with a resample descriptor, which needs KVM's own IOAPIC.
    case resampledGSI(UInt32)
    case routes(Int)
    case vector(UInt8)
    /// Bytes to be mapped in the tool.
    case bytes(Int)
    /// Guest physical address and bytes of a memory slot.
    case memory(address: UInt64, count: Int)
    /// What the secure processor's firmware said to a command on /dev/sev.
    case firmware(FirmwareCode)
}

/// The longest time that one `KVM_RUN` may take, in nanoseconds.
package struct RunLimit: Hashable, Sendable {
    package let nanoseconds: UInt64

    /// A limit in milliseconds. The watchdog looks every 10 ms, so that is its precision.
    package static func milliseconds(_ count: UInt64) -> RunLimit {
        RunLimit(nanoseconds: count * 1_000_000)
    }

    /// A limit in seconds.
    package static func seconds(_ count: UInt64) -> RunLimit { .milliseconds(count * 1000) }

    /// Ten seconds: far above any answer of the agent (microseconds), also on a loaded machine.
    package static let standard = RunLimit.seconds(10)
}
