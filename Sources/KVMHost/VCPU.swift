import CKVM
import Glibc

/// One vCPU and its shared `kvm_run` page. Used by one thread at a time.
@safe
package struct VCPU: ~Copyable {
    let descriptor: Descriptor
    private let page: Mapping
    let watch: WatchedRun
    /// Never read: it keeps the guest's memory mapped for as long as this vCPU can run.
    private let slots: MemorySlots
    /// What a refused `KVM_RUN` is about: an SNP guest has reasons of its own.
    private let subject: Subject

    /// Takes over a vCPU descriptor, maps its page and puts it under the watchdog's eyes.
    init(
        _ descriptor: consuming Descriptor, vmType: Int32, runSize: Int, slots: MemorySlots
    ) throws(KVMError) {
        let calls = descriptor.calls
        let page = try Mapping(count: runSize, descriptor: descriptor.number, calls: calls)
        // SAFETY: the kernel's page begins with kvm_run; `deinit` ends the watch before unmapping.
        let watch = unsafe WatchedRun(page.start.assumingMemoryBound(to: kvm_run.self))
        try Watchdog.shared.add(watch)
        self.descriptor = descriptor
        self.page = page
        self.watch = watch
        self.slots = slots
        self.subject = vmType == KVM_X86_SNP_VM ? .vmType(vmType) : .nothing
    }

    deinit { Watchdog.shared.remove(watch) }

    /// Runs the guest until it comes back.
    ///
    /// EINTR, the one policy: over the limit → `.timeout`; Ctrl-C or SIGTERM → `.interrupted`;
    /// any other signal → the run goes on, within the same limit. A `.memoryFault`, for which the
    /// kernel fails the call, is an exit here like any other. Errors of the kernel: `.call`.
    package func run(within limit: RunLimit = .standard) throws(KVMError) -> VCPUExit {
        if Interruption.requested { throw .interrupted(signal: Interruption.signal) }
        watch.begin(limit)
        var result = descriptor.calls.ioctl(descriptor.number, UInt(CKVM_RUN), 0)
        while result == -EINTR {
            let verdict = watch.interrupted()
            if let verdict {
                watch.end()
                throw verdict
            }
            result = descriptor.calls.ioctl(descriptor.number, UInt(CKVM_RUN), 0)
        }
        watch.end()
        if result >= 0 { return unsafe VCPUExit(watch.run) }
        guard let fault = unsafe MemoryFault(watch.run, errno: -result) else {
            throw .failed(.run, -result, subject)
        }
        return .memoryFault(fault)
    }

    /// Reads the in-kernel LAPIC. Errors: EINVAL where the APIC is protected.
    package func lapic() throws(KVMError) -> LAPICRegisters {
        var registers = LAPICRegisters()
        try descriptor.ioctl(.getLAPIC, &registers.page)
        return registers
    }

    /// What the in-kernel LAPIC has to do, read behind every step of a run: the page that the
    /// kernel fills is not copied again. Errors: EINVAL where the APIC is protected.
    package func interrupts() throws(KVMError) -> LAPICInterrupts {
        var registers = LAPICRegisters()
        try descriptor.ioctl(.getLAPIC, &registers.page)
        return LAPICInterrupts(
            irr: registers.irr, isr: registers.isr, tmr: registers.tmr, ppr: registers.ppr)
    }

    /// Writes the in-kernel LAPIC. Errors: EINVAL where the APIC is protected.
    package func setLAPIC(_ registers: LAPICRegisters) throws(KVMError) {
        var page = registers.page
        try descriptor.ioctl(.setLAPIC, &page)
    }

    /// Sets the CPUID that the guest sees. Before the special registers, which KVM checks by it.
    package func setCPUID(_ table: CPUIDTable) throws(KVMError) {
        var table = table
        try descriptor.ioctl(.setCPUID2, words: &table.words)
    }

    /// The guest's APIC base register; bit 10 set: x2APIC mode.
    package func apicBase() throws(KVMError) -> UInt64 {
        var special = kvm_sregs()
        try descriptor.ioctl(.getSregs, &special)
        return special.apic_base
    }

    /// Puts the vCPU into 64-bit mode with flat segments and x2APIC on, at `start`.
    /// Errors: EINVAL if CPUID does not offer what CR0, CR4, EFER or the APIC base need.
    package func enterLongMode(_ start: LongModeStart) throws(KVMError) {
        var special = kvm_sregs()
        try descriptor.ioctl(.getSregs, &special)
        start.apply(to: &special)
        try descriptor.ioctl(.setSregs, &special)
        var registers = kvm_regs()
        registers.rip = start.instruction
        registers.rsp = start.stack
        (registers.rdi, registers.rsi, registers.rdx) = start.arguments
        registers.rflags = 2  // Bit 1 is always set; interrupts are off.
        try descriptor.ioctl(.setRegs, &registers)
    }

    /// Lets an application processor run without INIT and SIPI. Errors: `.call`.
    func setRunnable() throws(KVMError) {
        var state = kvm_mp_state(mp_state: UInt32(KVM_MP_STATE_RUNNABLE))
        try descriptor.ioctl(.setMPState, &state)
    }

    /// Where the guest is: its instruction and stack pointers, for reports.
    package func position() throws(KVMError) -> (instruction: UInt64, stack: UInt64) {
        var registers = kvm_regs()
        try descriptor.ioctl(.getRegs, &registers)
        return (registers.rip, registers.rsp)
    }
}
