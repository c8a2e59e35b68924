internal import AgentFace
internal import InterruptModel

/// What this tool itself has handed off to a secure guest as level and has not yet seen ended: all
/// that there is to go by where KVM does not tell what it has noted.
///
/// A vector counts while its pin's Remote IRR says that KVM has served it and completed nothing,
/// and the guest's page shows that VMRUN has brought it. It errs on the safe side: never again once
/// the guest can have had the vector without a hand-off that KVM notes.
struct HandedOff {
    private var doubtful: WideVectors
    /// Whether nothing can be told of this guest any more.
    private var isLost = false

    /// - Parameter edges: vectors of edge pins: KVM notes none of them, and forgets that a level
    ///   request came before.
    init(edges: [UInt8]) { doubtful = WideVectors(edges) }

    /// The guest is told to do this.
    mutating func note(_ command: AgentCommand) {
        switch command {
        case .selfIPI(let vector): doubtful.insert(Int(vector))
        // KVM drops what is for an APIC that is off, and may forget what it has noted.
        case .spiv, .reset, .icr: isLost = true
        default: break
        }
    }

    /// The host does this to the guest's interrupts.
    mutating func note(_ action: Action) {
        switch action.verb {
        case .vmm(.msi): doubtful.insert(Int(action.first))
        case .ioapic(.assert), .ioapic(.deassert), .ioapic(.reassert), .ioapic(.assertStatus),
            .ioapic(.irqfd), .ioapic(.mask), .ioapic(.unmask):
            break
        default: isLost = true
        }
    }

    /// What KVM has to have noted.
    /// - Parameters:
    ///   - served: vectors of level pins whose Remote IRR is set.
    ///   - page: what waits or is in service in the guest's page.
    func noted(_ served: WideVectors, in page: WideVectors) -> WideVectors {
        isLost ? WideVectors() : served.intersection(page).subtracting(doubtful)
    }
}
