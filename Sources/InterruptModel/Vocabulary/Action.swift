/// One thing that can happen (model-contract §2). Pins and vectors are indices of the machine's
/// space.
///
/// An action that is not enabled is not a transition.
public enum Action: Hashable, Sendable, BitwiseCopyable {
    // Host steps: one ioctl's worth each
    case assert(pin: UInt8)
    /// Present a line that is already high once more.
    case reassert(pin: UInt8)
    case deassert(pin: UInt8)
    /// Assert by KVM_IRQ_LINE_STATUS, which reports what became of it.
    case assertStatus(pin: UInt8)
    /// Write the pin's resample irqfd: raises line source 1 until the next acknowledgement.
    case irqfd(pin: UInt8)
    /// An edge message for a vector.
    case msi(vector: UInt8)
    case mask(pin: UInt8)
    case unmask(pin: UInt8)
    case trigger(pin: UInt8, Trigger)
    /// Physical destination of the pin's entry.
    case retarget(pin: UInt8, destination: UInt8)
    case vector(pin: UInt8, vector: UInt8)
    /// Write the entry back as it is, with Remote IRR clear in the data.
    case rewrite(pin: UInt8)
    /// The work that the 10,000th successive EOI scheduled.
    case delayedWork
    /// A new life of the vCPU: new page and VMSA (secure), or a VMM's reset of the local APIC by
    /// KVM_SET_LAPIC (plain).
    case reset
    /// INIT (`kvm_lapic_reset`), behind which the guest enables its local APIC again.
    case initSignal
    /// The 8259 asks for an interrupt of its own (ExtINT).
    case extINT

    // KVM and the hardware
    /// vCPU entry makes the EOI exit that an EOI has asked for (KVM_REQ_IOAPIC_EOI_EXIT).
    case lateExit
    /// vCPU entry rebuilds the handled vectors (KVM_REQ_SCAN_IOAPIC).
    case scan
    case inject
    case vmrun
    case accept

    // Guest steps
    /// A step in which the guest does nothing.
    case run
    case sti
    case cli
    case eoi
    /// An EOI during whose handling, before Remote IRR is cleared, another line rises.
    case eoiRaising(pin: UInt8)
    /// EOI register written with data other than 0.
    case nonzeroEOI
    /// EOI register read.
    case readEOI
    /// EOI with nothing in service.
    case spuriousEOI
    /// Write of the IOAPIC's EOI register.
    case directedEOI(vector: UInt8)
    /// TPR is written with this value.
    case tpr(UInt8)
    /// SAVIC_CONTROL.EN: the hardware uses the backing page from now on.
    case enableSAVIC
    case allow(vector: UInt8)
    case disallow(vector: UInt8)
    /// Self-IPI.
    case ipi(vector: UInt8)
    /// SPIV bit 8, as it reaches KVM: a write of 0x1FF.
    case enableAPIC
    /// A write of 0x0FF.
    case disableAPIC
    /// SPIV bit 12: a write of 0x11FF, which has bit 8 too.
    case suppressBroadcast
}

/// Who acts. A *guest step* wraps what a guest does in KVM's entry and the hardware's evaluation
/// (model-contract §6.2).
public enum Actor: Sendable {
    case host
    case hypervisor
    case guest
}
