/// One thing that can happen (model-contract §2). Pins and vectors are indices of the machine's
/// space.
///
/// An action that is not enabled is not a transition.
public enum Action: Hashable, Sendable, BitwiseCopyable {
    // Host steps: one ioctl's worth each
    /// Userspace raises the line of a pin that it holds low.
    case assert(pin: UInt8)
    /// Userspace presents a line that it holds high once more.
    case reassert(pin: UInt8)
    /// Userspace lowers the line of a pin that it holds high.
    case deassert(pin: UInt8)
    /// Userspace raises a line by KVM_IRQ_LINE_STATUS, which reports what became of it.
    case assertStatus(pin: UInt8)
    /// The pin's resample irqfd is written: it raises line source 1 until the next acknowledgement.
    case irqfd(pin: UInt8)
    /// An edge message for this vCPU arrives.
    case msi(vector: UInt8)
    /// Sets the mask of the pin's entry: it delivers nothing.
    case mask(pin: UInt8)
    /// Clears the mask of the pin's entry.
    case unmask(pin: UInt8)
    /// Makes the pin's entry edge or level.
    case trigger(pin: UInt8, Trigger)
    /// Gives the pin's entry another destination, a physical APIC identifier.
    case retarget(pin: UInt8, destination: UInt8)
    /// Gives the pin's entry another vector.
    case vector(pin: UInt8, vector: UInt8)
    /// Writes the entry back as it is, with Remote IRR clear in the data.
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
    /// KVM moves what the design lets it move from its IRR to RequestedIRR (secure).
    case inject
    /// The hardware gives RequestedIRR to the guest's page (secure).
    case vmrun
    /// The guest takes the highest vector that is deliverable: IRR to ISR, and its interrupt flag
    /// goes.
    case accept

    // Guest steps
    /// A step in which the guest does nothing.
    case run
    /// The guest sets its interrupt flag.
    case sti
    /// The guest clears its interrupt flag.
    case cli
    /// The guest ends its highest vector in service, by its policy (model-contract §4.5).
    case eoi
    /// An EOI during whose handling, before Remote IRR is cleared, another line rises.
    case eoiRaising(pin: UInt8)
    /// The guest writes the EOI register with data other than 0.
    case nonzeroEOI
    /// The guest reads the EOI register.
    case readEOI
    /// The guest makes an EOI with nothing in service.
    case spuriousEOI
    /// The guest writes the IOAPIC's EOI register.
    case directedEOI(vector: UInt8)
    /// The guest writes TPR with this value.
    case tpr(UInt8)
    /// The guest sets SAVIC_CONTROL.EN: the hardware uses the backing page from now on.
    case enableSAVIC
    /// The guest sets a vector's bit of ALLOWED_IRR (secure).
    case allow(vector: UInt8)
    /// The guest clears a vector's bit of ALLOWED_IRR (secure).
    case disallow(vector: UInt8)
    /// The guest sends itself an IPI.
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
    /// Userspace and the devices that it plays: model-contract §2.1, §2.2 and §2.5.
    case host
    /// KVM and the hardware: model-contract §2.3.
    case hypervisor
    /// The guest: model-contract §2.4.
    case guest
}
