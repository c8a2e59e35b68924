/// The liveness question of a search: is there, from a state where a line is high, always a way for
/// its interrupt to be taken without another line's help?
extension Machine where CPU: PackableCPU {
    /// Level pins whose line is high, unmasked and directed at a vCPU: an interrupt is owed. A
    /// line that userspace holds is high also where KVM has dropped the level it was presented.
    var owedPins: PinSet {
        let ioapic = state.ioapic
        let high = ioapic.lines.union(ioapic.irr)
        var candidates = high.intersection(ioapic.level).subtracting(ioapic.masked)
        var waiting = PinSet()
        while case let pin = candidates.popLowest(), pin >= 0 {
            let destination = ioapic.destination(of: pin)
            if (0..<state.vcpus.count).contains(where: { destination.includes(UInt8($0)) }) {
                waiting.insert(pin)
            }
        }
        return waiting
    }

    /// Pins that a step of a vCPU has served: the guest took their interrupt, or KVM has dropped
    /// the level of a resample irqfd and told its owner, who raises the line again while the device
    /// asks.
    func served(_ monitor: LivenessMonitor, by vcpu: UInt8) -> PinSet {
        let ioapic = state.ioapic
        var served = monitor.resampled.subtracting(ioapic.lines.union(ioapic.irr))
        for pin in configuration.pins.elements
        where monitor.accepted.contains(ioapic.vectors[pin]) {
            // A vCPU may take the same vector for another pin.
            let isOwn = Processors.isOne || ioapic.takers[pin] >> Int(vcpu) & 1 != 0
            if isOwn { served.insert(pin) }
        }
        return served
    }
}

/// Remembers what served a line.
struct LivenessMonitor: EventSink {
    /// Vectors that the guest took.
    private(set) var accepted = NarrowVectors()
    /// Pins whose resamplefd was signalled.
    private(set) var resampled = PinSet()

    mutating func note(_ event: Event) {
        switch event {
        case .accepted(let vector): accepted.insert(Int(vector))
        case .resampled(let pin): resampled.insert(Int(pin))
        default: break
        }
    }
}

extension Action {
    /// Whether a device asks for service with it.
    var comesFromDevice: Bool { facts.traits.contains(.asksForService) }

    /// The pin whose line it lowers.
    var loweredPin: UInt8? {
        verb == .ioapic(.deassert) ? first : nil
    }
}
