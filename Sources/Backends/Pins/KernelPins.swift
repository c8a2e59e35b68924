internal import InterruptModel
internal import KVMHost
internal import Lockstep

/// The pins of KVM's own IOAPIC. Lines are ioctls; redirection entries are written by the guest,
/// half by half as a guest does it, because `KVM_SET_IRQCHIP` follows other rules than a write
/// (kvm-interrupts §5).
final class KernelPins: PinDriver {
    /// The writable part of each entry as last written.
    private var entries: [Int: RedirectionEntry] = [:]
    private var resamplers: [Resampler] = []
    private let resampledPins: [UInt8]

    /// A pin's resample irqfd, as VFIO uses it for a level-triggered device. It is there for the
    /// acknowledgement; what raises the line comes and goes (`signal`).
    private final class Resampler {
        let pin: UInt8
        let idle: EventFD
        /// KVM signals it at the acknowledgement.
        let resampled: EventFD

        init(pin: UInt8, on guest: any PinnedGuest) throws(KVMError) {
            let idle = try guest.vm.eventFD()
            let resampled = try guest.vm.eventFD()
            try guest.vm.assignIRQFD(idle, gsi: UInt32(pin), resampler: resampled)
            self.pin = pin
            self.idle = idle
            self.resampled = resampled
        }
    }

    init(_ setup: MachineSetup) {
        resampledPins = setup.pins.filter(\.resampler).map(\.pin)
        for pin in setup.pins {
            entries[Int(pin.pin)] = RedirectionEntry(
                vector: Int(pin.vector), destination: pin.destination,
                level: pin.trigger == .level, masked: pin.masked)
        }
    }

    func start(on guest: any PinnedGuest) throws(KVMError) {
        try guest.vm.setIOAPICRoutes(pins: entries.keys.sorted())
        var registers = try guest.vm.ioapic()
        for (pin, entry) in entries { registers[pin] = entry.bits }
        try guest.vm.setIOAPIC(registers)
        for pin in resampledPins {
            resamplers.append(try Resampler(pin: pin, on: guest))
        }
    }

    func perform(_ action: Action, on guest: any PinnedGuest) throws(BackendFailure) {
        let pin = action.first
        switch action.verb {
        case .ioapic(.assert), .ioapic(.reassert): try set(pin, high: true, guest)
        case .ioapic(.deassert): try set(pin, high: false, guest)
        case .ioapic(.assertStatus):
            let status = try BackendFailure.translating { () throws(KVMError) in
                try guest.vm.irqLineStatus(gsi: UInt32(pin), level: true)
            }
            guest.events.note(.lineStatus(Int8(truncatingIfNeeded: status)))
        case .ioapic(.irqfd): try signal(pin, guest)
        case .ioapic(.mask): try write(pin, guest) { $0.masked = true }
        case .ioapic(.unmask): try write(pin, guest) { $0.masked = false }
        case .ioapic(.trigger): try write(pin, guest) { $0.level = action.second != 0 }
        case .ioapic(.vector): try write(pin, guest) { $0.vector = Int(action.second) }
        case .ioapic(.rewrite): try write(pin, guest) { _ in }
        case .ioapic(.retarget):
            try retarget(pin, Destination(code: action.second), guest)
        // KVM does its delayed work by itself, and soon.
        case .ioapic(.delayedWork), .vmm, .hypervisor, .guest, .access:
            throw .failed("KVM's own IOAPIC cannot “\(action)” here")
        }
    }

    private func set(_ pin: UInt8, high: Bool, _ guest: any PinnedGuest) throws(BackendFailure) {
        try BackendFailure.translating { () throws(KVMError) in
            try guest.vm.irqLine(gsi: UInt32(pin), level: high)
        }
    }

