/// A machine before its first step, in real pin and vector numbers.
public struct MachineSetup: Hashable, Sendable {
    /// Whether the guest has Secure AVIC.
    public var kind: MachineKind
    /// Who plays the IOAPIC.
    public var irqchip: IRQChip
    /// How many vCPUs it has, 1…8; vCPU n has the APIC identifier n.
    public var vcpus = 1
    /// The pins that are wired, each at most once, in any order; the machine has no others.
    public var pins: [PinSetup]
    /// Vectors in ALLOWED_IRR at the start; nil allows all that the pins use.
    public var allowed: [UInt8]?
    /// Whether the guest of a secure machine has enabled Secure AVIC at the start.
    public var savicEnabled: Bool
    /// What is assumed of the hardware of a secure machine (model-contract §4).
    public var assumptions: Assumptions
    /// How the guest of a secure machine ends an interrupt (model-contract §4.5).
    public var guestEOI: GuestEOI
    /// Whether the guest may set its interrupt flag while a vector is in service.
    public var nesting: Bool
    /// The guest's interrupt flag at the start.
    public var interruptsEnabled: Bool
    /// The software enable bit of the local APIC at the start.
    public var apicEnabled: Bool
    /// What userspace has told KVM about SPIV bit 12 (kvm-interrupts §6.2).
    public var broadcastSuppression: BroadcastSuppression
    /// IOAPIC version 0x20 with an EOI register instead of KVM's 0x11.
    public var hasEOIRegister: Bool
    /// What the KVM at hand does that not every KVM does.
    public var kernelRules = KernelRules.newest
    /// The EOI exit of a split irqchip is an action of its own (see `Configuration`).
    public var exitsLate = false
    /// A host whose KVM ends every interrupt of a plain local APIC itself, right after delivery.
    /// No KVM should; one that does is told apart from a mismatch by this axis.
    public var endsAtDelivery = false
    /// KVM enters again after every exit of a guest's command (see `Configuration`); of a plain
    /// machine it always does.
    public var entersAfterExit = false

    /// Who writes the page's TMR: one of the assumptions.
    public var pageTMR: PageTMR {
        get { assumptions.pageTMR }
        set { assumptions.pageTMR = newValue }
    }

    /// A secure guest with a split irqchip and no pins, which runs with interrupts enabled, unless
    /// something else is said.
    public init(
        kind: MachineKind = .secure, irqchip: IRQChip = .split, pins: [PinSetup] = [],
        allowed: [UInt8]? = nil, savicEnabled: Bool = true, pageTMR: PageTMR = .accurate,
        guestEOI: GuestEOI = .linux,
        nesting: Bool = false, interruptsEnabled: Bool = true, apicEnabled: Bool = true,
        broadcastSuppression: BroadcastSuppression = .quirk, hasEOIRegister: Bool = false
    ) {
        self.kind = kind
        self.irqchip = irqchip
        self.pins = pins
        self.allowed = allowed
        self.savicEnabled = savicEnabled
        assumptions = Assumptions(pageTMR: pageTMR)
        self.guestEOI = guestEOI
        self.nesting = nesting
        self.interruptsEnabled = interruptsEnabled
        self.apicEnabled = apicEnabled
        self.broadcastSuppression = broadcastSuppression
        self.hasEOIRegister = hasEOIRegister
    }

    /// The standard configuration of model-contract §7: n level pins 2…n+1 with vectors 0x31, 0x41,
    /// …, interrupts off. Pin i of them goes to vCPU i modulo their number (processors §4).
    public static func levels(
        _ count: Int, kind: MachineKind = .secure, vcpus: Int = 1
    ) -> MachineSetup {
        var setup = MachineSetup(
            kind: kind,
            pins: (0..<count).map {
                PinSetup(
                    pin: UInt8(2 + $0), vector: UInt8(0x31 + 0x10 * $0),
                    destination: Destination(UInt8($0 % vcpus)))
            },
            interruptsEnabled: false)
        setup.vcpus = vcpus
        return setup
    }

    /// What it is called: `levels(3)`, `levels(3) on 2 vCPUs`.
    package static func nameOfLevels(_ count: Int, vcpus: Int) -> String {
        "levels(\(count))" + (vcpus == 1 ? "" : " on \(vcpus) vCPUs")
    }
}

/// One pin before the first step.
public struct PinSetup: Hashable, Sendable {
    /// The IOAPIC pin, 0…23; 8 is the RTC's.
    public var pin: UInt8
    /// A vector that a local APIC takes, 16…255 (model-contract §1).
    public var vector: UInt8
    /// Redirection entry bit 15.
    public var trigger: Trigger
    /// Redirection entry bit 16.
    public var masked: Bool
    /// Redirection entry bits 63:56, and bit 11 for their mode.
    public var destination: Destination
    /// An irqfd resampler on the pin's GSI.
    public var resampler: Bool
    /// Another ack notifier on the pin's GSI.
    public var notifier: Bool

    /// An unmasked level pin for vCPU 0, with nobody to notify, unless something else is said.
    public init(
        pin: UInt8, vector: UInt8, trigger: Trigger = .level, masked: Bool = false,
        destination: Destination = 0, resampler: Bool = false, notifier: Bool = false
    ) {
        self.pin = pin
        self.vector = vector
        self.trigger = trigger
        self.masked = masked
        self.destination = destination
        self.resampler = resampler
        self.notifier = notifier
    }
}

extension MachineSetup {
    /// The constants of this setup in `space`. Pins that the space does not have are left out:
    /// the caller made the space from this setup.
    func configuration<Space: VectorSpace>(in space: Space) -> Configuration<Space> {
        func set(_ member: (PinSetup) -> Bool) -> PinSet {
            PinSet(pins.filter(member).compactMap { space.index(ofPin: $0.pin) })
        }
        return Configuration(
            space: space, kind: kind, irqchip: irqchip, vcpus: vcpus, assumptions: assumptions,
            guestEOI: guestEOI,
            nesting: nesting, pins: set { _ in true }, resamplers: set(\.resampler),
            notifiers: set(\.notifier), broadcastSuppression: broadcastSuppression,
            hasEOIRegister: hasEOIRegister, kernelRules: kernelRules,
            endsAtDelivery: endsAtDelivery, entersAfterExit: entersAfterExit || kind == .plain,
            exitsLate: exitsLate,
            rtcPin: pins.contains { $0.pin == 8 } ? space.index(ofPin: 8) ?? -1 : -1)
    }

    /// The IOAPIC of this setup, all lines low.
    func ioapic<Space: VectorSpace>(in space: Space) -> IOAPIC<Space> {
        var ioapic = IOAPIC<Space>()
        for pin in pins {
            guard let index = space.index(ofPin: pin.pin), let vector = space.index(of: pin.vector)
            else { continue }
            ioapic.program(
                index,
                RedirectionEntry(
                    vector: vector, destination: pin.destination,
                    level: pin.trigger == .level, masked: pin.masked))
        }
        return ioapic
    }

    /// KVM's local APIC registers of a vCPU of this setup, the handled vectors already scanned.
    func softwareAPIC<Space: VectorSpace>(
        of vcpu: Int, _ ioapic: IOAPIC<Space>, _ configuration: Configuration<Space>
    ) -> SoftwareAPIC<Space> {
        var apic = SoftwareAPIC<Space>(identifier: UInt8(vcpu))
        apic.enabled = apicEnabled
        apic.scan(ioapic, configuration)
        return apic
    }
}
