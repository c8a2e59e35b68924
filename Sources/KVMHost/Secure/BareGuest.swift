/// An ordinary VM without any interrupt controller, laid out like a secure guest: userspace plays
/// its APIC, by MSR exits and `KVM_INTERRUPT`.
@safe
package struct BareGuest: ~Copyable {
    package let vm: VirtualMachine
    package let vcpu: VCPU
    /// From guest physical address 0.
    package let privateMemory: GuestMemory
    /// From `SecureLayout.shared`.
    package let sharedMemory: GuestMemory

    /// Builds it: nothing of the guest has run yet. Errors: `.call` of any step.
    package init(_ system: borrowing KVMSystem, _ payload: GuestPayload) throws(KVMError) {
        try self.init(
            system, SecureLayout.start(payload),
            try SecureLayout.privateMemory(payload, encryptionBit: nil, calls: system.calls),
            try SecureLayout.sharedMemory(calls: system.calls))
    }

    /// Builds it from memory that holds a guest already. Errors: `.call` of any step.
    package init(
        _ system: borrowing KVMSystem, _ start: LongModeStart,
        _ privateMemory: consuming GuestMemory, _ sharedMemory: consuming GuestMemory
    ) throws(KVMError) {
        let vm = try system.createVM()
        try vm.exitOnMSR([.invalid, .unknown, .filter])
        // The GHCB's address, SEV_STATUS, SAVIC_CONTROL.
        try vm.filterMSRs(0xC001_0130...0xC001_0138)
        try vm.mapMemory(privateMemory)
        try vm.mapMemory(sharedMemory, at: SecureLayout.shared, slot: 1)
        vcpu = try vm.createVCPU(on: system, at: start)
        self.vm = vm
        self.privateMemory = privateMemory
        self.sharedMemory = sharedMemory
    }
}