    /// Raises line source 1 by an irqfd. KVM does it from a work queue, and that it has done so
    /// does not show in a line that is high already, nor in an edge. So an irqfd of its own raises
    /// the line and is taken away at once: KVM lets go of it only when its work is done, and the
    /// line's source stays up, for the pin's other irqfd keeps the resampler.
    private func signal(_ pin: UInt8, _ guest: any PinnedGuest) throws(BackendFailure) {
        guard let resampler = resamplers.first(where: { $0.pin == pin }) else { return }
        try BackendFailure.translating { () throws(KVMError) in
            let trigger = try guest.vm.eventFD()
            try guest.vm.assignIRQFD(trigger, gsi: UInt32(pin), resampler: resampler.resampled)
            try trigger.signal()
            try guest.vm.removeIRQFD(trigger, gsi: UInt32(pin))
        }
    }

    func announcements() throws(BackendFailure) -> [Event] {
        var events: [Event] = []
        for resampler in resamplers {
            let count = try BackendFailure.translating { () throws(KVMError) in
                try resampler.resampled.take()
            }
            for _ in 0..<count { events.append(.resampled(pin: resampler.pin)) }
        }
        return events
    }

    /// Writes one half of an entry: the destination is the high one, all else the low one.
    private func write(
        _ pin: UInt8, _ guest: any PinnedGuest, high: Bool = false,
        _ change: (inout RedirectionEntry) -> Void
    ) throws(BackendFailure) {
        guard var entry = entries[Int(pin)] else { return }
        change(&entry)
        entries[Int(pin)] = entry
        let register = 0x10 + 2 * UInt32(pin) + (high ? 1 : 0)
        let half = high ? entry.bits >> 32 : entry.bits & 0xFFFF_FFFF
        try guest.store(register, at: IOAPICRegisters.select)
        try guest.store(UInt32(half), at: IOAPICRegisters.window)
    }

    /// Gives an entry another destination: its high half, and behind it the low one where the mode
    /// changes, as a guest writes a whole entry (`__ioapic_write_entry`,
    /// arch/x86/kernel/apic/io_apic.c).
    private func retarget(
        _ pin: UInt8, _ destination: Destination, _ guest: any PinnedGuest
    ) throws(BackendFailure) {
        let wasLogical = entries[Int(pin)]?.destination.isLogical ?? false
        try write(pin, guest, high: true) {
            $0.destination = Destination(destination.number, isLogical: wasLogical)
        }
        guard wasLogical != destination.isLogical else { return }
        try write(pin, guest) { $0.destination = destination }
    }

    func handleEOI(
        of vector: UInt8, by vcpu: UInt8, rising: UInt8?, on guest: any PinnedGuest
    ) throws(BackendFailure) {
        throw .failed("KVM reported the EOI of \(Spelling.vector(vector)) though it has the IOAPIC")
    }

    func rise(_ pin: UInt8, on guest: any PinnedGuest) throws(BackendFailure) {
        throw .failed("nobody can act in the middle of an EOI that KVM handles itself")
    }

    /// Version 0x11 has no such register and ignores the write.
    func writeEOIRegister(_ vector: UInt8, on guest: any PinnedGuest) throws(BackendFailure) {
        try guest.store(UInt32(vector), at: IOAPICRegisters.eoi)
    }

    func endByGuest(_ vector: UInt8, on guest: any PinnedGuest) throws(BackendFailure) {
        for (pin, entry) in entries.sorted(by: { $0.key < $1.key })
        where entry.level && entry.vector == Int(vector) {
            let pin = UInt8(truncatingIfNeeded: pin)
            try write(pin, guest) { $0 = entry.maskedEdge }
            try write(pin, guest) { $0 = entry }
        }
    }

    func hasLevelPin(for vector: UInt8) -> Bool {
        entries.values.contains { $0.level && $0.vector == Int(vector) }
    }

    func remoteIRR(on guest: any PinnedGuest) throws(BackendFailure) -> PinSet {
        try BackendFailure.translating { () throws(KVMError) in
            PinSet(bits: try guest.vm.ioapic().remoteIRR)
        }
    }
}

extension RedirectionEntry {
    /// The entry as the IOAPIC holds it, Remote IRR clear.
    fileprivate var bits: UInt64 {
        IOAPICRegisters.entry(
            vector: UInt8(truncatingIfNeeded: vector),
            destination: destination.number, isLogical: destination.isLogical, level: level,
            masked: masked)
    }
}
