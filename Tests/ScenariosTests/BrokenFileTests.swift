import InterruptModel
import Scenarios
import TestSupport
import Testing

@Suite("Broken scenario files (command-line §3)")
struct BrokenFileTests {
    private func expect(_ broken: BrokenFile) {
        let error = #expect(throws: ScenarioError.self) { try broken.text.load() }
        let message = error?.message ?? ""
        for word in broken.words { #expect(message.contains(word)) }
        #expect(error?.location.file == "test.yaml")
        #expect(error?.location.line == broken.text.place?.line)
        #expect(error?.location.column == broken.text.place?.column)
    }

    @Test(
        "A wrong field names its place, what was found and what was expected",
        arguments: [
            BrokenFile(
                "an unknown key gets a suggestion", ScenarioText("§sumary: x"),
                "unknown key “sumary”", "did you mean “summary”?"),
            BrokenFile(
                "a key of the wrong case is unknown", ScenarioText("§Name: x"), "unknown key “Name”"
            ),
            BrokenFile(
                "a scenario needs a name", ScenarioText(raw: "§summary: x\n"), "has no “"),
            BrokenFile(
                "a scenario needs steps",
                ScenarioText(
                    raw: "§name: one\nsummary: s\nsource: t\ngroups: [test]\nmachine: {}\n"),
                "has no “steps”"),
            BrokenFile(
                "a name is plain", ScenarioText("name: §Level_Basic"), "lower-case", "Level_Basic"),
            BrokenFile("a group is plain", ScenarioText("groups: [§a b]"), "lower-case"),
            BrokenFile("groups are not empty", ScenarioText("groups: §[]"), "at least one group"),
            BrokenFile(
                "a danger is one of its words", ScenarioText("danger: §hosts"),
                "unknown danger “hosts”", "did you mean “host”?"),
            BrokenFile(
                "a machine kind is one of its words", ScenarioText("machines: [plain, §secured]"),
                "unknown machine kind", "did you mean “secure”?"),
            BrokenFile(
                "an irqchip is one of its words", ScenarioText("irqchips: §splt"),
                "unknown irqchip", "did you mean “split”?"),
            BrokenFile(
                "a summary is text", ScenarioText("summary: §[a, b]"), "a summary", "found a list"),
            BrokenFile("a scenario is a mapping", ScenarioText(raw: "§- run\n"), "as a mapping"),
            BrokenFile(
                "a hazard's design is known", ScenarioText("hazards: {§rfc-v3: [attribution]}"),
                "unknown design “rfc-v3”", "did you mean “rfc-v"),
            BrokenFile(
                "a design is known", ScenarioText("design: §hardend"),
                "unknown design “hardend”", "did you mean “hardened”?"),
            BrokenFile("a design is a name", ScenarioText("design: §[hardened]"), "a list"),
            BrokenFile("a stuck line is a pin", ScenarioText("stuck: §24"), "0…23"),
            BrokenFile(
                "a stuck line is one of the machine's", ScenarioText("stuck: §3"), "no pin 3"),
            BrokenFile(
                "a hazard's invariant is known", ScenarioText("hazards: {plain: [§atribution]}"),
                "unknown invariant", "did you mean “attribution”?"),
            BrokenFile(
                "a design's hazards are stated once",
                ScenarioText("hazards: {plain: [attribution], §hardened plain: [exactly-once]}"),
                "“plain”", "twice"),
        ])
    func field(broken: BrokenFile) { expect(broken) }

    @Test(
        "A wrong machine names its place and the bounds",
        arguments: [
            BrokenFile(
                "pins go to 23", ScenarioText("machine: {pins: [{pin: §24, vector: 0x31}]}"),
                "a pin, 0…23", "“24”"),
            BrokenFile(
                "vector 5 is an exception", ScenarioText("machine: {pins: [{pin: 2, vector: §5}]}"),
                "a vector, 16…255", "“5”"),
            BrokenFile(
                "a vector is a number", ScenarioText("machine: {pins: [{pin: 2, vector: §0xgg}]}"),
                "a vector", "“0xgg”"),
            BrokenFile(
                "a pin needs a vector", ScenarioText("machine: {pins: [§{pin: 2}]}"),
                "at least “pin” and “vector”"),
            BrokenFile(
                "a pin is set up once",
                ScenarioText("machine: {pins: [{pin: 2, vector: 49}, §{pin: 2, vector: 50}]}"),
                "pin 2", "twice"),
            BrokenFile(
                "a pin's keys are known",
                ScenarioText("machine: {pins: [{pin: 2, vector: 49, §triger: edge}]}"),
                "unknown key “triger”", "did you mean “trigger”?"),
            BrokenFile(
                "a machine's keys are known", ScenarioText("machine: {§pin: []}"),
                "unknown key “pin”", "did you mean “pins”?"),
            BrokenFile(
                "a flag is true or false", ScenarioText("machine: {nesting: §maybe}"),
                "true or false", "“maybe”"),
            BrokenFile(
                "an IOAPIC is 0x11 or 0x20", ScenarioText("machine: {ioapic-version: §0x12}"),
                "0x11", "0x20"),
            BrokenFile(
                "page TMR is one of its words", ScenarioText("machine: {page-tmr: §acurate}"),
                "unknown page TMR", "did you mean “accurate”?"),
        ])
    func machine(broken: BrokenFile) { expect(broken) }

    @Test(
        "A wrong step names its place and what it takes",
        arguments: [
            BrokenFile(
                "an unknown step gets a suggestion", ScenarioText("steps: [run, §asert 2]"),
                "unknown step “asert”", "did you mean “assert”?"),
            BrokenFile(
                "an operand may not be missing", ScenarioText("steps: [§assert]"),
                "“assert” takes these operands: pin; found 0"),
            BrokenFile(
                "an operand may not be too many", ScenarioText("steps: [§eoi 0x31]"),
                "“eoi” takes no operands; found 1"),
            BrokenFile(
                "the machine must have the pin", ScenarioText("steps: [§assert 3]"),
                "no pin 3", "expected one of 2"),
            BrokenFile("a pin operand is in range", ScenarioText("steps: [§assert 99]"), "0…23"),
            BrokenFile("a vector operand is in range", ScenarioText("steps: [§msi 5]"), "16…255"),
            BrokenFile(
                "a trigger operand is edge or level", ScenarioText("steps: [§trigger 2 rising]"),
                "edge or level", "“rising”"),
            BrokenFile(
                "inject alone needs atomic granularity", ScenarioText("steps: [§inject]"),
                "“inject” is part of every guest step", "granularity: atomic"),
            BrokenFile(
                "run is no atomic step", ScenarioText("granularity: atomic", "steps: [§run]"),
                "“run” is a guest step"),
            BrokenFile(
                "irqfd needs a resampler", ScenarioText("steps: [§irqfd 2]"),
                "no resampler", "resampler: true"),
            BrokenFile("steps are not empty", ScenarioText("steps: §[]"), "at least one step"),
            BrokenFile("steps are a list", ScenarioText("steps: §run"), "a list of steps"),
            BrokenFile(
                "a repeat runs at least once",
                ScenarioText("steps: [{repeat: §0, steps: [run]}]"), "1…10001", "“0”"),
            BrokenFile(
                "a repeat is bounded",
                ScenarioText("steps: [{repeat: §10002, steps: [run]}]"), "1…10001"),
            BrokenFile(
                "all repeats together are bounded",
                ScenarioText("steps: §[{repeat: 1000, steps: [{repeat: 1000, steps: [run]}]}]"),
                "1000000 steps", "at most 200000"),
            BrokenFile(
                "a product of repeats may not overflow",
                ScenarioText(
                    """
                    steps: §[{repeat: 10001, steps: [{repeat: 10001, steps:
                      [{repeat: 10001, steps: [run]}]}]}]
                    """), "at most 200000"),
            BrokenFile(
                "repeats nest three deep",
                ScenarioText(
                    """
                    steps: [{repeat: 1, steps: [{repeat: 1, steps:
                      [{repeat: 1, steps: [{repeat: 1, steps: §[run]}]}]}]}]
                    """), "nest more than 3 deep"),
            BrokenFile(
                "a repeat needs steps", ScenarioText("steps: [§{repeat: 2}]"),
                "“repeat” with “steps”"),
            BrokenFile(
                "expect stands alone",
                ScenarioText("steps: [§{expect: {irr: []}, repeat: 2}]"), "stand alone"),
            BrokenFile(
                "an expectation is known", ScenarioText("steps: [{expect: {§remote-ir: []}}]"),
                "unknown key “remote-ir”", "did you mean “remote-irr”?"),
            BrokenFile(
                "an expectation is not empty", ScenarioText("expect: §{}"),
                "at least one expectation"),
            BrokenFile(
                "an expected vector is one", ScenarioText("expect: {eoi-exits: [§0x100]}"),
                "a vector, 16…255"),
        ])
    func step(broken: BrokenFile) { expect(broken) }
}
