/// The liveness question of a search: is there, from a state where a line is high, always a way for
/// its interrupt to be taken without another line's help?
extension PackableMachine {
    /// Level pins whose line is high, unmasked and directed at the vCPU: an interrupt is owed.
    var waitingPins: PinSet {
        let ioapic = ioapic
        var candidates = ioapic.irr.intersection(ioapic.level).subtracting(ioapic.masked)
        var waiting = PinSet()
        while case let pin = candidates.popLowest(), pin >= 0 {
            // The machine has one vCPU, 0; 0xFF is broadcast.
            if [0, 0xFF].contains(ioapic.destinations[pin]) { waiting.insert(pin) }
        }
        return waiting
    }

    /// The pins with one of these vectors, as bits.
    func pins(with vectors: NarrowVectors) -> UInt8 {
        let ioapic = ioapic
        var result: UInt8 = 0
        for pin in configuration.pins.elements where vectors.contains(ioapic.vectors[pin]) {
            result |= 1 << UInt8(pin)
        }
        return result
    }
}

/// Remembers which vectors the guest took.
struct AcceptMonitor: EventSink {
    private(set) var accepted = NarrowVectors()

    mutating func note(_ event: Event) {
        if case .accepted(let vector) = event { accepted.insert(Int(vector)) }
    }
}

extension Action {
    /// Whether a device asks for service with it.
    var comesFromDevice: Bool {
        switch self {
        case .assert, .reassert, .assertStatus, .irqfd, .msi, .eoiRaising: true
        default: false
        }
    }

    /// The pin whose line it lowers.
    var loweredPin: UInt8? {
        if case .deassert(let pin) = self { pin } else { nil }
    }
}
