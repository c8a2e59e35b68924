/// KVM's IOAPIC: 24 pins with their line sources and redirection entries.
///
/// Rules: kvm-interrupts §1–§6 (`arch/x86/kvm/ioapic.c`). The same code predicts, and plays the
/// userspace IOAPIC of a split irqchip; what differs is the `InterruptBus` behind it.
public struct IOAPIC<Space: VectorSpace>: Hashable, Sendable, BitwiseCopyable {
    /// Line source 0: userspace (KVM_IRQ_LINE).
    public internal(set) var lines = PinSet()
    /// Line source 1: resample irqfds.
    public internal(set) var resampleLines = PinSet()
    /// The OR of a pin's sources as last presented, whatever its trigger mode.
    public internal(set) var irr = PinSet()

    /// Redirection entry bit 14: a level interrupt was delivered and not yet ended.
    public internal(set) var remoteIRR = PinSet()
    /// Redirection entry bit 16.
    public internal(set) var masked = PinSet()
    /// Redirection entry bit 15.
    public internal(set) var level = PinSet()
    /// Redirection entry bits 7:0, as indices of the space.
    public internal(set) var vectors = Space.PinNumbers()
    /// Redirection entry bits 63:56 and 11, as codes.
    public internal(set) var destinations = Space.PinDestinations()
    /// The vCPUs that took the level interrupt which Remote IRR stands for, as a set of numbers.
    /// No register has it: it tells whose EOI is an EOI of the pin. Kept where there are several.
    var takers = Space.PinNumbers()

    /// EOIs in a row that found the line still high (`irq_eoi`).
    var successiveEOIs = Space.PinCounters()
    /// Pins whose next delivery is left to delayed work.
    public internal(set) var delayed = PinSet()
    /// What KVM_IRQ_LINE_STATUS has delivered of the RTC.
    var rtc = RTCStatus()

    /// All lines low; each entry unmasked, edge, with vector and destination 0.
    public init() {}

    /// The writable part of a pin's redirection entry.
    public func entry(_ pin: Int) -> RedirectionEntry {
        RedirectionEntry(
            vector: vectors[pin], destination: destination(of: pin),
            level: level.contains(pin), masked: masked.contains(pin))
    }

    /// Whom a pin's messages are for.
    func destination(of pin: Int) -> Destination {
        Destination(code: UInt16(truncatingIfNeeded: destinations[pin]))
    }

    /// Whether a level pin has this vector: what a guest knows that programmed them.
    func hasLevelPin(for vector: Int, _ configuration: Configuration<Space>) -> Bool {
        !levelPins(of: vector, configuration).isEmpty
    }

    /// The level pins that have this vector.
    func levelPins(of vector: Int, _ configuration: Configuration<Space>) -> PinSet {
        var found = PinSet()
        var pins = configuration.pins.intersection(level)
        while case let pin = pins.popLowest(), pin >= 0 {
            if vectors[pin] == vector { found.insert(pin) }
        }
        return found
    }

    /// A level interrupt of a pin was delivered.
    @inline(__always)
    mutating func setRemoteIRR(
        _ pin: Int, takenBy vcpus: ProcessorMask, _ configuration: Configuration<Space>
    ) {
        remoteIRR.insert(pin)
        if configuration.vcpus > 1 { takers[pin] = Int(vcpus) }
    }

    @inline(__always)
    mutating func clearRemoteIRR(_ pin: Int, _ configuration: Configuration<Space>) {
        remoteIRR.remove(pin)
        if configuration.vcpus > 1 { takers[pin] = 0 }
    }

    /// Sets an entry up before the machine starts; nothing is delivered.
    mutating func program(_ pin: Int, _ entry: RedirectionEntry) {
        vectors[pin] = entry.vector
        destinations[pin] = Int(entry.destination.code)
        level.set(pin, to: entry.level)
        masked.set(pin, to: entry.masked)
    }
}

/// The part of a redirection entry that software writes. Delivery mode is always fixed: what Secure
/// AVIC guests use (secure-avic §5).
public struct RedirectionEntry: Hashable, Sendable, BitwiseCopyable {
    /// Index of the vector.
    public var vector: Int
    /// Bits 63:56, and bit 11 for their mode.
    public var destination: Destination
    /// Bit 15: level-triggered, else edge.
    public var level: Bool
    /// Bit 16: the pin delivers nothing.
    public var masked: Bool

    /// The vector as an index of the space.
    public init(vector: Int, destination: Destination, level: Bool, masked: Bool) {
        self.vector = vector
        self.destination = destination
        self.level = level
        self.masked = masked
    }

    /// The entry as Linux has it for a moment to clear Remote IRR of an IOAPIC without an EOI
    /// register (`__eoi_ioapic_pin`, arch/x86/kernel/apic/io_apic.c).
    public var maskedEdge: RedirectionEntry {
        RedirectionEntry(vector: vector, destination: destination, level: false, masked: true)
    }
}

/// Where an IOAPIC's interrupts go: the model's own local APICs, or a real KVM.
public protocol InterruptBus {
    /// Delivers a fixed interrupt.
    /// - Parameter space: whose rules hold for a local APIC that the model plays.
    mutating func deliver<Space: VectorSpace, Sink: EventSink>(
        pin: Int, entry: RedirectionEntry, in space: Space, into sink: inout Sink
    ) -> Delivery

    /// A redirection entry was written: the handled vectors are stale, and a split irqchip's
    /// routes have to follow before anything is delivered through them.
    mutating func entryWritten<Space: VectorSpace>(
        pin: Int, from old: RedirectionEntry, to entry: RedirectionEntry,
        _ configuration: Configuration<Space>)
}

/// What became of a message.
public struct Delivery: Sendable, BitwiseCopyable {
    /// How many local APICs accepted it; below 0 when KVM found no destination at all.
    public let count: Int
    /// Which ones, as a set of their vCPUs' numbers; none where nobody says it.
    let vcpus: ProcessorMask

    /// A real KVM says how many, and not which.
    public init(count: Int) { (self.count, vcpus) = (count, 0) }

    init(to vcpus: ProcessorMask) { (count, self.vcpus) = (vcpus.nonzeroBitCount, vcpus) }
}
