/// Verbs of one kind of actor: their words, what is known of each, and what Swift code calls the
/// actions by. To add a verb is a case, a row and a name in its group below; the compiler then
/// asks those for it who perform that group.
protocol VerbGroup: RawRepresentable, CaseIterable where RawValue == String {
    /// The verb's row. There is no `default`: the compiler asks for the row of a new verb.
    var facts: VerbFacts { get }
}

// MARK: - The host at the IOAPIC

/// What devices, and the VMM that plays them, do at the IOAPIC: one ioctl's worth each
/// (model-contract §2.1, §2.2).
public enum IOAPICVerb: String, Sendable, BitwiseCopyable, CaseIterable, VerbGroup {
    /// Userspace raises the line of a pin that it holds low.
    case assert
    /// Userspace presents a line that it holds high once more.
    case reassert
    /// Userspace lowers the line of a pin that it holds high.
    case deassert
    /// Userspace raises a line by KVM_IRQ_LINE_STATUS, which reports what became of it.
    case assertStatus = "assert-status"
    /// The pin's resample irqfd is written: it raises line source 1 until the next acknowledgement.
    case irqfd
    /// Sets the mask of the pin's entry: it delivers nothing.
    case mask
    /// Clears the mask of the pin's entry.
    case unmask
    /// Makes the pin's entry edge or level.
    case trigger
    /// Gives the pin's entry another destination.
    case retarget
    /// Gives the pin's entry another vector.
    case vector
    /// Writes the entry back as it is, with Remote IRR clear in the data.
    case rewrite
    /// The work that the 10,000th successive EOI scheduled (kvm-interrupts §6.1).
    case delayedWork = "delayed-work"

    var facts: VerbFacts {
        switch self {
        case .assert: VerbFacts(.pin, traits: .asksForService, reach: .line)
        case .reassert: VerbFacts(.pin, traits: .asksForService)
        case .deassert: VerbFacts(.pin, reach: .line)
        // KVM tells whether an RTC interrupt coalesces.
        case .assertStatus: VerbFacts(.pin, changes: .rtc, traits: .asksForService)
        case .irqfd: VerbFacts(.pin, changes: .resampleLines, traits: .asksForService)
        case .mask, .unmask: VerbFacts(.pin, changes: .mask, traits: .writesEntry)
        case .trigger: VerbFacts(.pin, .trigger, changes: .trigger, traits: .writesEntry)
        case .retarget: VerbFacts(.pin, .destination, changes: .destination, traits: .writesEntry)
        case .vector: VerbFacts(.pin, .vector, changes: .vector, traits: .writesEntry)
        case .rewrite: VerbFacts(.pin, traits: .writesEntry)
        case .delayedWork: VerbFacts()
        }
    }
}

extension Action {
    package static func assert(pin: UInt8) -> Action { Action(.ioapic(.assert), pin) }
    package static func reassert(pin: UInt8) -> Action { Action(.ioapic(.reassert), pin) }
    package static func deassert(pin: UInt8) -> Action { Action(.ioapic(.deassert), pin) }
    package static func assertStatus(pin: UInt8) -> Action { Action(.ioapic(.assertStatus), pin) }
    package static func irqfd(pin: UInt8) -> Action { Action(.ioapic(.irqfd), pin) }
    package static func mask(pin: UInt8) -> Action { Action(.ioapic(.mask), pin) }
    package static func unmask(pin: UInt8) -> Action { Action(.ioapic(.unmask), pin) }
    package static func trigger(pin: UInt8, _ trigger: Trigger) -> Action {
        Action(.ioapic(.trigger), pin, trigger == .edge ? 0 : 1)
    }
    package static func retarget(pin: UInt8, destination: Destination) -> Action {
        Action(.ioapic(.retarget), pin, destination.code)
    }
    package static func vector(pin: UInt8, vector: UInt8) -> Action {
        Action(.ioapic(.vector), pin, UInt16(vector))
    }
    package static func rewrite(pin: UInt8) -> Action { Action(.ioapic(.rewrite), pin) }
    package static var delayedWork: Action { Action(.ioapic(.delayedWork)) }
}

