import InterruptModel
import Lockstep
import Scenarios
import Searches
import TestSupport
import Testing
import Verdicts

@Suite("Traces that a search has found, as scenarios (searching §2)")
struct FoundTraceTests {
    @Test("A trace that names its line has its design, and runs where the line is stuck too")
    func trace() throws {
        let setup = MachineSetup.levels(2)
        // One EOI ends both, and the one slot of a split irqchip has room for one of them.
        let actions: [Action] = [.assert(pin: 3), .sti, .assert(pin: 2)]
        let design = try #require(EOIDesigns.named("reevaluate-all"))
        let scenario = FoundTrace(
            name: "found", summary: "s", source: "t", setup: setup, design: design,
            actions: actions, granularity: .step, stuck: 3
        ).scenario
        #expect(scenario.design == "reevaluate-all" && scenario.stuck == 3)
        #expect(scenario.irqchips == [.split] && scenario.machines == [.secure])
        let outcome = run(scenario, on: ScriptedBackend(), LockstepOptions(design: design))
        #expect(outcome.verdict == .pass && outcome.stuck == 3)
    }
}
