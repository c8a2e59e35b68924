/// A secure machine with its guest taken out, for somebody who has a real guest with a real backing
/// page: KVM's side and the hardware's, by the same rules.
///
/// The page, the enable bit and the interrupt flag are copies. Whoever uses the machine loads them
/// before a call and stores the page behind it.
package protocol GuestlessMachine: Sendable {
    var page: BackingPage<WideSpace> { get set }
    /// SAVIC_CONTROL.EN.
    var isEnabled: Bool { get set }
    /// The guest's interrupt flag.
    var interruptFlag: Bool { get set }
    var snapshot: Snapshot { get }
    /// Whether KVM tells the guest that SPIV bit 12 may be set.
    var offersSuppression: Bool { get }
    /// Whether SPIV bit 12 has stuck.
    var suppressesBroadcast: Bool { get }

    /// Whether a level pin has this vector: what the guest knows that programmed them.
    func hasLevelPin(for vector: UInt8) -> Bool

    /// A host step, or one of KVM's or the hardware's atomic actions (model-contract §2).
    /// - Returns: false when it is not enabled; nothing has changed then.
    mutating func perform(_ action: Action, noting trace: inout EventTrace) -> Bool

    /// Whether an entry has an exit to make, or anything to scan, inject or give to the page.
    var hasEntryWork: Bool { get }

    /// A vCPU entry: scan, inject, vmrun.
    mutating func enter(noting trace: inout EventTrace)

    /// The hardware's part of a guest's WRMSR of EOI.
    mutating func writeEOI() -> NativeEOI

    /// KVM's part of an access to the EOI register that comes through the GHCB.
    /// - Parameter rising: a pin whose line rises while KVM handles it.
    mutating func handleEOI(_ access: EOIAccess, rising: UInt8?, noting trace: inout EventTrace)

    /// A line rises behind an EOI, if it has not risen in it.
    mutating func rise(_ pin: UInt8, noting trace: inout EventTrace)

    /// The guest ends a level interrupt at the IOAPIC itself.
    mutating func endAtIOAPIC(_ vector: UInt8, noting trace: inout EventTrace)

    /// The guest takes its page away from KVM.
    mutating func unregisterPage()

    /// The writable part of a pin's redirection entry.
    func entry(_ pin: Int) -> RedirectionEntry

    /// The pins whose line was high when it was last presented.
    var highLines: PinSet { get }

    /// Overwrites an entry by no rule, as `KVM_SET_IRQCHIP` and a new route do; the handled
    /// vectors are scanned at the next entry.
    mutating func program(_ pin: Int, _ entry: RedirectionEntry, remoteIRR: Bool)

    /// The guest writes an entry (kvm-interrupts §5).
    mutating func write(
        _ pin: Int, _ entry: RedirectionEntry, noting trace: inout EventTrace)

    /// An irqfd with a resample descriptor is put on a pin.
    mutating func addResampler(_ pin: Int)

    /// A message arrives that has not come through a line.
    /// - Returns: how many local APICs accepted it.
    mutating func accept(
        _ vector: UInt8, level: Bool, destination: Destination, noting trace: inout EventTrace
    ) -> Int
}

/// What the hardware does with a WRMSR of EOI.
package enum NativeEOI: Sendable {
    /// Done without an exit, also where nothing was in service.
    case accelerated
    /// #VC, AVIC_NOACCEL, with the instruction done but for its effect. That the in-service bit
    /// is still set then is what AVIC does; of Secure AVIC it is unverified.
    case traps
}

extension Machine: GuestlessMachine where CPU: SecureCPU {
    var page: BackingPage<WideSpace> {
        get { state.vcpus[0].page }
        set { state.vcpus[0].page = newValue }
    }

    var isEnabled: Bool {
        get { state.vcpus[0].isEnabled }
        set { state.vcpus[0].isEnabled = newValue }
    }

    var interruptFlag: Bool {
        get { state.vcpus[0].interruptFlag }
        set { state.vcpus[0].interruptFlag = newValue }
    }

    var offersSuppression: Bool { configuration.offersSuppression }

    var suppressesBroadcast: Bool { state.vcpus[0].apic.suppressesBroadcast }

    func hasLevelPin(for vector: UInt8) -> Bool {
        state.ioapic.hasLevelPin(for: Int(vector), configuration)
    }

    mutating func perform(_ action: Action, noting trace: inout EventTrace) -> Bool {
        perform(action, into: &trace)
    }

    var hasEntryWork: Bool {
        let apic = state.vcpus[0].apic
        return apic.scanRequested || !apic.irr.isEmpty || !state.vcpus[0].requested.isEmpty
            || apic.exitVector >= 0 || state.vcpus[0].asksByExtINT
    }

    mutating func enter(noting trace: inout EventTrace) {
        enter(0, into: &trace)
    }

    mutating func writeEOI() -> NativeEOI {
        let vector = state.vcpus[0].page.ending(configuration.space)
        guard vector >= 0 else { return .accelerated }
        guard state.vcpus[0].page.accelerates(vector, configuration) else { return .traps }
        state.vcpus[0].page.end(vector, configuration.space)
        return .accelerated
    }

    mutating func handleEOI(
        _ access: EOIAccess, rising: UInt8?, noting trace: inout EventTrace
    ) {
        handle(0, access, ended: -1, rising: rising.map(Int.init) ?? -1, into: &trace)
    }

    mutating func rise(_ pin: UInt8, noting trace: inout EventTrace) {
        state.ioapic.rise(Int(pin), configuration, &state.vcpus, &trace)
    }

    mutating func unregisterPage() {
        state.vcpus[0].unregisterPage()
    }
}
