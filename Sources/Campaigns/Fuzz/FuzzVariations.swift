internal import InterruptModel

/// Something about a machine that random scenarios vary, and that shrinking sets back.
///
/// The usual value is that of a scenario file which does not say it, so that what is set back is
/// not written.
struct FuzzVariation: Sendable {
    /// Where it is tried: nil and an empty scope are everywhere.
    struct Place: Sendable {
        var scope: FuzzScope = []
        var kind: MachineKind?
        var irqchip: IRQChip?
        /// It is one of the assumptions, which the user may have settled.
        var isAssumption = false

        func fits(_ options: FuzzOptions) -> Bool {
            scope.isPart(of: options.scopes)
                && (kind == nil || kind == options.kind)
                && (irqchip == nil || irqchip == options.irqchip)
                && !(isAssumption && options.assumptions != nil)
        }
    }

    private let place: Place
    private let vary: @Sendable (inout MachineSetup, inout FuzzRandom) -> Void
    /// Sets it back; of all pins, or of one.
    private let settle: @Sendable (inout MachineSetup, UInt8?) -> Void

    /// The machine with this at random.
    func varied(_ setup: MachineSetup, _ random: inout FuzzRandom) -> MachineSetup {
        var setup = setup
        vary(&setup, &random)
        return setup
    }

    /// The machine with this as usual, wherever it has it.
    func settled(_ setup: MachineSetup) -> MachineSetup {
        var setup = setup
        settle(&setup, nil)
        return setup
    }

    /// The machine with this as usual on one pin; unchanged where it is no matter of pins.
    func settled(_ setup: MachineSetup, pin: UInt8) -> MachineSetup {
        var setup = setup
        settle(&setup, pin)
        return setup
    }

    /// Something of the whole machine that has one of `values` once in `chances` times.
    private static func machine<Value: Equatable & Sendable>(
        _ path: any WritableKeyPath<MachineSetup, Value> & Sendable, once chances: Int,
        _ values: [Value], _ place: Place = Place()
    ) -> Self {
        let usual = MachineSetup()[keyPath: path]
        return Self(place: place) { setup, random in
            if random.once(in: chances) { setup[keyPath: path] = random.pick(values) }
        } settle: { setup, pin in
            if pin == nil { setup[keyPath: path] = usual }
        }
    }

    /// Something of each pin.
    private static func pins<Value: Equatable & Sendable>(
        _ path: any WritableKeyPath<PinSetup, Value> & Sendable, once chances: Int,
        _ values: [Value], _ place: Place = Place()
    ) -> Self {
        let usual = PinSetup(pin: 0, vector: 0)[keyPath: path]
        return Self(place: place) { setup, random in
            for index in setup.pins.indices where random.once(in: chances) {
                setup.pins[index][keyPath: path] = random.pick(values)
            }
        } settle: { setup, pin in
            for index in setup.pins.indices where pin == nil || setup.pins[index].pin == pin {
                setup.pins[index][keyPath: path] = usual
            }
        }
    }

    /// Which vectors the guest has allowed at the start: each of the pins', or not.
    private static let allowed = Self(
        place: Place(scope: .hostile, kind: .secure)
    ) { setup, random in
        guard random.once(in: 4) else { return }
        setup.allowed = Set(setup.pins.map(\.vector)).sorted().filter { _ in random.once(in: 2) }
    } settle: { setup, pin in
        if pin == nil { setup.allowed = nil }
    }

    private static let assumptions = AxisEntry.ofHardware.map { axis in
        machine(\.[axis], once: 2, axis.words, Place(kind: .secure, isAssumption: true))
    }

    /// All of them, in the order in which they are drawn.
    static let all: [FuzzVariation] = assumptions + others

    private static let others: [FuzzVariation] = [
        machine(\.guestEOI, once: 2, [.native, .linuxToggle], Place(kind: .secure)),
        machine(\.guestEOI, once: 2, [.ghcb, .both], Place(scope: .hostile, kind: .secure)),
        machine(\.savicEnabled, once: 8, [false], Place(kind: .secure)), allowed,
        machine(\.nesting, once: 2, [true]), machine(\.interruptsEnabled, once: 4, [false]),
        machine(\.apicEnabled, once: 12, [false], Place(scope: .hostile)),
        machine(\.broadcastSuppression, once: 3, [.disabled], Place(scope: .hostile)),
        machine(
            \.broadcastSuppression, once: 3, [.enabled],
            Place(scope: .hostile, irqchip: .split)),
        // KVM's own IOAPIC is of version 0x11.
        machine(\.hasEOIRegister, once: 3, [true], Place(scope: .hostile, irqchip: .split)),
        pins(\.trigger, once: 4, [.edge]), pins(\.masked, once: 8, [true]),
        pins(\.destination, once: 8, [.broadcast]),
        pins(\.destination, once: 8, [1], Place(scope: .routes)),
        pins(\.resampler, once: 3, [true]), pins(\.notifier, once: 6, [true]),
    ]

    /// How many vCPUs there are, and which of them a pin's interrupts are for. A destination that
    /// changes in flight, or is nobody's, is another matter (`FuzzScope.routes`).
    private static func vcpus(upTo most: Int) -> Self {
        Self(place: Place(scope: .several)) { setup, random in
            setup.vcpus = 1 + random.below(most)
            guard setup.vcpus > 1 else { return }
            let each = (0..<UInt8(setup.vcpus)).map { Destination($0) }
            for index in setup.pins.indices {
                setup.pins[index].destination =
                    random.once(in: 3)
                    ? random.pick(wideDestinations(of: setup.vcpus)) : random.pick(each)
            }
        } settle: { _, _ in
            // Steps may be on a vCPU that would go (`Shrinker`); destinations settle as ever.
        }
    }

    /// Destinations of more than a physical identifier: all, and logical sets.
    static func wideDestinations(of vcpus: Int) -> [Destination] {
        guard vcpus > 1 else { return [.broadcast] }
        let last = UInt8(1) << UInt8(vcpus - 1)
        return [.broadcast] + [last, last | 1].map { Destination($0, isLogical: true) }
    }

    /// Those that a campaign varies.
    static func all(in options: FuzzOptions) -> [FuzzVariation] {
        ([vcpus(upTo: options.vcpus)] + all).filter { $0.place.fits(options) }
    }
}
