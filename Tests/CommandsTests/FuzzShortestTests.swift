import InterruptModel
import Lockstep
import Scenarios
import Searches
import StateExplorer
import Testing

@testable import Campaigns
@testable import Commands

/// What the fuzzer finds by chance and shrinks, held against what the search calls shortest.
@Suite("fuzz and explore") struct FuzzShortestTests {
    /// Steps of the shortest way on this very machine, with any of the actions that it was fuzzed
    /// with.
    private func shortest(_ invariant: Invariant, _ scenario: Scenario, _ design: EOIDesignEntry)
        throws -> Int
    {
        let fuzzed = scenario.steps.compactMap { step -> Action? in
            if case .action(let action, _, _) = step { action } else { nil }
        }
        let actions = SearchAlphabet.complete(
            SearchAlphabet.standard(on: scenario.setup, .step) + fuzzed, on: scenario.setup, .step)
        let search = try ModelSearch(
            scenario.setup, design: design, actions: actions, granularity: .step)
        let conduct = SearchConduct(limits: SearchLimits(), threads: 1) { _ in nil }
        let found = search.run(ModelQuestion(), conduct).violations
        return try #require(found.first { $0.invariants.contains(invariant) }).way.length
    }

    @Test(
        "A design that is wrong is caught, and shrunk to the shortest way or one step more",
        arguments: ["rfc-v2", "hardened", "reevaluate-all"])
    func isShortest(name: String) throws {
        let design = try #require(EOIDesigns.named(name))
        let campaign = FuzzCampaign(
            FuzzOptions(
                seed: 5, design: design, assumptions: Assumptions(), isStrict: true, repeats: 1))
        var backend: any Backend = ModelBackend()
        // Shrinking leaves out what it can, and so may stay in a way that is short by itself and
        // not the shortest: of each invariant one finding at least has to come as near as that.
        var nearest: [Invariant: Int] = [:]
        for run in 0..<120 as Range<UInt64> {
            guard case .differs(let difference) = campaign.run(run, on: &backend),
                let invariant = Invariant(name: difference.fingerprint.field)
            else { continue }
            let finding = campaign.finding(of: difference, on: &backend)
            let best = try shortest(invariant, finding.scenario, design)
            let excess = finding.scenario.steps.count - best
            #expect(excess >= 0, "run \(run) is shorter than the shortest")
            nearest[invariant] = min(nearest[invariant] ?? excess, excess)
        }
        #expect(!nearest.isEmpty && nearest.values.allSatisfy { $0 <= 1 }, "\(nearest)")
    }
}
