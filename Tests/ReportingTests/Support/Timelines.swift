import InterruptModel
import Lockstep
import Scenarios
import TestSupport
import Testing

/// Runs as data, for tests of what is drawn of them.
enum Timelines {
    /// Of all scenarios of the catalogue that the model can run, with the design that they are for.
    static func ofCatalogue() throws -> [Timeline] { try catalogue.get() }

    private static let catalogue = Result {
        // The storms are long, and their pictures are folded like that of any other.
        try Catalogue.load().filter { !$0.name.contains("storm") }.compactMap { run($0) }
    }

    /// Of those that can run on a plain machine with KVM's own IOAPIC, on that.
    static func onKernelIRQChip() throws -> [Timeline] {
        let options = LockstepOptions(irqchip: .kernel, kind: .plain)
        let scenarios = try Catalogue.load().filter {
            $0.irqchips.contains(.kernel) && $0.machines.contains(.plain)
        }
        return scenarios.compactMap { run($0, options) }
    }

    private static func run(_ scenario: Scenario, _ options: LockstepOptions? = nil) -> Timeline? {
        var backend: any Backend = ModelBackend()
        let options = options ?? LockstepOptions(irqchip: scenario.irqchips[0])
        return Lockstep(options).record(scenario, on: &backend).timeline?.withLostLines()
    }

    /// That of the catalogue's scenario of this name.
    static func named(_ name: String) throws -> Timeline {
        try #require(ofCatalogue().first { $0.name == name })
    }

    /// That of the first scenario of a text.
    static func of(_ text: ScenarioText, _ options: LockstepOptions? = nil) throws -> Timeline {
        let timelines = try text.load().compactMap { run($0, options) }
        return try #require(timelines.first)
    }

    /// One in whose last step the backend leaves Remote IRR set.
    static func mismatch() throws -> Timeline {
        let scenarios = try ScenarioText("steps: [assert 2, run, deassert 2, eoi]").load()
        var backend: any Backend = ModelBackend(space: WideSpace(breaking: .eoiClearsRemoteIRR))
        let run = Lockstep(LockstepOptions()).record(try #require(scenarios.first), on: &backend)
        return try #require(run.timeline)
    }
}
