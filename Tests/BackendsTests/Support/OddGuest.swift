import AgentFace
import InterruptModel
import Lockstep

@testable import Backends

/// A guest of the model on hardware or on a KVM that is odd in one way.
final class OddGuest: ProbedGuest {
    enum Oddity: Sendable {
        /// It cannot be run any more from this guest step on, from 1.
        case diesAt(Int)
        /// It does not come back from this guest step, and is not asked again.
        case hangsAt(Int)
        /// No interrupt is ever taken, though the page has it.
        case takesNothing
        /// Nothing reaches the page.
        case deliversNothing
        /// KVM's registers read as zero.
        case hidesShadow
        /// Each #VC is this one instead.
        case vc(AgentVC)
        /// A WRMSR of EOI makes no #VC and ends nothing.
        case eoiDoesNothing
        /// The page's TMR bit is 0 until the guest has taken the interrupt.
        case lateTMR
        /// Page TMR is clear, whatever VMRUN should have written.
        case losesTMR
        /// Page TMR becomes clear when the guest sends itself an interrupt.
        case sendingClearsTMR
        /// A read of EOI does nothing at all.
        case ignoresRead
    }

    private let guest: ModelledGuest
    private let oddity: Oddity
    private var steps = 0
    private var isDead = false
    private var hasTaken = false
    private var hasSent = false

    init(_ guest: ModelledGuest, _ oddity: Oddity) {
        self.guest = guest
        self.oddity = oddity
    }

    func host(_ action: Action) { guest.host(action) }

    func tell(_ command: AgentCommand) throws(BackendFailure) -> ProbedStep {
        steps += 1
        switch oddity {
        case .diesAt(let step) where step <= steps:
            isDead = true
            throw .failed("the vCPU shut down")
        case .hangsAt(let step) where step <= steps: throw .timeout("it did not come back")
        case .takesNothing where command == .sti, .deliversNothing where command == .sti,
            .eoiDoesNothing where command == .eoi, .ignoresRead where command == .readEOI:
            return ProbedStep(acceptedVector: nil, result: .done)
        case .deliversNothing:
            if case .allow = command { return ProbedStep(acceptedVector: nil, result: .done) }
        default: break
        }
        if case .selfIPI = command { hasSent = true }
        let step = try guest.tell(command)
        hasTaken = hasTaken || step.acceptedVector != nil
        return step
    }

    func registers() throws(BackendFailure) -> Snapshot {
        if isDead { throw .failed("it is dead") }
        var seen = guest.registers()
        switch oddity {
        case .hidesShadow: (seen.irr, seen.isr, seen.tmr) = (.init(), .init(), .init())
        case .lateTMR where !hasTaken, .losesTMR: seen.pageTMR = WideVectors()
        case .sendingClearsTMR where hasSent: seen.pageTMR = WideVectors()
        default: break
        }
        return seen
    }

    func endings() -> [UInt8] { guest.endings() }

    var vcCount: UInt64 { guest.vcCount }

    var lastVC: AgentVC? {
        if case .vc(let other) = oddity { other } else { guest.lastVC }
    }
}

/// Runs probes on guests of the model.
struct OddHost {
    var assumptions = Assumptions()
    var repeats = 1
    var names: [String]?
    /// The oddity of the n-th guest, from 1.
    var oddity: (Int) -> OddGuest.Oddity?

    func characterize(isStopped: @escaping () -> Bool = { false }) -> Characterization {
        var options = CharacterizeOptions(
            played: assumptions, repeats: repeats, names: names)
        options.isStopped = isStopped
        var count = 0
        let bench = ProbeBench(
            irqchip: .split, played: assumptions, wantsVector: false
        ) { setup throws(BackendFailure) in
            count += 1
            var setup = setup
            setup.entersAfterExit = true
            let guest = ModelledGuest(setup, EOIDesigns.standard)
            return oddity(count).map { OddGuest(guest, $0) } ?? guest
        }
        return ProbeSeries(options: options, bench: bench, agent: .secure).run()
    }
}
