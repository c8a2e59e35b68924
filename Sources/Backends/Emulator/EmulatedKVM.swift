package import AgentFace
package import InterruptModel
internal import KVMHost
internal import Lockstep

/// KVM as a secure guest meets it: both protocols of the GHCB (kvm-snp-uapi §3), answered with the
/// model's IOAPIC, software APIC and EOI design.
package struct EmulatedKVM {
    /// The rules, with KVM's state.
    package var parts: any GuestlessMachine
    /// MSR 0xC0010130 as the guest reads it; KVM presets it with what it can do.
    var ghcbMSR = GHCBMSRAnswer.sevInfo()
    /// Whether KVM enters again behind each exit, and injects then.
    package var entersAfterExit = false

    /// Answers that this hypervisor gives to the MSR protocol instead of KVM's.
    package var protocolAnswers: [GHCBMSRRequest: UInt64] = [:]
    /// Answers that this hypervisor gives to GHCB requests instead of those that a KVM with Secure
    /// AVIC gives.
    package var refusals: [GHCBRequest: GHCBAnswer] = [:]

    private let wantsVector: Bool
    /// The GHCB that the guest has registered.
    private var ghcb: UInt64?
    /// The backing page that the guest has registered.
    private var page: UInt64?
    private var spiv = SPIV.disabled

    package init(_ setup: MachineSetup, _ design: EOIDesignEntry, _ space: WideSpace) {
        parts = design.makeGuestless(setup, space)
        wantsVector = design.wantsVector
    }

    /// Handles a VMGEXIT.
    /// - Parameters:
    ///   - memory: what guest and hypervisor share.
    ///   - rising: a pin whose line rises while an EOI is handled; taken when it has.
    mutating func vmgexit(
        _ memory: borrowing GuestMemory, rising: inout UInt8?, noting trace: inout EventTrace
    ) throws(BackendFailure) -> EmulatedVCPU.Progress {
        let request = GHCBMSRRequest(ghcbMSR)
        if let answer = protocolAnswers[request] {
            ghcbMSR = answer
            return .handled
        }
        switch request {
        case .sevInfo:
            ghcbMSR = GHCBMSRAnswer.sevInfo()
        case .register(let gfn):
            ghcb = gfn << 12
            ghcbMSR = GHCBMSRAnswer.registered(gfn: gfn)
        case .terminate:
            return .terminated(ghcbMSR)
        case .pageAddress(let address) where address == ghcb:
            return try event(memory, &rising, &trace)
        case .pageAddress, .unknown:
            throw .failed("the guest left with GHCB MSR 0x\(String(ghcbMSR, radix: 16))")
        }
        return .handled
    }

    private mutating func event(
        _ memory: borrowing GuestMemory, _ rising: inout UInt8?, _ trace: inout EventTrace
    ) throws(BackendFailure) -> EmulatedVCPU.Progress {
        let block = SecureLayout.ghcb - SecureLayout.shared
        let page = memory.withBytes(at: block, count: GHCBRequest.size) { Self.request(in: $0) }
        var outcome = EmulatedVCPU.Progress.handled
        let answer: GHCBAnswer
        switch page {
        case .failure(let reason): answer = .malformed(reason)
        case .success(.ioio(let number, 1, true, _)):
            guard let port = AgentPort(port: number) else { throw .foreignPort(number) }
            outcome = .port(port)
            answer = .done
        case .success(.mmioWrite(let address, let length, let data)):
            outcome = .store(address: address, length: length, data: data)
            answer = .done
        case .success(let request):
            answer = refusals[request] ?? handle(request, &rising, &trace)
        }
        memory.withMutableBytes(at: block, count: GHCBRequest.size) { answer.write(into: &$0) }
        return outcome
    }

    private static func request(in page: RawSpan) -> Result<GHCBRequest, GHCBMalformation> {
        Result { () throws(GHCBMalformation) in try GHCBRequest(page, at: SecureLayout.ghcb) }
    }

    private mutating func handle(
        _ request: GHCBRequest, _ rising: inout UInt8?, _ trace: inout EventTrace
    ) -> GHCBAnswer {
        switch request {
        case .msrRead(let index):
            return read(index, &rising, &trace)
        case .msrWrite(let index, let value):
            return write(index, value, &rising, &trace)
        case .specificEOI(let vector) where wantsVector:
            return access(.write(conveying: Int(vector & 0xFF)), &rising, &trace)
        case .registerPage(let address, _):
            guard address == SecureLayout.backingPage else { return .malformed(.invalidInput) }
            page = address
            return .done
        case .unregisterPage:
            defer { page = nil }
            parts.unregisterPage()
            return .done(rbx: page ?? 0)
        case .ioio, .specificEOI, .mmioRead, .mmioWrite, .unknown:
            return .malformed(.invalidEvent)
        }
    }

    /// RDMSR of one of KVM's registers.
    private mutating func read(
        _ index: UInt32, _ rising: inout UInt8?, _ trace: inout EventTrace
    ) -> GHCBAnswer {
        func word(_ vectors: WideVectors, _ first: UInt32) -> GHCBAnswer {
            .value(UInt64(vectors.words[Int(index - first)]))
        }
        switch index {
        case X2APICMSR.eoi: return access(.read, &rising, &trace)
        case X2APICMSR.isr..<X2APICMSR.isr + 8: return word(parts.snapshot.isr, X2APICMSR.isr)
        case X2APICMSR.tmr..<X2APICMSR.tmr + 8: return word(parts.snapshot.tmr, X2APICMSR.tmr)
        case X2APICMSR.irr..<X2APICMSR.irr + 8: return word(parts.snapshot.irr, X2APICMSR.irr)
        case X2APICMSR.id: return .value(0)
        // KVM's local APIC: version 0x14, LVTs up to number 5, and bit 24 where it offers to
        // suppress EOI broadcasts (`kvm_apic_set_version`, lapic.c).
        case X2APICMSR.version: return .value(parts.offersSuppression ? 0x0105_0014 : 0x50014)
        case X2APICMSR.ldr: return .value(1)
        // KVM makes PPR of its own registers: of TPR, which stays 0 here, and of what it has noted.
        case X2APICMSR.ppr: return .value(UInt64(max(parts.snapshot.isr.highest, 0) & 0xF0))
        // As after a reset: masked, but for LINT0 of the boot processor (`kvm_lapic_reset`).
        case X2APICMSR.lint0: return .value(0x700)
        case X2APICMSR.lvts: return .value(0x10000)
        case X2APICMSR.spiv:
            return .value(parts.suppressesBroadcast ? spiv : spiv & ~SPIV.suppress)
        default: return .exception
        }
    }

    /// WRMSR of one of KVM's registers.
    private mutating func write(
        _ index: UInt32, _ value: UInt64, _ rising: inout UInt8?, _ trace: inout EventTrace
    ) -> GHCBAnswer {
        switch index {
        case X2APICMSR.eoi:
            let data = UInt32(truncatingIfNeeded: value)
            return access(.write(conveying: -1, data: data), &rising, &trace)
        case X2APICMSR.spiv:
            spiv = value
            let isOn = value & SPIV.enable != 0
            _ = parts.perform(isOn ? .enableAPIC : .disableAPIC, noting: &trace)
            if spiv & SPIV.suppress != 0 {
                _ = parts.perform(.suppressBroadcast, noting: &trace)
            }
            return .done
        // The guest has set the target's IRR itself; KVM only wakes it (RFC patch 07).
        case X2APICMSR.icr: return .done
        // The guest makes these two before it uses its page: ordinary x2APIC emulation. TPR is then
        // KVM's own, which KVM does not look at for a protected APIC.
        case X2APICMSR.selfIPI:
            _ = parts.accept(
                UInt8(truncatingIfNeeded: value), level: false, destination: 0, noting: &trace)
            return .done
        case X2APICMSR.tpr: return .done
        default: return .exception
        }
    }

    /// An access to the EOI register, as the design takes it. Where the design refuses the access
    /// the guest takes a #GP and reports it, so it is no event here.
    private mutating func access(
        _ access: EOIAccess, _ rising: inout UInt8?, _ trace: inout EventTrace
    ) -> GHCBAnswer {
        var own = EventTrace()
        parts.handleEOI(access, rising: rising, noting: &own)
        var isRefused = false
        for event in own.events {
            if event == .faulted { isRefused = true } else { trace.note(event) }
        }
        return isRefused ? .exception : .done
    }
}
