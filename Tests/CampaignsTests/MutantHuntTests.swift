import InterruptModel
import Scenarios
import Synchronization
import TestSupport
import Testing
import Verdicts

@testable import Campaigns

/// What scenarios cover is what they notice (command-line §4).
@Suite("Which scenarios notice a broken rule")
struct MutantHuntTests {
    /// Rules with the scenario that is there for them, but for storms, which take long.
    private static let killers = RuleKillers.byRule.compactMap { rule, name in
        Combination.catalogue.first { $0.name == name && !$0.groups.contains("storm") }
            .map { (rule: rule, scenario: $0) }
    }

    @Test("The scenario that is there for a rule notices that it is broken")
    func killers() throws {
        #expect(Self.killers.count > 50)
        for (rule, scenario) in Self.killers {
            let finding = try #require(MutantHunt([scenario]).finding(breaking: rule))
            #expect(finding.isNoticed, "\(rule.name): \(scenario.name)")
        }
    }

    private static let silent = "assert 2, run, deassert 2, eoi"

    @Test("What is stated is told apart from what only the prediction knows")
    func ways() throws {
        let silent = try scenario(Self.silent, "expect: {deliveries: {0x31: 1}}")
        let finding = try #require(
            MutantHunt([silent]).finding(breaking: .inServiceBlocks))
        #expect(finding.differing == ["written"] && finding.stating == [])
        let stating = try scenario(Self.silent, "expect: {remote-irr: []}")
        let other = try #require(
            MutantHunt([stating]).finding(breaking: .eoiClearsRemoteIRR))
        #expect(other.differing == ["written"] && other.stating == ["written"])
        let none = try #require(MutantHunt([silent]).finding(breaking: .unmaskResamples))
        #expect(!none.isNoticed)
    }

    @Test("A scenario that does not pass as it is tells nothing and is not asked")
    func unfit() throws {
        let wrong = try scenario(Self.silent, "expect: {deliveries: {0x41: 1}}")
        let hunt = MutantHunt([wrong])
        #expect(hunt.names.isEmpty && hunt.unfit.map(\.name) == ["written"])
        #expect(hunt.unfit.first?.outcome.verdict == .fail)
        #expect(hunt.finding(breaking: .eoiClearsRemoteIRR)?.isNoticed == false)
    }

    @Test("What is ended has no finding")
    func ended() throws {
        let hunt = MutantHunt([try scenario(Self.silent)], isStopped: { true })
        #expect(hunt.names.isEmpty && hunt.finding(breaking: .eoiClearsRemoteIRR) == nil)
    }

    /// Says yes from the second time on that it is asked.
    private final class Stop: Sendable {
        private let asked = Mutex(0)

        var isWanted: Bool {
            asked.withLock { asked in
                asked += 1
                return asked > 1
            }
        }
    }

    @Test("A scenario that is cut short is not called one that does not pass")
    func cutShort() throws {
        let stop = Stop()
        // A run looks now and then whether it is to stop, and this one is long enough for that.
        let long = try scenario("{repeat: 200, steps: [assert 2, run, deassert 2, eoi, sti]}")
        let hunt = MutantHunt([long], isStopped: { stop.isWanted })
        #expect(hunt.unfit.isEmpty && hunt.names.isEmpty)
    }

    @Test("Every rule has a name of its own, made of whole words")
    func names() {
        let names = Rule.allCases.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(names.contains("remote-irr-blocks-service") && names.contains("eoi-ends-highest"))
        for name in names {
            let words = name.split(separator: "-", omittingEmptySubsequences: false)
            #expect(words.count > 1 && words.allSatisfy { $0.count > 1 }, "\(name)")
        }
    }
}
