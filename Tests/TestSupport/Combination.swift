package import InterruptModel
internal import Lockstep
package import Scenarios
internal import Testing
package import Verdicts

/// A scenario of the catalogue on one kind of machine, with one irqchip and one design.
package struct Combination: Sendable, CustomTestStringConvertible {
    package let scenario: Scenario
    package let kind: MachineKind
    package let irqchip: IRQChip
    package let design: EOIDesignEntry

    package var testDescription: String {
        let design = kind == .plain ? "" : " \(design.name)"
        return "\(scenario.name) \(kind.rawValue) \(irqchip.rawValue)\(design)"
    }

    package static let catalogue: [Scenario] = (try? Catalogue.load()) ?? []
    package static let all = catalogue.flatMap(of)

    /// Every combination that a scenario allows; a plain machine has no design under test.
    package static func of(_ scenario: Scenario) -> [Combination] {
        scenario.machines.flatMap { kind in
            scenario.irqchips.flatMap { irqchip in
                EOIDesigns.tested(on: kind).map {
                    Combination(scenario: scenario, kind: kind, irqchip: irqchip, design: $0)
                }
            }
        }
    }

    /// Runs it on the model, or on a mutant of the model, against a prediction that is intact or
    /// as broken.
    package func run(
        on space: WideSpace = WideSpace(), against prediction: WideSpace = WideSpace()
    ) -> ScenarioOutcome {
        var backend: any Backend = ModelBackend(space: space)
        var options = LockstepOptions(design: design, irqchip: irqchip, kind: kind)
        options.space = prediction
        return Lockstep(options).run(scenario, on: &backend)
    }
}

/// A scenario written for one test: machine, steps and whatever else it needs, as YAML.
package func scenario(
    _ steps: String, _ rest: String = "",
    machine: String = "{pins: [{pin: 2, vector: 0x31}, {pin: 3, vector: 0x41}]}"
) throws -> Scenario {
    let text = """
        name: written
        summary: written for a test
        source: a test
        groups: [test]
        machine: \(machine)
        steps: [\(steps)]
        \(rest)
        """
    return try ScenarioLoader.load(Array(text.utf8), file: "test.yaml")[0]
}
