internal import AgentFace
internal import InterruptModel
internal import KVMHost
internal import Lockstep

/// Secure AVIC hardware: what an access to one of its registers does without the hypervisor
/// (secure-avic §1, §6). The rules are the model's, acting on the page in guest memory.
extension EmulatedVCPU {
    /// Answers an RDMSR.
    func readMSR(_ index: UInt32) throws(BackendFailure) {
        switch index {
        case _ where interceptedMSRs.contains(index): try raiseVC(VCError.msr, isTrap: false)
        case SecureMSR.ghcb: machine.vcpu.answerMSR(kvm.ghcbMSR)
        case SecureMSR.sevStatus: machine.vcpu.answerMSR(sevStatus)
        case SecureMSR.savicControl: machine.vcpu.answerMSR(savicControl)
        case X2APICMSR.eoi: machine.vcpu.answerMSR(nil)
        case X2APICMSR.all:
            guard isEnabled else { return try raiseVC(VCError.msr, isTrap: false) }
            switch index {
            // The timer counts in KVM.
            case X2APICMSR.timerCount: try raiseVC(VCError.avicNoAccel, isTrap: false)
            case X2APICMSR.ppr:
                loadPage()
                machine.vcpu.answerMSR(UInt64(kvm.parts.snapshot.ppr))
            default:
                let offset = UInt64(index - X2APICMSR.all.lowerBound) << 4
                let word: UInt32 = machine.privateMemory.load(
                    at: SecureLayout.backingPage + offset)
                machine.vcpu.answerMSR(UInt64(word))
            }
        default: machine.vcpu.answerMSR(nil)
        }
    }

    /// Carries out a WRMSR.
    func writeMSR(_ index: UInt32, _ value: UInt64) throws(BackendFailure) {
        switch index {
        case _ where interceptedMSRs.contains(index): try raiseVC(VCError.msr, isTrap: false)
        case SecureMSR.ghcb:
            kvm.ghcbMSR = value
            machine.vcpu.answerMSR(value)
        case SecureMSR.savicControl:
            savicControl = value
            machine.vcpu.answerMSR(value)
        case X2APICMSR.all:
            guard isEnabled else { return try raiseVC(VCError.msr, isTrap: false) }
            try writeRegister(index, value)
        default: machine.vcpu.answerMSR(nil)
        }
    }

    private var isEnabled: Bool { savicControl & SecureMSR.savicControlEnable != 0 }

    private func writeRegister(_ index: UInt32, _ value: UInt64) throws(BackendFailure) {
        switch index {
        case X2APICMSR.eoi:
            // Architecturally only 0 may be written.
            guard value == 0 else { return machine.vcpu.answerMSR(nil) }
            loadPage()
            guard case .accelerated = kvm.parts.writeEOI() else {
                return try raiseVC(VCError.avicNoAccel, isTrap: true)
            }
            storePage()
            machine.vcpu.answerMSR(value)
        case X2APICMSR.tpr: accelerate(.tpr(UInt8(truncatingIfNeeded: value)), value)
        case X2APICMSR.selfIPI: accelerate(.ipi(vector: UInt8(truncatingIfNeeded: value)), value)
        case X2APICMSR.icr:
            // Shorthand “self”, delivery mode fixed: all else needs the hypervisor.
            guard value >> 18 & 0b11 == 0b01, value >> 8 & 0b111 == 0 else {
                return try raiseVC(VCError.avicIncompleteIPI, isTrap: true)
            }
            accelerate(.ipi(vector: UInt8(truncatingIfNeeded: value)), value)
        case X2APICMSR.readOnly: machine.vcpu.answerMSR(nil)
        default: try raiseVC(VCError.avicNoAccel, isTrap: true)
        }
    }

    /// A write that ends in the page.
    private func accelerate(_ action: Action, _ value: UInt64) {
        var trace = EventTrace()
        loadPage()
        _ = kvm.parts.perform(action, noting: &trace)
        storePage()
        machine.vcpu.answerMSR(value)
    }

    /// Raises #VC at the MSR access of the last exit. The frame is built by hand: not every KVM
    /// pushes an error code for vector 29 (kvm-snp-uapi §5).
    /// - Parameter isTrap: RIP is behind the instruction; otherwise at it, and nothing is done.
    private func raiseVC(_ code: UInt32, isTrap: Bool) throws(BackendFailure) {
        try BackendFailure.translating { () throws(KVMError) in
            let before = try machine.vcpu.frame()
            // An RDMSR that is only to be skipped must not change what it would read into.
            machine.vcpu.answerMSR(before.rdx << 32 | before.rax & 0xFFFF_FFFF)
            try machine.vcpu.finishInstruction()
            var frame = try machine.vcpu.frame()
            // RDMSR and WRMSR have two bytes.
            let instruction = isTrap ? frame.instruction : frame.instruction - 2
            let words = [
                UInt64(code), instruction, UInt64(LongModeStart.codeSelector),
                frame.flags, frame.stack, UInt64(LongModeStart.dataSelector),
            ]
            // The processor aligns the stack to 16 bytes before it pushes (APM volume 2, 8.9.3).
            frame.stack = frame.stack & ~0xF - 8 * UInt64(words.count)
            for (index, word) in words.enumerated() {
                machine.privateMemory.store(word, at: frame.stack + 8 * UInt64(index))
            }
            frame.instruction = SecureLayout.gate(VCError.vector, in: machine.privateMemory)
            // An interrupt gate clears IF, and every gate TF, NT and RF.
            frame.flags &= ~(1 << 9 | 1 << 8 | 1 << 14 | 1 << 16)
            try machine.vcpu.setFrame(frame)
        }
    }
}

extension X2APICMSR {
    /// The timer's current count, which is KVM's.
    fileprivate static let timerCount: UInt32 = 0x839
    /// ISR, TMR and IRR: writes raise #GP (secure-avic §4.1).
    fileprivate static let readOnly = isr..<irr + 8
}
