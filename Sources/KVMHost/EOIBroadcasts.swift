import CKVM

/// What SPIV bit 12 does: flags of KVM_CAP_X2APIC_API. A VM that is told nothing has the quirk of
/// old kernels (kvm-interrupts §6.2).
package enum EOIBroadcasts: CaseIterable, Sendable {
    /// The bit holds EOIs back from a userspace IOAPIC.
    case suppressible
    /// The bit is not offered.
    case never

    /// The flag of KVM_ENABLE_CAP's first argument.
    var flag: UInt64 {
        switch self {
        case .suppressible: UInt64(KVM_X2APIC_ENABLE_SUPPRESS_EOI_BROADCAST)
        case .never: UInt64(KVM_X2APIC_DISABLE_SUPPRESS_EOI_BROADCAST)
        }
    }
}

extension KVMSystem {
    /// Whether this KVM knows the flag. Stable kernels have taken it over, so its version does not
    /// tell. Errors: `.call`.
    package func offers(_ broadcasts: EOIBroadcasts) throws(KVMError) -> Bool {
        let flags = try checkExtension(Int32(KVM_CAP_X2APIC_API))
        return UInt64(UInt32(bitPattern: flags)) & broadcasts.flag != 0
    }
}

extension VirtualMachine {
    /// Before any vCPU, and behind the irqchip. Errors: EINVAL the kernel does not know the flag,
    /// or it is `.suppressible` and KVM has the IOAPIC.
    package func set(_ broadcasts: EOIBroadcasts) throws(KVMError) {
        var request = kvm_enable_cap()
        request.cap = UInt32(KVM_CAP_X2APIC_API)
        request.args.0 = broadcasts.flag
        try descriptor.ioctl(
            .enableCap, &request, about: .capability(Int32(KVM_CAP_X2APIC_API)))
    }
}
