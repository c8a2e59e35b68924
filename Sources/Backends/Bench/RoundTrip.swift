package import InterruptModel
internal import Scenarios

/// One EOI round trip: a level-triggered line interrupts the guest, falls, and the guest ends the
/// interrupt.
///
/// The line is low by the time of the EOI, and must be: KVM counts the EOIs in a row that find
/// their line still high, and leaves the 10,000th delivery to delayed work, with which a VM that
/// is torn down can take its host along. An EOI of a low line sets that count back to 0, so no
/// number of rounds comes near the limit.
package enum RoundTrip {
    static let pin: UInt8 = 2
    static let vector: UInt8 = 0x31

    /// What is done in each round, in order.
    package static let steps: [Action] = [
        .assert(pin: pin), .run, .deassert(pin: pin), .eoi, .sti,
    ]

    /// The place of the guest's EOI in `steps`.
    static let eoi = 3

    /// The machine: one pin, interrupts on.
    static func setup(
        _ kind: MachineKind, _ irqchip: IRQChip, _ assumptions: Assumptions
    ) -> MachineSetup {
        var setup = MachineSetup(
            kind: kind, irqchip: irqchip, pins: [PinSetup(pin: pin, vector: vector)])
        setup.assumptions = assumptions
        return setup
    }

    /// A few rounds on such a machine, for backends that look at a scenario to say what they lack.
    static func scenario(on setup: MachineSetup) -> Scenario {
        Scenario(
            found: "round-trips", summary: "EOI round trips", source: "bench", setup: setup,
            actions: Array([steps, steps, steps].joined()))
    }
}