// MARK: - The host at the vCPU

/// What a VMM does to the vCPU past the IOAPIC (model-contract §2.1, §2.5).
public enum VMMVerb: String, Sendable, BitwiseCopyable, CaseIterable, VerbGroup {
    /// An edge message for one vCPU arrives.
    case msi
    /// A new life of the vCPU: new page and VMSA (secure), or a VMM's reset of the local APIC by
    /// KVM_SET_LAPIC (plain).
    case reset
    /// INIT (`kvm_lapic_reset`), behind which the guest enables its local APIC again; for plain
    /// machines.
    case initSignal = "init"
    /// The 8259 asks for an interrupt of its own (ExtINT): on secure machines with KVM's irqchip.
    case extINT = "ext-int"

    var facts: VerbFacts {
        switch self {
        case .msi: VerbFacts(.vector, traits: .asksForService)
        case .reset, .initSignal: VerbFacts(changes: [.spiv, .savicEnabled])
        case .extINT: VerbFacts(changes: .extINT, traits: .secureOnly)
        }
    }
}

extension Action {
    package static func msi(vector: UInt8) -> Action { Action(.vmm(.msi), vector) }
    package static var reset: Action { Action(.vmm(.reset)) }
    package static var initSignal: Action { Action(.vmm(.initSignal)) }
    package static var extINT: Action { Action(.vmm(.extINT)) }
}

// MARK: - KVM and the hardware

/// What KVM and the hardware do (model-contract §2.3).
public enum HypervisorVerb: String, Sendable, BitwiseCopyable, CaseIterable, VerbGroup {
    /// vCPU entry makes the EOI exit that an EOI has asked for (KVM_REQ_IOAPIC_EOI_EXIT), where a
    /// configuration says so (model-contract §6.3).
    case lateExit = "late-exit"
    /// vCPU entry rebuilds the handled vectors (KVM_REQ_SCAN_IOAPIC).
    case scan
    /// KVM moves what the design lets it move from its IRR to RequestedIRR (secure).
    case inject
    /// The hardware gives RequestedIRR to the guest's page (secure).
    case vmrun
    /// The guest takes the highest vector that is deliverable: IRR to ISR, and its interrupt flag
    /// goes.
    case accept

    var facts: VerbFacts {
        switch self {
        case .lateExit, .scan: VerbFacts()
        case .inject, .vmrun: VerbFacts(traits: .secureOnly, reach: .neither)
        case .accept: VerbFacts(reach: .interruptFlag)
        }
    }
}

extension Action {
    package static var lateExit: Action { Action(.hypervisor(.lateExit)) }
    package static var scan: Action { Action(.hypervisor(.scan)) }
    package static var inject: Action { Action(.hypervisor(.inject)) }
    package static var vmrun: Action { Action(.hypervisor(.vmrun)) }
    package static var accept: Action { Action(.hypervisor(.accept)) }
}

// MARK: - The guest

/// What every guest does with its interrupts (model-contract §2.4).
public enum GuestVerb: String, Sendable, BitwiseCopyable, CaseIterable, VerbGroup {
    /// A step in which the guest does nothing.
    case run
    /// The guest sets its interrupt flag.
    case sti
    /// The guest clears its interrupt flag.
    case cli
    /// The guest ends its highest vector in service, by its policy (model-contract §4.5).
    case eoi
    /// An EOI during whose handling, before Remote IRR is cleared, another line rises.
    case eoiRaising = "eoi-raising"
    /// The guest writes the IOAPIC's EOI register (kvm-interrupts §6.3).
    case directedEOI = "directed-eoi"
    /// The guest writes ICR: a fixed interrupt for other vCPUs, or for itself too.
    case sendIPI = "send-ipi"

