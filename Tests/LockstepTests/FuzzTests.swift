import InterruptModel
@testable import Lockstep
import Scenarios
import Testing
import Verdicts

/// Random steps in lockstep: from one seed always the same, and what differs becomes small.
@Suite("Fuzzing")
struct FuzzTests {
    private func generator(_ options: FuzzOptions) -> FuzzGenerator {
        FuzzGenerator(options: options) { $0 }
    }

    private func text(_ scenario: Scenario) -> String { ScenarioWriter.text(of: scenario) }

    @Test("A run depends on its seed and its number alone")
    func isReproducible() {
        let one = generator(FuzzOptions(seed: 7))
        let other = generator(FuzzOptions(seed: 7))
        // In another order, as another shard would make them.
        let forward = (0..<50).map { text(one.scenario(UInt64($0))) }
        let backward = (0..<50).reversed().map { text(other.scenario(UInt64($0))) }
        #expect(forward == backward.reversed())
        #expect(Set(forward).count == 50)
        #expect(text(generator(FuzzOptions(seed: 8)).scenario(0)) != forward[0])
    }

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

    /// The shortest way to notice each, in guest and host steps.
    private static let broken: [(rule: Rule, length: Int)] = [
        (.serviceSetsRemoteIRR, 1), (.acceptClearsIRR, 1), (.eoiClearsRemoteIRR, 3),
        (.completionClearsShadow, 3), (.remoteIRRBlocksService, 3),
    ]

    @Test("A broken rule is caught and shrunk to the shortest way there", arguments: broken)
    func isShrunk(rule: Rule, length: Int) throws {
        var backend: any Backend = ModelBackend(space: WideSpace(breaking: rule))
        let campaign = FuzzCampaign(FuzzOptions(seed: 3, assumptions: Assumptions(), repeats: 4))
        var best = Int.max
        for run in 0..<60 {
            guard case .found(let finding) = campaign.run(UInt64(run), on: &backend) else {
                continue
            }
            best = min(best, finding.scenario.steps.count)
            #expect(finding.reproduced == 4 && finding.repeats == 4)
            // Each is minimal by itself: without any one step the mismatch does not show.
            let actions = finding.scenario.actions
            for index in actions.indices where actions.count > 1 {
                var rest = actions
                rest.remove(at: index)
                var options = LockstepOptions(kind: .secure)
                options.judges = false
                let outcome = Lockstep(options).run(finding.scenario.with(rest), on: &backend)
                #expect(Fingerprint(outcome) != finding.fingerprint, "run \(run), step \(index)")
            }
        }
        #expect(best == length)
    }

    @Test("What is found runs again from its file and shows the same")
    func isReplayable() throws {
        var backend: any Backend = ModelBackend(space: WideSpace(breaking: .eoiClearsRemoteIRR))
        let campaign = FuzzCampaign(FuzzOptions(seed: 3, assumptions: Assumptions()))
        let findings = (0..<60 as Range<UInt64>).compactMap { run -> FuzzFinding? in
            if case .found(let finding) = campaign.run(run, on: &backend) { finding } else { nil }
        }
        let finding = try #require(findings.first)
        let bytes = Array(text(finding.scenario).utf8)
        let loaded = try #require(try ScenarioLoader.load(bytes, file: "found.yaml").first)
        let outcome = Lockstep(LockstepOptions()).run(loaded, on: &backend)
        #expect(Fingerprint(outcome) == finding.fingerprint)
    }

    @Test("Strict, a design's own hazard is a finding")
    func strict() {
        var backend: any Backend = ModelBackend()
        let campaign = FuzzCampaign(
            FuzzOptions(seed: 3, assumptions: Assumptions(), isStrict: true))
        let codes = (0..<100 as Range<UInt64>).compactMap { run -> MismatchCode? in
            if case .found(let finding) = campaign.run(run, on: &backend) {
                finding.fingerprint.code
            } else {
                nil
            }
        }
        #expect(!codes.isEmpty && codes.allSatisfy { $0 == .invariant })
    }
}
