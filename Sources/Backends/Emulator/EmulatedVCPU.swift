package import AgentFace
package import InterruptModel
package import KVMHost
package import Lockstep

/// A vCPU with the secure agent in it and this tool in the roles of Secure AVIC hardware and of
/// KVM: runs the guest's machine code and answers what it meets.
///
/// When KVM injects and when the hardware delivers is up to the caller: a KVM_RUN is `enter`,
/// `deliver`, and `next` until it returns a port.
package final class EmulatedVCPU {
    package let machine: BareGuest
    package var kvm: EmulatedKVM
    /// SAVIC_CONTROL, which the hardware keeps.
    var savicControl: UInt64 = 0
    /// What the guest reads from SEV_STATUS: SEV, SEV-ES and SEV-SNP are active, and Secure AVIC
    /// was granted.
    package var sevStatus: UInt64 =
        0b11 | SecureMSR.sevStatusSNP | SecureMSR.sevStatusSecureAVIC
    /// MSRs whose every access is a #VC, because KVM intercepts them.
    package var interceptedMSRs: Set<UInt32> = []
    /// Whether the hardware delivers interrupts at all: V_GIF in the VMSA.
    package var deliversInterrupts = true
    private let limit: RunLimit
    /// Whether the last exit's instruction is still to be finished.
    private var isMidway = false

    /// More MSR accesses than the agent has between two exits: a few.
    private static let mostAccesses = 1000

    /// How far the guest has come.
    package enum Progress {
        /// An exit that KVM has dealt with; a real one enters again.
        case handled
        /// An OUT that goes on to userspace.
        case port(AgentPort)
        /// A store to a device: the IOAPIC, or userspace.
        case store(address: UInt64, length: UInt8, data: UInt64)
        /// The guest has asked to be ended, by this value of the GHCB MSR.
        case terminated(UInt64)
    }

    package init(_ machine: consuming BareGuest, _ kvm: EmulatedKVM, _ limit: RunLimit) {
        self.machine = machine
        self.kvm = kvm
        self.limit = limit
    }

    /// Runs the guest until KVM has something to do with it.
    /// - Parameters:
    ///   - rising: a pin whose line rises while an EOI is handled; taken when it has.
    ///   - trace: gets what KVM does.
    package func next(
        rising: inout UInt8?, noting trace: inout EventTrace
    ) throws(BackendFailure) -> Progress {
        for _ in 0..<Self.mostAccesses {
            isMidway = true
            let exit = try BackendFailure.translating { () throws(KVMError) in
                try machine.vcpu.run(within: limit)
            }
            switch exit {
            case .io(let port, _, true, _) where AgentPort(port: port) == .vmgexit:
                return try kvm.vmgexit(machine.sharedMemory, rising: &rising, noting: &trace)
            case .readMSR(let index): try readMSR(index)
            case .writeMSR(let index, let value): try writeMSR(index, value)
            default: throw BackendFailure(.unexpectedExit(exit))
            }
        }
        // Each KVM_RUN has its limit, all of them together have none.
        throw .timeout(
            "the guest accessed MSRs \(Self.mostAccesses) times without leaving: its #VC handler "
                + "gets nowhere")
    }

    /// KVM enters the vCPU: it scans and injects, and VMRUN takes what was requested.
    package func enter(noting trace: inout EventTrace) {
        // Most entries find nothing to do, and to load and store the page costs more than they.
        guard kvm.parts.hasEntryWork else { return }
        loadPage()
        kvm.parts.enter(noting: &trace)
        storePage()
    }

    /// The hardware delivers what is deliverable, if the processor's own interrupt flag allows it.
    /// - Returns: the vector that the guest takes as the next thing it does.
    package func deliver() throws(BackendFailure) -> UInt8? {
        try BackendFailure.translating { () throws(KVMError) in
            // Behind the exit's own instruction STI's shadow is over, and CLI not yet executed.
            if isMidway, !machine.vcpu.isReadyForInterrupt {
                try machine.vcpu.finishInstruction()
                isMidway = false
            }
            kvm.parts.interruptFlag = machine.vcpu.isReadyForInterrupt
            var trace = EventTrace()
            loadPage()
            guard deliversInterrupts, kvm.parts.perform(.accept, noting: &trace),
                case .accepted(let vector)? = trace.events.last
            else { return nil }
            storePage()
            try machine.vcpu.interrupt(vector)
            return vector
        }
    }

    /// A host step, or a part of an entry.
    package func perform(_ action: Action, noting trace: inout EventTrace) {
        loadPage()
        _ = kvm.parts.perform(action, noting: &trace)
        storePage()
    }

    /// The guest ends a level interrupt at the IOAPIC.
    func endAtIOAPIC(_ vector: UInt8, noting trace: inout EventTrace) {
        loadPage()
        kvm.parts.endAtIOAPIC(vector, noting: &trace)
        storePage()
    }

    /// Makes the rules see the page as it is in guest memory.
    func loadPage() {
        kvm.parts.page = BackingPage(in: machine.privateMemory, at: SecureLayout.backingPage)
        kvm.parts.isEnabled = savicControl & SecureMSR.savicControlEnable != 0
    }

    /// Writes what the rules have made of it.
    func storePage() {
        kvm.parts.page.store(in: machine.privateMemory, at: SecureLayout.backingPage)
    }
}
