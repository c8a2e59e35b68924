internal import AgentFace
internal import InterruptModel
internal import Lockstep
internal import Verdicts

/// A question to the hardware or to KVM, and the steps that put it. None of the probes sends KVM
/// an EOI that it has nothing noted for.
package struct Probe: Sendable {
    package let name: String
    package let question: String
    /// The axis that it answers, alone or with others.
    package let axis: String?
    /// Its answer is a matter of KVM's EOI design.
    let isOfDesign: Bool
    /// One run, on a fresh guest of the bench.
    let run: @Sendable (ProbeBench) throws(BackendFailure) -> ProbeOutcome

    private init(
        _ name: String, _ question: String, axis: AxisEntry? = nil, isOfDesign: Bool = false,
        _ run: @escaping @Sendable (ProbeBench) throws(BackendFailure) -> ProbeOutcome
    ) {
        self.name = name
        self.question = question
        self.axis = axis?.name
        self.isOfDesign = isOfDesign
        self.run = run
    }

    /// In the order in which they run: the control first, and those last that no public test does
    /// either, for they may cost the guest or the host.
    package static let all: [Probe] = [
        Probe("delivery", "whether an allowed edge arrives, and a WRMSR of EOI ends an interrupt") {
            bench throws(BackendFailure) in try bench.delivery()
        },
        Probe(
            "tmr-level", "the page's TMR bit of a level vector that VMRUN has taken",
            axis: .pageTMR
        ) { bench throws(BackendFailure) in try bench.takenTMR(of: .level, .leave) },
        Probe(
            "tmr-level-set", "the same where the guest had set the bit itself", axis: .pageTMR
        ) { bench throws(BackendFailure) in try bench.takenTMR(of: .level, .set) },
        Probe(
            "tmr-edge", "the page's TMR bit of an edge vector that VMRUN has taken",
            axis: .pageTMR
        ) { bench throws(BackendFailure) in try bench.takenTMR(of: .edge, .leave) },
        Probe(
            "tmr-self-ipi",
            "the page's TMR bit, set by the guest, of a vector that it sends to itself"
        ) { bench throws(BackendFailure) in try bench.sentTMR() },
        Probe(
            AxisEntry.nativeLevelEOI.name, AxisEntry.nativeLevelEOI.question,
            axis: .nativeLevelEOI
        ) { bench throws(BackendFailure) in try bench.nativeLevelEOI() },
        Probe(
            AxisEntry.disallowed.name, AxisEntry.disallowed.question, axis: .disallowed
        ) { bench throws(BackendFailure) in try bench.disallowed() },
        Probe(
            "shadow", "whether KVM's note of a level vector can be read through the GHCB",
            isOfDesign: true
        ) { bench throws(BackendFailure) in try bench.shadow() },
        Probe(
            AxisEntry.beforeEnable.name, AxisEntry.beforeEnable.question, axis: .beforeEnable
        ) { bench throws(BackendFailure) in try bench.beforeEnable() },
        Probe(
            "eoi-read", "whether KVM takes a GHCB read of EOI as an EOI", isOfDesign: true
        ) { bench throws(BackendFailure) in try bench.eoiRead() },
    ]

    /// Those that together tell who writes the page's TMR.
    package static let ofPageTMR = all.filter { $0.axis == AxisEntry.pageTMR.name }.map(\.name)
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
