import InterruptModel
import Scenarios
import TestSupport
import Testing
import Verdicts

@testable import Lockstep

/// Each rule of the interrupt path, broken, and the scenario that is there to notice.
@Suite("Mutants: the catalogue notices every broken rule")
struct MutantTests {
    /// What shows in a host's log, and in no field of an observation.
    static let unseen: Set<Rule> = [.emptyInjectionWarns]

    @Test(
        "A broken rule fails the scenario that is there for it",
        arguments: Rule.allCases.filter { !unseen.contains($0) })
    func isKilled(rule: Rule) throws {
        let name = try #require(RuleKillers.byRule[rule])
        let scenario = try #require(Combination.catalogue.first { $0.name == name })
        let mutant = WideSpace(breaking: rule)
        let failed = Combination.of(scenario).first { $0.run(on: mutant).verdict == .fail }
        #expect(failed != nil)
        #expect(failed?.run().verdict == .pass)
    }

    /// The prediction is as broken as the backend, so only what scenarios state can notice: their
    /// expectations and hazards pin the rule, whatever the code says. The scenario that is there
    /// for the rule is asked first, and the storms, which take long, last.
    @Test(
        "A rule broken on both sides contradicts what some scenario states",
        arguments: Rule.allCases)
    func isStated(rule: Rule) {
        let mutant = WideSpace(breaking: rule)
        func isNoticed(by combinations: some Sequence<Combination>) -> Bool {
            combinations.contains { $0.run(on: mutant, against: mutant).verdict != .pass }
        }
        let own = Combination.all.lazy.filter { $0.scenario.name == RuleKillers.byRule[rule] }
        let others = Combination.all.lazy.filter { !$0.scenario.groups.contains("storm") }
        let storms = Combination.all.lazy.filter { $0.scenario.groups.contains("storm") }
        #expect(isNoticed(by: own) || isNoticed(by: others) || isNoticed(by: storms))
    }

    @Test("Every rule has a scenario, and every scenario named exists")
    func table() {
        #expect(Set(RuleKillers.byRule.keys) == Set(Rule.allCases))
        let names = Set(Combination.catalogue.map(\.name))
        #expect(Set(RuleKillers.byRule.values).subtracting(names).isEmpty)
    }
}
