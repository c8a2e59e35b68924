internal import InterruptModel
internal import KVMHost
internal import Lockstep

/// The pins of a split irqchip: the model's own IOAPIC in front of KVM's local APIC.
final class SplitPins: PinDriver {
    private var ioapic: UserspaceIOAPIC
    /// One for each pin, in pin order.
    private var routes: [MSIRoute]

    init(_ setup: MachineSetup) {
        ioapic = UserspaceIOAPIC(setup)
        routes = ioapic.entries.map { MSIRoute(pin: $0.pin, entry: $0.entry) }
    }

    func start(on guest: any PinnedGuest) throws(KVMError) {
        guard !routes.isEmpty else { return }
        try guest.vm.setMSIRoutes(routes)
    }

    func perform(_ action: Action, on guest: any PinnedGuest) throws(BackendFailure) {
        let isDone = try withBus(guest) { bus in
            ioapic.perform(action, on: &bus, into: &guest.events)
        }
        guard isDone else {
            throw .failed("this tool's IOAPIC cannot “\(action)” here")
        }
    }

    func handleEOI(
        of vector: UInt8, by vcpu: UInt8, rising: UInt8?, on guest: any PinnedGuest
    ) throws(BackendFailure) {
        try withBus(guest) { bus in
            ioapic.handleEOI(of: vector, by: vcpu, rising: rising, on: &bus, into: &guest.events)
        }
    }

    func rise(_ pin: UInt8, on guest: any PinnedGuest) throws(BackendFailure) {
        try withBus(guest) { bus in ioapic.rise(pin, on: &bus, into: &guest.events) }
    }

    /// The register is in userspace, so the guest's write ends here.
    func writeEOIRegister(_ vector: UInt8, on guest: any PinnedGuest) throws(BackendFailure) {
        try withBus(guest) { bus in
            ioapic.writeEOIRegister(vector, on: &bus, into: &guest.events)
        }
    }

    func endByGuest(_ vector: UInt8, on guest: any PinnedGuest) throws(BackendFailure) {
        try withBus(guest) { bus in ioapic.endByGuest(vector, on: &bus, into: &guest.events) }
    }

    func hasLevelPin(for vector: UInt8) -> Bool { ioapic.hasLevelPin(for: vector) }

    /// The tool's own IOAPIC notes its events itself.
    func announcements() -> [Event] { [] }

    func remoteIRR(on guest: any PinnedGuest) -> PinSet { ioapic.remoteIRR }

    /// Changes one route, and so the whole table.
    func route(pin: Int, _ entry: RedirectionEntry, on guest: any PinnedGuest) throws(KVMError) {
        guard let slot = routes.firstIndex(where: { $0.gsi == UInt32(pin) }) else { return }
        routes[slot] = MSIRoute(pin: pin, entry: entry)
        try guest.vm.setMSIRoutes(routes)
    }

    /// Lends the IOAPIC a bus to the real KVM.
    private func withBus<Result>(
        _ guest: any PinnedGuest, _ body: (inout RouteBus) -> Result
    ) throws(BackendFailure) -> Result {
        var bus = RouteBus(guest: guest, pins: self)
        let result = body(&bus)
        if let failure = bus.failure { throw BackendFailure(failure) }
        return result
    }
}
