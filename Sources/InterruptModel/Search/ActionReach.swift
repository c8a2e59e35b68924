internal import StateExplorer

extension Action {
    /// What an atomic action looks at or changes of the two parts of a state that vary most, the
    /// lines and the interrupt flag; nil where that is not known to be little.
    ///
    /// It follows from what the rules are given: host steps get IOAPIC and local APIC, and a line
    /// that moves concerns its pin alone; the hand-off from KVM to the page sees no IOAPIC, and no
    /// flag before `accept`; `sti` and `cli` look at the flag and at what is in service. In a debug
    /// build every transition that is found by it is compared with the rules' own.
    func reach(_ configuration: Configuration<NarrowSpace>) -> ActionReach? {
        switch self {
        case .assert(let pin), .deassert(let pin): .line(Int(pin))
        case .inject, .vmrun: .neither
        case .sti, .cli: .interruptFlag
        // A host that ends what the guest accepts goes on to the IOAPIC.
        case .accept: configuration.endsAtDelivery ? nil : .interruptFlag
        default: nil
        }
    }
}

enum ActionReach: Sendable {
    case line(Int)
    case interruptFlag
    case neither
}

extension StateLayout {
    /// The lowest bits of a word but for those that lie beyond an action's reach.
    func bits(within reach: ActionReach) -> UInt64 {
        let own: UInt64 =
            switch reach {
            case .line(let pin): 1 << UInt64(lines.shift + pin)
            case .interruptFlag: interruptFlag.mask << UInt64(interruptFlag.shift)
            case .neither: 0
            }
        let varying =
            lines.mask << UInt64(lines.shift)
            | interruptFlag.mask << UInt64(interruptFlag.shift)
        return ~varying | own
    }
}
