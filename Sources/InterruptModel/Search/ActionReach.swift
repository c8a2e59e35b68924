internal import StateExplorer

extension Action {
    /// What a single action looks at or changes of the two parts of a state that vary most, the
    /// lines and the interrupt flag; nil where that is not known to be little. In a debug build
    /// every transition that is found by it is compared with the rules' own.
    func reach(_ configuration: Configuration<NarrowSpace>) -> ActionReach? {
        switch facts.reach {
        case .line: .line(Int(first))
        case .neither: .neither
        // A host that ends what the guest accepts goes on to the IOAPIC.
        case .interruptFlag:
            self == .accept && configuration.endsAtDelivery ? nil : .interruptFlag
        case .unknown: nil
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
