internal import InterruptModel
internal import KVMHost
internal import Lockstep

/// How host steps reach the pins of a guest's IOAPIC: this tool's own or KVM's.
protocol PinDriver: AnyObject {
    /// Sets the pins up, before the guest runs.
    func start(on guest: any PinnedGuest) throws(KVMError)

    /// Performs a host step of the IOAPIC.
    func perform(_ action: Action, on guest: any PinnedGuest) throws(BackendFailure)

    /// Handles a vCPU's `KVM_EXIT_IOAPIC_EOI`; `rising` is a pin whose line rises meanwhile.
    func handleEOI(
        of vector: UInt8, by vcpu: UInt8, rising: UInt8?, on guest: any PinnedGuest
    ) throws(BackendFailure)

    /// A line rises behind an EOI that made no exit, if it has not risen yet.
    func rise(_ pin: UInt8, on guest: any PinnedGuest) throws(BackendFailure)

    /// The guest writes the IOAPIC's EOI register.
    func writeEOIRegister(_ vector: UInt8, on guest: any PinnedGuest) throws(BackendFailure)

    /// The guest ends a level interrupt at the IOAPIC itself, by the EOI register or the entries.
    func endByGuest(_ vector: UInt8, on guest: any PinnedGuest) throws(BackendFailure)

    /// What the pins' ack notifiers have announced since the last time.
    func announcements() throws(BackendFailure) -> [Event]

    /// Whether a level pin has this vector: what the guest knows that programmed them.
    func hasLevelPin(for vector: UInt8) -> Bool

    /// The pins whose Remote IRR is set.
    func remoteIRR(on guest: any PinnedGuest) throws(BackendFailure) -> PinSet
}
