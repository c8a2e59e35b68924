import CKVM

extension VirtualMachine {
    /// Sends INIT to a vCPU, which takes it when it next looks (`VCPU.takeInit`).
    package func signalInit(destination: UInt8) throws(KVMError) {
        let message = MSIMessage(initDestination: destination)
        var request = kvm_msi()
        request.address_lo = message.addressLow
        request.data = message.data
        try descriptor.ioctl(.signalMSI, &request)
    }
}

extension VCPU {
    /// Takes an INIT that is pending, and then goes on where it was: INIT resets the local APIC
    /// (`kvm_lapic_reset`), and of all else that it resets this brings back what a guest in long
    /// mode goes by. Behind a port exit, whose instruction it finishes first.
    ///
    /// KVM takes events at KVM_GET_MP_STATE (`kvm_arch_vcpu_ioctl_get_mpstate`), so that the guest
    /// does not run from its reset vector. Errors: `.call`.
    package func takeInit() throws(KVMError) {
        try finishInstruction()
        var special = kvm_sregs()
        var registers = kvm_regs()
        try descriptor.ioctl(.getSregs, &special)
        try descriptor.ioctl(.getRegs, &registers)
        var state = kvm_mp_state()
        try descriptor.ioctl(.getMPState, &state)
        // An application processor would wait for SIPI now.
        try setRunnable()
        // CR8 is the local APIC's TPR, which INIT clears.
        special.cr8 = 0
        try descriptor.ioctl(.setSregs, &special)
        try descriptor.ioctl(.setRegs, &registers)
    }
}
