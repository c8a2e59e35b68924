import InterruptModel
import Lockstep
import Scenarios
import TestSupport
import Testing
import Verdicts

@testable import Campaigns

/// Random steps in lockstep: from one seed always the same, and what differs becomes small.
@Suite("Fuzzing")
struct FuzzTests {
    @Test("SplitMix64 gives its published numbers")
    func splitMix() {
        // Of the reference implementation with seed 1234567 (prng.di.unimi.it, splitmix64.c).
        var random = FuzzRandom(seed: 1_234_567)
        let numbers = (0..<3).map { _ in random.next() }
        #expect(
            numbers == [
                6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
            ])
    }

    @Test("Random steps agree with the model they come from", arguments: EOIDesigns.all.map(\.name))
    func agrees(name: String) throws {
        let design = try #require(EOIDesigns.named(name))
        let campaign = FuzzCampaign(
            FuzzOptions(seed: 1, design: design, isHostile: true, changesRoutes: true))
        var backend: any Backend = ModelBackend()
        for run in 0..<200 {
            guard case .agreed(let compared) = campaign.run(UInt64(run), on: &backend) else {
                Issue.record("run \(run)")
                return
            }
            // Every step that was generated was enabled.
            #expect(compared.steps == 24)
        }
    }

    /// Rules that random scenarios cannot show: two take more successive EOIs than there are steps,
    /// and a WARN is in no field.
    private static let distant: Set<Rule> = [
        .eoiStormIsDelayed, .lowLineResetsCount, .emptyInjectionWarns,
    ]

    @Test(
        "Random steps notice every broken rule",
        arguments: Rule.allCases.filter { !distant.contains($0) })
    func noticesEveryRule(rule: Rule) throws {
        for campaign in Self.campaigns(vcpus: RuleKillers.several.contains(rule) ? 3 : 1) {
            var backend: any Backend = ModelBackend(space: WideSpace(breaking: rule))
            for run in 0..<1_500 as Range<UInt64> {
                if case .differs = campaign.run(run, on: &backend) { return }
            }
        }
        Issue.record("nobody noticed that \(rule) is broken")
    }

    /// Everything at once, on both irqchips and kinds of machine, and the design that completes
    /// two vectors in one EOI.
    private static func campaigns(vcpus: Int) -> [FuzzCampaign] {
        let designs = ["rfc-v2", "reevaluate-all"].compactMap { EOIDesigns.named($0) }
        return designs.flatMap { design in
            IRQChip.allCases.flatMap { irqchip in
                MachineKind.allCases.map { kind in
                    var options = FuzzOptions(
                        seed: 1, design: design, kind: kind, irqchip: irqchip,
                        isHostile: true, changesRoutes: true)
                    options.vcpus = vcpus
                    return FuzzCampaign(options)
                }
            }
        }
    }

    @Test("Strict, a design's own hazard is a finding")
    func strict() {
        var backend: any Backend = ModelBackend()
        let campaign = FuzzCampaign(
            FuzzOptions(seed: 3, assumptions: Assumptions(), isStrict: true))
        let codes = (0..<100 as Range<UInt64>).compactMap { run -> MismatchCode? in
            if case .differs(let difference) = campaign.run(run, on: &backend) {
                difference.fingerprint.code
            } else {
                nil
            }
        }
        #expect(!codes.isEmpty && codes.allSatisfy { $0 == .invariant })
    }

    @Test("One step is a run too (command-line §9)")
    func oneStep() {
        for seed in 0..<50 as Range<UInt64> {
            let campaign = FuzzCampaign(FuzzOptions(seed: seed, steps: 1))
            var backend: any Backend = ModelBackend()
            guard case .agreed(let compared) = campaign.run(0, on: &backend) else {
                Issue.record("seed \(seed)")
                continue
            }
            #expect(compared.steps == 1)
        }
    }

    @Test("A run that the backend cannot finish says how far it came")
    func failed() {
        var backend: any Backend = TiredBackend()
        let campaign = FuzzCampaign(FuzzOptions(seed: 1))
        guard case .failed(let reason, let compared) = campaign.run(0, on: &backend) else {
            Issue.record("it was finished")
            return
        }
        #expect(reason.hasPrefix("in step 6, “") && reason.hasSuffix("”: tired"))
        #expect(compared.steps == 5)
    }
}

/// A model that performs five steps of each machine.
private struct TiredBackend: ModelPlayer {
    var inside = ModelBackend()
    private var steps = 0

    func obstacle(
        to scenario: Scenario, _ setup: MachineSetup, _ design: EOIDesignEntry
    ) -> Skip? { nil }

    mutating func prepare(_ setup: MachineSetup, design: EOIDesignEntry) {
        steps = 0
        inside.prepare(setup, design: design)
    }

    mutating func perform(
        _ action: Action, isAtomic: Bool, into observation: inout Observation
    ) throws(BackendFailure) {
        steps += 1
        guard steps <= 5 else { throw .failed("tired") }
        inside.perform(action, isAtomic: isAtomic, into: &observation)
    }
}
