/// Which interrupt controllers KVM itself plays.
package enum GuestIRQChip: Hashable, Sendable {
    /// Local APICs; the IOAPIC is this tool's, with EOI exits for so many GSIs.
    case split(reservedGSIs: Int)
    /// Local APICs, IOAPIC and 8259.
    case kernel
}

extension VirtualMachine {
    /// Gives the VM its interrupt controllers, before any vCPU. Errors: EEXIST, EINVAL.
    package func create(_ irqchip: GuestIRQChip) throws(KVMError) {
        switch irqchip {
        case .split(let count): try enableSplitIRQChip(reservedGSIs: count)
        case .kernel: try createIRQChip()
        }
    }
}
