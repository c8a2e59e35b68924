import Testing

@testable import InterruptModel

/// The sentences that say why an action is not enabled: each is true of the state that refuses.
@Suite("The sentences that say why an action is not enabled") struct RefusalTests {
    private static let idle = MachineSetup.of(.secure, .low)
    private static let plain = MachineSetup.plain(.low)

    struct Case: Sendable, CustomTestStringConvertible {
        var setup: MachineSetup
        var before: [Action] = []
        var action: Action
        var sentence: String
        var testDescription: String { "\(action)" }
    }

    static let cases = [
        Case(
            setup: plain, before: [.assert(pin: 2)], action: .assert(pin: 2),
            sentence: "line 2 is high already"),
        Case(setup: plain, action: .deassert(pin: 2), sentence: "line 2 is low already"),
        Case(setup: plain, action: .reassert(pin: 2), sentence: "line 2 is low already"),
        Case(setup: plain, action: .irqfd(pin: 2), sentence: "pin 2 has no resampler"),
        Case(setup: plain, action: .delayedWork, sentence: "no delivery is delayed"),
        Case(setup: idle, action: .initSignal, sentence: "an SEV-SNP vCPU takes no INIT"),
        Case(
            setup: plain, action: .extINT, sentence: "the 8259 of a plain machine is not modelled"),
        Case(setup: plain, action: .lateExit, sentence: "no EOI exit is owed"),
        Case(setup: plain, action: .scan, sentence: "no scan is asked for"),
        Case(setup: idle, action: .inject, sentence: "there is nothing that injection may move"),
        Case(setup: idle, action: .vmrun, sentence: "nothing is requested"),
        Case(setup: idle, action: .accept, sentence: "nothing is deliverable"),
        Case(
            setup: idle, before: [.cli], action: .accept,
            sentence: "the guest's interrupt flag is clear"),
        Case(setup: idle, action: .sti, sentence: "the interrupt flag is set already"),
        Case(
            setup: plain, before: [.assert(pin: 2), .accept], action: .sti,
            sentence: "0x31 is in service, and the machine has no nesting"),
        Case(
            setup: idle, before: [.cli], action: .cli,
            sentence: "the interrupt flag is clear already"),
        Case(setup: idle, action: .eoi, sentence: "nothing is in service"),
        Case(setup: idle, action: .eoiRaising(pin: 2), sentence: "nothing is in service"),
        Case(
            setup: plain, before: [.assert(pin: 2), .accept], action: .eoiRaising(pin: 2),
            sentence: "line 2 is high already"),
        Case(
            setup: plain, before: [.assert(pin: 2), .accept], action: .spuriousEOI,
            sentence: "0x31 is in service"),
        Case(setup: idle, action: .enableSAVIC, sentence: "Secure AVIC is enabled already"),
        Case(
            setup: plain, action: .allow(vector: 0x31),
            sentence: "a plain machine has no Secure AVIC"),
    ]

    @Test("An action that is not enabled says why", arguments: cases)
    func says(test: Case) {
        var trace = EventTrace()
        switch test.setup.kind {
        case .plain:
            var machine = PlainMachine(test.setup, space: WideSpace())
            for action in test.before { #expect(machine.perform(action, into: &trace)) }
            #expect(!machine.perform(test.action, into: &trace))
            #expect(machine.refusal(of: test.action) == test.sentence)
        case .secure:
            var machine = SecureMachine<WideSpace, RFCv2>(test.setup, space: WideSpace())
            for action in test.before { #expect(machine.perform(action, into: &trace)) }
            #expect(!machine.perform(test.action, into: &trace))
            #expect(machine.refusal(of: test.action) == test.sentence)
        }
    }

    @Test("No action that some reachable state refuses is left without a reason")
    func everyRefusal() {
        for kind in MachineKind.allCases {
            for irqchip in IRQChip.allCases {
                let setup = MachineSetup(
                    kind: kind, irqchip: irqchip,
                    pins: [PinSetup(pin: 8, vector: 0x31, resampler: true)], nesting: false)
                let alphabet = ActionVerb.allCases.flatMap {
                    SearchAlphabet.actions($0, on: setup)
                }
                switch kind {
                case .plain: explore(PlainMachine(setup, space: WideSpace()), alphabet)
                case .secure:
                    explore(SecureMachine<WideSpace, RFCv2>(setup, space: WideSpace()), alphabet)
                }
            }
        }
    }

    /// All states to a depth in which an interrupt lives its whole life.
    private func explore<Processors: ProcessorSet>(
        _ start: Machine<Processors>, _ alphabet: [Action]
    ) where Processors.CPU: WideCPU {
        var seen: Set<Machine<Processors>.State> = [start.state]
        var frontier = [start]
        for _ in 0..<3 {
            var next: [Machine<Processors>] = []
            for machine in frontier {
                for action in alphabet {
                    var successor = machine
                    var trace = EventTrace()
                    if successor.perform(action, into: &trace) {
                        if seen.insert(successor.state).inserted { next.append(successor) }
                    } else if machine.refusal(of: action) == Refusal.never {
                        Issue.record("\(action) is refused without a reason")
                    }
                }
            }
            frontier = next
        }
    }
}
