internal import AgentFace
package import InterruptModel
internal import Lockstep
internal import Verdicts

/// A question to the hardware or to KVM, and the steps that put it. None of the probes sends KVM
/// an EOI that it has nothing noted for.
package struct Probe: Sendable {
    package let name: String
    package let question: String
    /// The axis that it answers, alone or with others.
    package let axis: AxisEntry?
    /// Its answer is a matter of KVM's EOI design.
    let isOfDesign: Bool
    /// One run, on a fresh guest of the bench.
    let run: Run
    private let risk: Risk

    typealias Run = @Sendable (ProbeBench) throws(BackendFailure) -> ProbeOutcome

    /// What a run of it may cost, where no public test does the like.
    enum Risk: Int { case none, guest, host }

    init(
        _ name: String, _ question: String, axis: AxisEntry? = nil, isOfDesign: Bool = false,
        risk: Risk = .none, _ run: @escaping Run
    ) {
        self.name = name
        self.question = question
        self.axis = axis
        self.isOfDesign = isOfDesign
        self.risk = risk
        self.run = run
    }

    /// The one probe of an axis, which it is called by.
    init(of axis: AxisEntry, risk: Risk = .none, _ run: @escaping Run) {
        self.init(axis.name, axis.question, axis: axis, risk: risk, run)
    }

    /// In the order in which they run: the control first, and those last that may cost something.
    package static let all = (ofTMR + ofEOI + ofRequests).sorted {
        $0.risk.rawValue < $1.risk.rawValue
    }

    /// Those that together tell who writes the page's TMR.
    package static let ofPageTMR = all.filter { $0.axis == .pageTMR }.map(\.name)
}

/// Where a probe gets its guest from: a fresh one for each run.
final class ProbeBench {
    private let make: (MachineSetup) throws(BackendFailure) -> any ProbedGuest
    private let irqchip: IRQChip
    /// What an emulator is to play.
    private let played: Assumptions
    /// How an EOI is sent through the GHCB.
    let forward: AgentCommand
    /// The guest of the run under way, once it has come up.
    private(set) var guest: (any ProbedGuest)?

    /// - Parameters:
    ///   - make: a guest of this setup, booted.
    ///   - wantsVector: whether an EOI through the GHCB has to say which vector it is of.
    init(
        irqchip: IRQChip, played: Assumptions, wantsVector: Bool,
        make: @escaping (MachineSetup) throws(BackendFailure) -> any ProbedGuest
    ) {
        self.make = make
        self.irqchip = irqchip
        self.played = played
        forward = .eoi(0, by: EOIWay(.ghcb, conveysVector: wantsVector))
    }

    static let low: UInt8 = 0x31
    static let high: UInt8 = 0x41

    /// Pins 2, 3 … with these vectors; nothing is allowed, interrupts are off.
    func makeGuest(
        _ pins: (UInt8, Trigger)..., savicEnabled: Bool = true
    ) throws(BackendFailure) -> any ProbedGuest {
        guest = nil
        var setup = MachineSetup(
            irqchip: irqchip,
            pins: pins.enumerated().map { index, pin in
                PinSetup(pin: UInt8(2 + index), vector: pin.0, trigger: pin.1)
            },
            allowed: [], savicEnabled: savicEnabled, interruptsEnabled: false)
        setup.assumptions = played
        let fresh = try make(setup)
        guest = fresh
        return fresh
    }

    /// Runs a probe once and gives its guest back.
    /// - Returns: nil after Ctrl-C.
    func run(_ probe: Probe) -> ProbeOutcome? {
        defer { guest = nil }
        do throws(BackendFailure) {
            return try probe.run(self)
        } catch {
            switch error {
            case .interrupted: return nil
            case .lacking(let skip): return .failure("no guest: " + skip.reason)
            case .timeout(let sentence):
                return guest == nil ? .failure("no guest: " + sentence) : .death(sentence)
            case .failed(let sentence):
                guard let guest else { return .failure("no guest: " + sentence) }
                // Whether it is dead is seen by asking it once more.
                do throws(BackendFailure) {
                    _ = try guest.registers()
                    return .failure(sentence)
                } catch { return error == .interrupted ? nil : .death(sentence) }
            }
        }
    }
}
