internal import InterruptModel
internal import KVMHost

/// The pins of KVM's own IOAPIC. Lines are ioctls; redirection entries are written by the guest,
/// half by half as a guest does it, because `KVM_SET_IRQCHIP` follows other rules than a write
/// (kvm-snp-uapi §5.5).
final class KernelPins: PinDriver {
    /// The writable part of each entry as last written.
    private var entries: [Int: RedirectionEntry] = [:]

    init(_ setup: MachineSetup) {
        for pin in setup.pins {
            entries[Int(pin.pin)] = RedirectionEntry(
                vector: Int(pin.vector), destination: Int(pin.destination),
                level: pin.trigger == .level, masked: pin.masked)
        }
    }

    func start(on guest: KVMGuest) throws(KVMError) {
        try guest.machine.vm.setIOAPICRoutes(pins: entries.keys.sorted())
        var registers = try guest.machine.vm.ioapic()
        for (pin, entry) in entries { registers[pin] = entry.bits }
        try guest.machine.vm.setIOAPIC(registers)
    }

    func perform(_ action: Action, on guest: KVMGuest) throws(BackendFailure) {
        switch action {
        case .assert(let pin), .reassert(let pin): try set(pin, high: true, guest)
        case .deassert(let pin): try set(pin, high: false, guest)
        case .assertStatus(let pin):
            let status = try BackendFailure.translating { () throws(KVMError) in
                try guest.machine.vm.irqLineStatus(gsi: UInt32(pin), level: true)
            }
            guest.events.note(.lineStatus(Int8(truncatingIfNeeded: status)))
        case .mask(let pin): try write(pin, guest) { $0.masked = true }
        case .unmask(let pin): try write(pin, guest) { $0.masked = false }
        case .trigger(let pin, let trigger): try write(pin, guest) { $0.level = trigger == .level }
        case .vector(let pin, let vector): try write(pin, guest) { $0.vector = Int(vector) }
        case .rewrite(let pin): try write(pin, guest) { _ in }
        case .retarget(let pin, let destination):
            try write(pin, guest, high: true) { $0.destination = Int(destination) }
        default:
            throw .failed("KVM's own IOAPIC cannot “\(action.spelling(in: WideSpace()))” here")
        }
    }

    private func set(_ pin: UInt8, high: Bool, _ guest: KVMGuest) throws(BackendFailure) {
        try BackendFailure.translating { () throws(KVMError) in
            try guest.machine.vm.irqLine(gsi: UInt32(pin), level: high)
        }
    }

    /// Writes one half of an entry: the destination is the high one, all else the low one.
    private func write(
        _ pin: UInt8, _ guest: KVMGuest, high: Bool = false,
        _ change: (inout RedirectionEntry) -> Void
    ) throws(BackendFailure) {
        guard var entry = entries[Int(pin)] else { return }
        change(&entry)
        entries[Int(pin)] = entry
        let register = 0x10 + 2 * UInt32(pin) + (high ? 1 : 0)
        let half = high ? entry.bits >> 32 : entry.bits & 0xFFFF_FFFF
        try guest.store(register, at: PlainLayout.ioapic)
        try guest.store(UInt32(half), at: PlainLayout.ioapic + 0x10)
    }

    func handleEOI(
        of vector: UInt8, rising: UInt8?, on guest: KVMGuest
    ) throws(BackendFailure) {
        throw .failed("KVM reported the EOI of \(Spelling.vector(vector)) though it has the IOAPIC")
    }

    func rise(_ pin: UInt8, on guest: KVMGuest) throws(BackendFailure) {
        throw .failed("nobody can act in the middle of an EOI that KVM handles itself")
    }

    /// Version 0x11 has no such register and ignores the write.
    func writeEOIRegister(_ vector: UInt8, on guest: KVMGuest) throws(BackendFailure) {
        try guest.store(UInt32(vector), at: PlainLayout.ioapic + 0x40)
    }

    func remoteIRR(on guest: KVMGuest) throws(BackendFailure) -> PinSet {
        try BackendFailure.translating { () throws(KVMError) in
            PinSet(bits: try guest.machine.vm.ioapic().remoteIRR)
        }
    }
}

extension RedirectionEntry {
    /// The entry as the IOAPIC holds it, Remote IRR clear.
    fileprivate var bits: UInt64 {
        IOAPICRegisters.entry(
            vector: UInt8(truncatingIfNeeded: vector),
            destination: UInt8(truncatingIfNeeded: destination), level: level, masked: masked)
    }
}
