import CKVM

/// How a secure guest is to be launched.
package struct SecureSetup: Hashable, Sendable {
    package var irqchip: GuestIRQChip
    /// Number of the C-bit: `HostReader.encryptionBit`.
    package var encryptionBit: UInt8
    package var policy: SNPPolicy
    /// VMSA feature 16. Without it the launch works on mainline kernels, as a check of the host.
    package var wantsSecureAVIC: Bool
    /// What KVM is told about SPIV bit 12, if anything.
    package var broadcasts: EOIBroadcasts?

    package init(
        irqchip: GuestIRQChip = .split(reservedGSIs: 24), encryptionBit: UInt8,
        policy: SNPPolicy = .portable, wantsSecureAVIC: Bool = true,
        broadcasts: EOIBroadcasts? = nil
    ) {
        self.irqchip = irqchip
        self.broadcasts = broadcasts
        self.encryptionBit = encryptionBit
        self.policy = policy
        self.wantsSecureAVIC = wantsSecureAVIC
    }
}

/// An SEV-SNP guest with one vCPU, launched and ready to run.
///
/// Its private memory is not exposed: what the host has is the source that the guest's copy was
/// made from, and that copy is encrypted.
@safe
package struct SecureGuest: ~Copyable {
    package let vm: VirtualMachine
    package let vcpu: VCPU
    /// Mailbox and GHCB, from guest physical address `SecureLayout.shared`.
    package let sharedMemory: GuestMemory
    /// What it was initialised with.
    package let features: VMSAFeatures

    /// Launches it, in the order of kvm-snp-uapi §2.2; nothing of the guest has run yet.
    ///
    /// Left out of that order, because this guest needs none: hypercall exits (it changes no
    /// page's state), XCR0 (its reset value will do) and the MP state (the boot vCPU is runnable).
    /// Errors: `.call` or `.sev` of any step.
    package init(
        _ system: borrowing KVMSystem, _ payload: GuestPayload, _ setup: SecureSetup
    ) throws(KVMError) {
        let device = try SEVDevice(calls: system.calls)
        let offered = try system.vmsaFeatures()
        let features: VMSAFeatures = setup.wantsSecureAVIC ? .secureAVIC(offered: offered) : []
        let memory = try GuestMemory(count: SecureLayout.privateSize, calls: system.calls)
        SecureLayout.load(payload, encryptionBit: setup.encryptionBit, into: memory)
        let sharedMemory = try GuestMemory(count: SecureLayout.sharedSize, calls: system.calls)

        let vm = try system.createVM(type: KVM_X86_SNP_VM)
        let privatePages = try vm.createGuestMemFD(count: memory.count)
        try vm.mapMemory(memory, private: privatePages)
        // A slot without guest_memfd is shared for good.
        try vm.mapMemory(sharedMemory, at: SecureLayout.shared, slot: 1)
        try vm.create(setup.irqchip)
        if let broadcasts = setup.broadcasts { try vm.set(broadcasts) }
        try vm.sevInit(features, offered: offered)

        let vcpu = try vm.createVCPU()
        var cpuid = try system.supportedCPUID()
        cpuid.offerX2APIC()
        try vcpu.setCPUID(cpuid)
        try vcpu.enterLongMode(SecureLayout.start(payload))

        try vm.launchStart(setup.policy, device)
        try vm.setPrivate(at: 0, count: memory.count)
        try vm.launchUpdate(memory, device)
        try vm.launchFinish(device)
        self.vm = vm
        self.vcpu = vcpu
        self.sharedMemory = sharedMemory
        self.features = features
    }
}
