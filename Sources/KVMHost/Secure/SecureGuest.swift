import CKVM

/// How an SEV-SNP guest is to be launched.
package struct SecureSetup: Hashable, Sendable {
    package var irqchip: GuestIRQChip
    /// Number of the C-bit: `HostReader.encryptionBit`.
    package var encryptionBit: UInt8
    /// Debugging is allowed by default: the guest has no secret, and KVM dumps the VMSA of a guest
    /// that the CPU refuses only then.
    package var policy: SNPPolicy
    /// VMSA feature 16. Without it the launch works on mainline kernels, as a check of the host.
    package var wantsSecureAVIC: Bool
    /// What KVM is told about SPIV bit 12, if anything.
    package var broadcasts: EOIBroadcasts?

    package init(
        irqchip: GuestIRQChip = .split(reservedGSIs: 24), encryptionBit: UInt8,
        policy: SNPPolicy = .portableDebug, wantsSecureAVIC: Bool = true,
        broadcasts: EOIBroadcasts? = nil
    ) {
        self.irqchip = irqchip
        self.broadcasts = broadcasts
        self.encryptionBit = encryptionBit
        self.policy = policy
        self.wantsSecureAVIC = wantsSecureAVIC
    }
}

/// A guest with Secure AVIC and one vCPU, ready to run: an SEV-SNP guest on hardware, or an
/// ordinary VM whose Secure AVIC the kernel lab simulates.
///
/// Its private memory is not exposed: what the host has of an SNP guest's is the source that the
/// guest's copy was made from, and that copy is encrypted.
@safe
package struct SecureGuest: ~Copyable {
    package let vm: VirtualMachine
    package let vcpu: VCPU
    /// Mailbox and GHCB, from guest physical address `SecureLayout.shared`.
    package let sharedMemory: GuestMemory

    /// Launches it, in the order of kvm-snp-uapi §2.2; nothing of the guest has run yet.
    ///
    /// What the guest's pages are copied from is given back at the end, and never was at the
    /// addresses of its slot: see `ReservedAddresses`. Left out of that order, because this guest
    /// needs none: hypercall exits (it changes no page's state), XCR0 (its reset value will do) and
    /// the MP state (the boot vCPU is runnable).
    /// Errors: `.call` or `.sev` of any step.
    package init(
        _ system: borrowing KVMSystem, _ payload: GuestPayload, _ setup: SecureSetup
    ) throws(KVMError) {
        let device = try SEVDevice(calls: system.calls)
        let offered = try system.vmsaFeatures()
        let features: VMSAFeatures = setup.wantsSecureAVIC ? .secureAVIC(offered: offered) : []
        let memory = try SecureLayout.privateMemory(
            payload, encryptionBit: setup.encryptionBit, calls: system.calls)
        let sharedMemory = try SecureLayout.sharedMemory(calls: system.calls)

        let vm = try system.createVM(type: KVM_X86_SNP_VM)
        let privatePages = try vm.createGuestMemFD(count: memory.count)
        let addresses = try ReservedAddresses(count: memory.count, calls: system.calls)
        try vm.mapPrivateMemory(addresses, privatePages)
        // A slot without guest_memfd is shared for good.
        try vm.mapMemory(sharedMemory, at: SecureLayout.shared, slot: 1)
        try vm.create(setup.irqchip, broadcasts: setup.broadcasts)
        try vm.sevInit(features, offered: offered)
        let vcpu = try vm.createVCPU(on: system, at: SecureLayout.start(payload))

        try vm.launchStart(setup.policy, device)
        try vm.setPrivate(at: 0, count: memory.count)
        for part in SecureLayout.used(by: payload) { try vm.launchUpdate(memory, part, device) }
        try vm.launchFinish(device, features)
        self.vm = vm
        self.vcpu = vcpu
        self.sharedMemory = sharedMemory
    }

    /// Builds it on the kernel lab: nothing of it is encrypted, and nothing of SEV is asked for.
    /// Errors: `.call` of any step.
    /// - Parameter broadcasts: what KVM is told about SPIV bit 12, if anything.
    package init(
        _ system: borrowing KVMSystem, _ payload: GuestPayload, lab settings: LabSettings,
        _ irqchip: GuestIRQChip = .split(reservedGSIs: 24), broadcasts: EOIBroadcasts? = nil
    ) throws(KVMError) {
        let memory = try SecureLayout.privateMemory(
            payload, encryptionBit: nil, calls: system.calls)
        let sharedMemory = try SecureLayout.sharedMemory(calls: system.calls)
        let vm = try system.createVM()
        try vm.mapMemory(memory)
        try vm.mapMemory(sharedMemory, at: SecureLayout.shared, slot: 1)
        try vm.create(irqchip, broadcasts: broadcasts)
        try vm.simulateSecureAVIC(settings)
        vcpu = try vm.createVCPU(on: system, at: SecureLayout.start(payload))
        self.vm = vm
        self.sharedMemory = sharedMemory
    }
}
