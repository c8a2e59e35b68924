/// Which interrupt controllers KVM itself plays.
package enum GuestIRQChip: Hashable, Sendable {
    /// Local APICs; the IOAPIC is this tool's, with EOI exits for so many GSIs.
    case split(reservedGSIs: Int)
    /// Local APICs, IOAPIC and 8259.
    case kernel
}

extension VirtualMachine {
    /// Gives the VM its interrupt controllers, before any vCPU. Errors: EEXIST, EINVAL.
    /// - Parameter broadcasts: what KVM is told about SPIV bit 12, if anything.
    package func create(
        _ irqchip: GuestIRQChip, broadcasts: EOIBroadcasts? = nil
    ) throws(KVMError) {
        switch irqchip {
        case .split(let count): try enableSplitIRQChip(reservedGSIs: count)
        case .kernel: try createIRQChip()
        }
        if let broadcasts { try set(broadcasts) }
    }
}
