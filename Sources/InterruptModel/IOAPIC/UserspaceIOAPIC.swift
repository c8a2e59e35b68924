/// The IOAPIC of a split irqchip: the model's own IOAPIC in front of a real KVM.
///
/// It is not a second implementation. What it delivers goes out by the `InterruptBus`, and what
/// comes back is KVM's EOI exit.
public struct UserspaceIOAPIC {
    private var ioapic: IOAPIC<WideSpace>
    private let configuration: Configuration<WideSpace>

    /// The IOAPIC of this setup, all lines low.
    public init(_ setup: MachineSetup) {
        configuration = setup.configuration(in: WideSpace())
        ioapic = setup.ioapic(in: WideSpace())
    }

    /// Pins whose Remote IRR is set.
    public var remoteIRR: PinSet { ioapic.remoteIRR }

    /// The pins that exist, each with its entry.
    public var entries: [(pin: Int, entry: RedirectionEntry)] {
        configuration.pins.elements.map { ($0, ioapic.entry($0)) }
    }

    /// Whether a level pin has this vector.
    public func hasLevelPin(for vector: UInt8) -> Bool {
        ioapic.hasLevelPin(for: Int(vector), configuration)
    }

    /// Performs a host step of the IOAPIC.
    /// - Returns: false when the action is not enabled, or not one of the IOAPIC's.
    public mutating func perform<Bus: InterruptBus, Sink: EventSink>(
        _ action: Action, on bus: inout Bus, into sink: inout Sink
    ) -> Bool {
        ioapic.perform(action, configuration, &bus, &sink)
    }

    /// Handles `KVM_EXIT_IOAPIC_EOI`, which says nothing but the vector.
    /// - Parameters:
    ///   - vcpu: the vCPU that exits.
    ///   - rising: a pin whose line rises while the EOI is handled.
    public mutating func handleEOI<Bus: InterruptBus, Sink: EventSink>(
        of vector: UInt8, by vcpu: UInt8 = 0, rising: UInt8?, on bus: inout Bus,
        into sink: inout Sink
    ) {
        ioapic.end(
            Int(vector), by: vcpu, as: .entry, isSuppressed: false,
            rising: rising.map(Int.init) ?? -1,
            configuration, &bus, &sink)
    }

    /// A line rises while an EOI is under way, if it has not yet.
    public mutating func rise<Bus: InterruptBus, Sink: EventSink>(
        _ pin: UInt8, on bus: inout Bus, into sink: inout Sink
    ) {
        ioapic.rise(Int(pin), configuration, &bus, &sink)
    }

    /// The guest writes the IOAPIC's EOI register.
    public mutating func writeEOIRegister<Bus: InterruptBus, Sink: EventSink>(
        _ vector: UInt8, on bus: inout Bus, into sink: inout Sink
    ) {
        ioapic.endDirectly(Int(vector), by: 0, configuration, &bus, &sink)
    }

    /// The guest ends a level interrupt at the IOAPIC itself.
    public mutating func endByGuest<Bus: InterruptBus, Sink: EventSink>(
        _ vector: UInt8, on bus: inout Bus, into sink: inout Sink
    ) {
        guard let pins = ioapic.pinsToToggle(toEnd: Int(vector), configuration) else {
            return writeEOIRegister(vector, on: &bus, into: &sink)
        }
        for pin in pins.elements {
            let entry = ioapic.entry(pin)
            ioapic.write(pin, entry.maskedEdge, configuration, &bus, &sink)
            ioapic.write(pin, entry, configuration, &bus, &sink)
        }
    }
}
