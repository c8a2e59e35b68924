import CKVM
import Glibc

/// What a vCPU without an in-kernel LAPIC leaves to userspace: interrupts and MSRs.
extension VCPU {
    /// Whether the guest could take an interrupt when it last came back. In the shadow of STI it
    /// cannot, and a port exit is inside its instruction: `finishInstruction` first.
    package var isReadyForInterrupt: Bool {
        // SAFETY: the page is mapped while this vCPU exists, and the vCPU is not running.
        unsafe watch.run.pointee.ready_for_interrupt_injection != 0
    }

    /// Has the guest take this interrupt at the next entry. It has to be ready for it.
    /// Errors: EEXIST one is queued already, ENXIO with an in-kernel LAPIC.
    package func interrupt(_ vector: UInt8) throws(KVMError) {
        var request = kvm_interrupt()
        request.irq = UInt32(vector)
        try descriptor.ioctl(.interrupt, &request, about: .vector(vector))
    }

    /// Answers a `.readMSR` or `.writeMSR` exit: with what is read, or nil for a #GP. The
    /// instruction is done at the next entry.
    package func answerMSR(_ value: UInt64?) {
        // SAFETY: as above; the union member is the one of the exit that is answered.
        unsafe watch.run.pointee.msr.error = value == nil ? 1 : 0
        if let value { unsafe watch.run.pointee.msr.data = value }
    }

    /// Finishes the instruction of the last exit without running the guest, so that its registers
    /// are those behind that instruction (`immediate_exit`, kvm-snp-uapi §1.5).
    package func finishInstruction() throws(KVMError) {
        unsafe ckvm_set_immediate_exit(watch.run, 1)
        let result = descriptor.calls.ioctl(descriptor.number, UInt(CKVM_RUN), 0)
        unsafe ckvm_set_immediate_exit(watch.run, 0)
        // 0 would be an exit that nobody has asked for: the guest cannot have run.
        if result != -EINTR { throw .failed(.run, result < 0 ? -result : EIO) }
    }

    /// The registers that exception delivery reads and writes.
    package func frame() throws(KVMError) -> GuestFrame {
        var registers = kvm_regs()
        try descriptor.ioctl(.getRegs, &registers)
        return GuestFrame(
            instruction: registers.rip, stack: registers.rsp, flags: registers.rflags,
            rax: registers.rax, rdx: registers.rdx)
    }

    /// Replaces RIP, RSP and RFLAGS, and leaves the other registers as they are.
    package func setFrame(_ frame: GuestFrame) throws(KVMError) {
        var registers = kvm_regs()
        try descriptor.ioctl(.getRegs, &registers)
        registers.rip = frame.instruction
        registers.rsp = frame.stack
        registers.rflags = frame.flags
        try descriptor.ioctl(.setRegs, &registers)
    }
}

/// Where a guest is, as an exception finds it.
package struct GuestFrame: Hashable, Sendable {
    /// RIP.
    package var instruction: UInt64
    /// RSP.
    package var stack: UInt64
    /// RFLAGS.
    package var flags: UInt64
    package let rax: UInt64
    package let rdx: UInt64
}

/// Why an MSR access goes to userspace (`KVM_CAP_X86_USER_SPACE_MSR`), as a bit set.
package struct MSRExitReasons: OptionSet, Sendable {
    package let rawValue: UInt64
    package init(rawValue: UInt64) { self.rawValue = rawValue }
    /// The value or the state of the vCPU does not allow the access.
    package static let invalid = MSRExitReasons(rawValue: 1)
    /// KVM does not know the register.
    package static let unknown = MSRExitReasons(rawValue: 2)
    /// A filter of `KVM_X86_SET_MSR_FILTER` forbids it.
    package static let filter = MSRExitReasons(rawValue: 4)
}

extension VirtualMachine {
    /// Lets MSR accesses that KVM would answer with #GP exit to userspace. Errors: EINVAL where
    /// the kernel is older than 5.10.
    package func exitOnMSR(_ reasons: MSRExitReasons) throws(KVMError) {
        var request = kvm_enable_cap()
        request.cap = UInt32(KVM_CAP_X86_USER_SPACE_MSR)
        request.args.0 = reasons.rawValue
        try descriptor.ioctl(
            .enableCap, &request, about: .capability(Int32(KVM_CAP_X86_USER_SPACE_MSR)))
    }

    /// Lets every access to these MSRs exit to userspace, once `exitOnMSR` says so for `.filter`,
    /// whatever KVM knows of them: the kvm_amd of Linux 6.1 takes a WRMSR of 0xC0010130 without a
    /// word. The x2APIC's registers cannot be filtered. Errors: ENOTTY before Linux 5.10.
    package func filterMSRs(_ range: ClosedRange<UInt32>) throws(KVMError) {
        // A bit for each register; clear denies.
        var bitmap = [UInt8](repeating: 0, count: range.count / 8 + 1)
        var filter = kvm_msr_filter()
        unsafe filter.ranges.0.flags = UInt32(KVM_MSR_FILTER_READ | KVM_MSR_FILTER_WRITE)
        unsafe filter.ranges.0.nmsrs = UInt32(range.count)
        unsafe filter.ranges.0.base = range.lowerBound
        // SAFETY: the bitmap stays where it is during the call, which copies it.
        try unsafe bitmap.withUnsafeMutableBufferPointer { bits throws(KVMError) in
            unsafe filter.ranges.0.bitmap = bits.baseAddress
            try descriptor.ioctl(.setMSRFilter, &filter)
        }
    }
}

extension KVMSystem {
    /// Whether MSR accesses can be left to userspace. Errors: `.call`, which says nothing of it.
    package func canExitOnMSR() throws(KVMError) -> Bool {
        try checkExtension(Int32(KVM_CAP_X86_USER_SPACE_MSR)) != 0
    }
}
