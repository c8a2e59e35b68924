package import InterruptModel
internal import Lockstep

/// What the model answers a probe under one assumption set: the probe's own steps, on the model.
package struct Prediction: Sendable {
    package let assumptions: Assumptions
    /// By the name of the probe, of all that do not depend on KVM's EOI design.
    package let words: [String: String]

    /// Of every assumption set.
    package static let all: [Prediction] = Assumptions.all.map { assumptions in
        Prediction(
            assumptions: assumptions,
            words: Dictionary(
                uniqueKeysWithValues: Probe.all.filter { !$0.isOfDesign }.map {
                    ($0.name, outcome(of: $0, assumptions, EOIDesigns.standard)?.word ?? "")
                }))
    }

    /// The answers to a probe that there are, under any assumption set and design.
    package static func foreseen(_ probe: Probe) -> [String] { table[probe.name] ?? [] }

    private static let table: [String: [String]] = Dictionary(
        uniqueKeysWithValues: Probe.all.map { probe in
            var words: [String] = []
            for design in EOIDesigns.all {
                for assumptions in Assumptions.all {
                    guard let outcome = outcome(of: probe, assumptions, design),
                        outcome.kind == .answer, !words.contains(outcome.word)
                    else { continue }
                    words.append(outcome.word)
                }
            }
            return (probe.name, words)
        })

    static func outcome(
        of probe: Probe, _ assumptions: Assumptions, _ design: EOIDesignEntry,
        notingSteps note: ((String) -> Void)? = nil
    ) -> ProbeOutcome? {
        let bench = ProbeBench(
            irqchip: .split, played: assumptions, wantsVector: design.wantsVector
        ) { setup throws(BackendFailure) in
            var setup = setup
            setup.entersAfterExit = true
            note?("machine \(setup.pins), \(setup.savicEnabled)")
            let guest = ModelledGuest(setup, design)
            return note.map { NotedGuest(guest, $0) } ?? guest
        }
        return bench.run(probe)
    }

    /// Whether the model answers these probes so.
    func agrees(with words: [String: String]) -> Bool {
        words.allSatisfy { self.words[$0.key] == $0.value }
    }

    /// Whether a finding is one that assumptions alone decide.
    func isOf(_ finding: ProbeFinding) -> Bool {
        words[finding.name] != nil
    }
}
