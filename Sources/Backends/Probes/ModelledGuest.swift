internal import AgentFace
internal import InterruptModel
internal import Lockstep

/// The secure agent as the model has it: what the probes would find if an assumption set held, and
/// what a search for telling steps goes by. The rules are the model's; only what the agent does
/// for a command is said here, as the emulator's guest does it in machine code.
final class ModelledGuest: ProbedGuest {
    private(set) var parts: any GuestlessMachine
    private var events = EventTrace()
    private(set) var vcCount: UInt64 = 0
    private(set) var lastVC: AgentVC?

    init(_ setup: MachineSetup, _ design: EOIDesignEntry) {
        parts = design.makeGuestless(setup, WideSpace())
        parts.isEnabled = setup.savicEnabled
        parts.interruptFlag = setup.interruptsEnabled
    }

    /// The same guest, from now on a life of its own.
    init(copying other: ModelledGuest) {
        parts = other.parts
        events = other.events
        (vcCount, lastVC) = (other.vcCount, other.lastVC)
    }

    func host(_ action: Action) { _ = parts.perform(action, noting: &events) }

    func tell(_ command: AgentCommand) throws(BackendFailure) -> ProbedStep {
        events.removeAll()
        parts.enter(noting: &events)
        let result = try perform(command)
        parts.enter(noting: &events)
        var accepted: UInt8?
        if parts.interruptFlag, parts.perform(.accept, noting: &events),
            case .accepted(let vector)? = events.events.last
        {
            accepted = vector
        }
        parts.enter(noting: &events)
        guard !events.events.contains(.vectorMinusOne) else {
            throw .failed("a probe had KVM use vector −1, by “\(command)”")
        }
        return ProbedStep(acceptedVector: accepted, result: result)
    }

    private func perform(_ command: AgentCommand) throws(BackendFailure) -> AgentResult {
        switch command {
        case .run: break
        case .sti: parts.interruptFlag = true
        case .enable: parts.isEnabled = true
        case .selfIPI(let vector): _ = parts.perform(.ipi(vector: vector), noting: &events)
        case .allow(let vector, let write): allow(Int(vector), write)
        case .eoi(0, let way) where way.kind == .native: endNatively(way)
        case .eoi(0, let way) where way.kind == .ghcb:
            let vector = parts.page.isr.highest
            if vector >= 0 { changePage { isr, _, _ in isr.remove(vector) } }
            return access(.write(conveying: way.conveysVector ? vector : -1))
        case .readEOI: return access(.read)
        default: throw .failed("no probe has the guest perform “\(command)”")
        }
        return .done
    }

    /// WRMSR of EOI. The handler of a #VC clears the bit and forwards the EOI.
    private func endNatively(_ way: EOIWay) {
        guard parts.writeEOI() == .traps else { return }
        vcCount += 1
        lastVC = AgentVC(
            code: VCError.avicNoAccel, msr: X2APICMSR.eoi, flags: [.trap, .write, .inISR])
        let vector = parts.page.isr.highest
        changePage { isr, _, _ in isr.remove(vector) }
        _ = access(.write(conveying: way.conveysVector ? vector : -1))
    }

    private func access(_ access: EOIAccess) -> AgentResult {
        let before = events.events.count
        parts.handleEOI(access, rising: nil, noting: &events)
        return events.events[before...].contains(.faulted) ? .generalProtection : .done
    }

    private func allow(_ vector: Int, _ write: PageTMRWrite) {
        changePage { _, tmr, allowed in
            allowed.insert(vector)
            switch write {
            case .leave: break
            case .set: tmr.insert(vector)
            case .clear: tmr.remove(vector)
            }
        }
    }

    private func changePage(
        _ change: (
            _ isr: inout WideVectors, _ tmr: inout WideVectors, _ allowed: inout WideVectors
        ) -> Void
    ) {
        let page = parts.page
        var (isr, tmr, allowed) = (page.isr, page.tmr, page.allowed)
        change(&isr, &tmr, &allowed)
        parts.page = BackingPage(
            irr: page.irr, isr: isr, tmr: tmr, allowed: allowed, tpr: page.tpr)
    }

    func registers() -> Snapshot {
        var seen = Snapshot()
        let all = parts.snapshot
        (seen.irr, seen.isr, seen.tmr) = (all.irr, all.isr, all.tmr)
        (seen.pageIRR, seen.pageISR, seen.pageTMR) = (all.pageIRR, all.pageISR, all.pageTMR)
        return seen
    }

    func endings() -> [UInt8] {
        events.events.compactMap { if case .ioapicEOI(let vector) = $0 { vector } else { nil } }
    }
}
