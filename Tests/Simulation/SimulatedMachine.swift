package import CKVM
package import KVMHost

/// What is behind a simulated VM: its guest, and its interrupt controllers. It is asked without
/// the kernel's lock, so it may use the kernel.
package protocol SimulatedMachine: Sendable {
    /// `KVM_RUN`: fills the exit in and returns 0, or the errno.
    func run(_ run: inout kvm_run, on kernel: SimulatedKernel) -> Int32

    /// An ioctl on the VM that has passed the kernel's checks.
    /// - Returns: its result; nil leaves that to the kernel.
    func perform(
        _ call: KernelCall, _ request: SimulatedRequest, on kernel: SimulatedKernel
    ) throws(Refusal) -> Int32?

    /// Somebody has written to an eventfd.
    /// - Returns: whether it is an irqfd, and so taken.
    func take(from eventfd: Int32, on kernel: SimulatedKernel) -> Bool

    /// The last descriptor of the last VM was closed.
    func end()
}

/// A guest without interrupt controllers: calls on them are checked, and nothing comes of them.
struct ScriptedMachine: SimulatedMachine {
    let script: GuestScript

    func run(_ run: inout kvm_run, on kernel: SimulatedKernel) -> Int32 { script(&run, kernel) }

    func perform(
        _ call: KernelCall, _ request: SimulatedRequest, on kernel: SimulatedKernel
    ) -> Int32? { nil }

    func take(from eventfd: Int32, on kernel: SimulatedKernel) -> Bool { false }

    func end() {}
}

extension kvm_run {
    /// VMEXIT_BUSY as KVM passes it on: the exit code in 64 bits, sign-extended.
    package mutating func leaveBusy() -> Int32 {
        exit_reason = UInt32(KVM_EXIT_INTERNAL_ERROR)
        `internal`.suberror = 4
        `internal`.ndata = 2
        `internal`.data.0 = UInt64(bitPattern: -2)
        return 0
    }

    /// An exit for `OUT` of 32 bits, as a GHCB's IOIO event or a plain guest's instruction makes.
    package mutating func leave(byPort port: UInt16, value: UInt32) {
        exit_reason = UInt32(KVM_EXIT_IO)
        io.direction = UInt8(KVM_EXIT_IO_OUT)
        io.size = 4
        io.port = port
        io.count = 1
        // KVM has the data behind the structure; here it is inside, in a part that IO leaves free.
        io.data_offset = 88
        hypercall.ret = UInt64(value)
    }
}