    var facts: VerbFacts {
        switch self {
        case .run, .eoi: VerbFacts()
        case .sti, .cli: VerbFacts(reach: .interruptFlag)
        case .eoiRaising: VerbFacts(.pin, traits: .asksForService)
        case .directedEOI: VerbFacts(.vector)
        case .sendIPI: VerbFacts(.vector, .ipiDestination)
        }
    }
}

extension Action {
    package static var run: Action { Action(.guest(.run)) }
    package static var sti: Action { Action(.guest(.sti)) }
    package static var cli: Action { Action(.guest(.cli)) }
    package static var eoi: Action { Action(.guest(.eoi)) }
    package static func eoiRaising(pin: UInt8) -> Action { Action(.guest(.eoiRaising), pin) }
    package static func directedEOI(vector: UInt8) -> Action {
        Action(.guest(.directedEOI), vector)
    }
    package static func sendIPI(vector: UInt8, to target: IPIDestination) -> Action {
        Action(.guest(.sendIPI), vector, target.code)
    }
}

// MARK: - The guest at its local APIC

/// Accesses of the guest to registers of its local APIC, beside the EOI that ends an interrupt.
public enum AccessVerb: String, Sendable, BitwiseCopyable, CaseIterable, VerbGroup {
    /// A write of the EOI register with data other than 0, which the x2APIC architecture forbids.
    case nonzeroEOI = "nonzero-eoi"
    /// A read of the EOI register, which it forbids too.
    case readEOI = "read-eoi"
    /// An EOI with nothing in service.
    case spuriousEOI = "spurious-eoi"
    /// A write of TPR with this value.
    case tpr
    /// SAVIC_CONTROL.EN is set: the hardware uses the backing page from now on (secure-avic §1).
    case enableSAVIC = "enable-savic"
    /// A vector's bit of ALLOWED_IRR is set (secure).
    case allow
    /// A vector's bit of ALLOWED_IRR is cleared (secure).
    case disallow
    /// The guest sends itself an IPI.
    case ipi
    /// SPIV bit 8, as it reaches KVM: a write of 0x1FF.
    case enableAPIC = "enable-apic"
    /// A write of 0x0FF.
    case disableAPIC = "disable-apic"
    /// SPIV bit 12: a write of 0x11FF, which has bit 8 too (kvm-interrupts §6.2).
    case suppressBroadcast = "suppress-broadcast"

    var facts: VerbFacts {
        switch self {
        case .nonzeroEOI, .readEOI, .spuriousEOI: VerbFacts()
        case .tpr: VerbFacts(.value, changes: .taskPriority)
        case .enableSAVIC: VerbFacts(changes: .savicEnabled, traits: .secureOnly)
        case .allow, .disallow: VerbFacts(.vector, changes: .allowed, traits: .secureOnly)
        case .ipi: VerbFacts(.vector)
        case .enableAPIC, .disableAPIC: VerbFacts(changes: .spiv)
        // KVM derives the RTC's pending EOI anew by KVM_SET_LAPIC, which the bit can come by.
        case .suppressBroadcast: VerbFacts(changes: [.spiv, .rtc])
        }
    }
}

extension Action {
    package static var nonzeroEOI: Action { Action(.access(.nonzeroEOI)) }
    package static var readEOI: Action { Action(.access(.readEOI)) }
    package static var spuriousEOI: Action { Action(.access(.spuriousEOI)) }
    package static func tpr(_ value: UInt8) -> Action { Action(.access(.tpr), value) }
    package static var enableSAVIC: Action { Action(.access(.enableSAVIC)) }
    package static func allow(vector: UInt8) -> Action { Action(.access(.allow), vector) }
    package static func disallow(vector: UInt8) -> Action { Action(.access(.disallow), vector) }
    package static func ipi(vector: UInt8) -> Action { Action(.access(.ipi), vector) }
    package static var enableAPIC: Action { Action(.access(.enableAPIC)) }
    package static var disableAPIC: Action { Action(.access(.disableAPIC)) }
    package static var suppressBroadcast: Action { Action(.access(.suppressBroadcast)) }
}
