import Testing

@testable import InterruptModel

/// A real KVM's stand-in: it notes what the userspace IOAPIC sends, and accepts as told.
private struct RecordingBus: InterruptBus {
    enum Message: Equatable {
        case delivered(pin: Int, vector: Int, level: Bool)
        case written(pin: Int, masked: Bool)
    }

    var messages: [Message] = []
    var accepts = 1

    mutating func deliver<Space: VectorSpace, Sink: EventSink>(
        pin: Int, entry: RedirectionEntry, in space: Space, into sink: inout Sink
    ) -> Delivery {
        messages.append(.delivered(pin: pin, vector: entry.vector, level: entry.level))
        return Delivery(count: accepts)
    }

    mutating func entryWritten<Space: VectorSpace>(
        pin: Int, from old: RedirectionEntry, to entry: RedirectionEntry,
        _ configuration: Configuration<Space>
    ) {
        messages.append(.written(pin: pin, masked: entry.masked))
    }
}

/// The model's IOAPIC in front of a split irqchip (kvm-interrupts §2–§6, from userspace).
@Suite("The model's IOAPIC before a split irqchip (kvm-interrupts §2–§6)")
struct UserspaceIOAPICTests {
    private var ioapic = UserspaceIOAPIC(.plain(.low, .high))
    private var bus = RecordingBus()
    private var trace = EventTrace()

    @Test(
        "A level line goes out once, and again by the EOI while it is high (kvm-interrupts §2, §6)")
    mutating func level() {
        #expect(ioapic.perform(.assert(pin: 2), on: &bus, into: &trace))
        #expect(ioapic.perform(.reassert(pin: 2), on: &bus, into: &trace))
        #expect(bus.messages == [.delivered(pin: 2, vector: 0x31, level: true)])
        #expect(ioapic.remoteIRR == [2])
        ioapic.handleEOI(of: 0x31, rising: nil, on: &bus, into: &trace)
        #expect(trace.events == [.acks(2, 0x31)])
        #expect(bus.messages.count == 2)
        #expect(ioapic.perform(.deassert(pin: 2), on: &bus, into: &trace))
        ioapic.handleEOI(of: 0x31, rising: nil, on: &bus, into: &trace)
        #expect(bus.messages.count == 2)
        #expect(ioapic.remoteIRR == [])
    }

    @Test("Each pin of the vector goes by its own trigger mode (QEMU, ioapic_eoi_broadcast)")
    mutating func mixedModes() {
        var mixed = UserspaceIOAPIC(
            .plain(.low, PinSetup(pin: 3, vector: 0x31, trigger: .edge)))
        _ = mixed.perform(.assert(pin: 2), on: &bus, into: &trace)
        _ = mixed.perform(.assert(pin: 3), on: &bus, into: &trace)
        bus.messages = []
        mixed.handleEOI(of: 0x31, rising: nil, on: &bus, into: &trace)
        #expect(trace.events == [.acks(2, 0x31), .acks(3, 0x31)])
        #expect(mixed.remoteIRR == [2])
        // The level line is still high and goes again; the edge was delivered once.
        #expect(bus.messages == [.delivered(pin: 2, vector: 0x31, level: true)])
    }

    @Test("A line that rises during the EOI goes out (kvm-interrupts §6 step 1)")
    mutating func rising() {
        _ = ioapic.perform(.assert(pin: 2), on: &bus, into: &trace)
        _ = ioapic.perform(.deassert(pin: 2), on: &bus, into: &trace)
        bus.messages = []
        ioapic.handleEOI(of: 0x31, rising: 3, on: &bus, into: &trace)
        #expect(bus.messages == [.delivered(pin: 3, vector: 0x41, level: true)])
        #expect(ioapic.remoteIRR == [3])
    }

    @Test(
        "Routes follow an entry before anything is delivered through them (kvm-interrupts §5, §9)")
    mutating func routesFirst() {
        _ = ioapic.perform(.mask(pin: 2), on: &bus, into: &trace)
        _ = ioapic.perform(.assert(pin: 2), on: &bus, into: &trace)
        _ = ioapic.perform(.unmask(pin: 2), on: &bus, into: &trace)
        #expect(
            bus.messages == [
                .written(pin: 2, masked: true), .written(pin: 2, masked: false),
                .delivered(pin: 2, vector: 0x31, level: true),
            ])
    }

    @Test(
        "Remote IRR goes by the result: 0 leaves it clear, below 0 sets it (kvm-interrupts §3)",
        arguments: [(-1, true), (0, false), (1, true), (2, true)])
    mutating func acceptance(accepted: Int, isSet: Bool) {
        bus.accepts = accepted
        #expect(ioapic.perform(.assertStatus(pin: 2), on: &bus, into: &trace))
        #expect(trace.events == [.lineStatus(Int8(accepted))])
        #expect(ioapic.remoteIRR == (isSet ? [2] : []))
    }

    @Test("The EOI register ends level pins of version 0x20 (story S11)")
    mutating func eoiRegister() {
        var newer = UserspaceIOAPIC(MachineSetup.plain(.low).with { $0.hasEOIRegister = true })
        _ = newer.perform(.assert(pin: 2), on: &bus, into: &trace)
        _ = newer.perform(.deassert(pin: 2), on: &bus, into: &trace)
        newer.writeEOIRegister(0x31, on: &bus, into: &trace)
        #expect(newer.remoteIRR == [])
        _ = ioapic.perform(.assert(pin: 2), on: &bus, into: &trace)
        ioapic.writeEOIRegister(0x31, on: &bus, into: &trace)
        #expect(ioapic.remoteIRR == [2], "version 0x11 has none")
    }

    @Test("It knows its entries, and performs nothing that is not an IOAPIC's")
    mutating func bounds() {
        #expect(ioapic.entries.map(\.pin) == [2, 3])
        #expect(ioapic.entries.map(\.entry.vector) == [0x31, 0x41])
        for action in [Action.eoi, .msi(vector: 0x31), .inject, .reset, .delayedWork] {
            #expect(!ioapic.perform(action, on: &bus, into: &trace))
        }
        #expect(bus.messages == [] && trace.events == [])
    }
}
