internal import StateExplorer

extension Action {
    /// What a single action looks at or changes of the two parts of a state that vary most, the
    /// lines and the interrupt flags; nil where that is not known to be little. In a debug build
    /// every transition that is found by it is compared with the rules' own.
    func reach(_ configuration: Configuration<NarrowSpace>) -> ActionReach? {
        switch facts.reach {
        case .line: .line(Int(first))
        case .neither: .neither
        // A host that ends what the guest accepts goes on to the IOAPIC.
        case .interruptFlag:
            verb == .hypervisor(.accept) && configuration.endsAtDelivery
                ? nil : .interruptFlag(of: Int(vcpu))
        case .unknown: nil
        }
    }
}

enum ActionReach: Sendable {
    case line(Int)
    case interruptFlag(of: Int)
    case neither
}

extension StateLayout {
    /// The lowest bits of a word but for those that lie beyond an action's reach.
    func bits(within reach: ActionReach) -> UInt64 {
        let own: UInt64 =
            switch reach {
            case .line(let pin): 1 << UInt64(lines.shift + pin)
            case .interruptFlag(let vcpu): self[vcpu: vcpu].interruptFlag.bits
            case .neither: 0
            }
        let flags = others.reduce(first.interruptFlag.bits) { $0 | $1.interruptFlag.bits }
        return ~(lines.bits | flags) | own
    }
}
