import InterruptModel
import Scenarios
import TestSupport
import Testing
import Verdicts

@testable import Lockstep

/// What is said of a difference beside that it is there.
@Suite("What a difference is like") struct LikenessTests {
    /// The model on another machine, or under another design, than the prediction has.
    private struct OtherModel: ModelPlayer {
        var inside = ModelBackend()
        var change: @Sendable (inout MachineSetup) -> Void = { _ in }
        var design: EOIDesignEntry?

        func obstacle(
            to scenario: Scenario, _ setup: MachineSetup, _ design: EOIDesignEntry
        ) -> Skip? { nil }

        mutating func prepare(_ setup: MachineSetup, design: EOIDesignEntry) {
            var setup = setup
            change(&setup)
            inside.prepare(setup, design: self.design ?? design)
        }
    }

    private func mismatch(
        _ name: String, _ irqchip: IRQChip, _ kind: MachineKind, on backend: any Backend,
        design: EOIDesignEntry = EOIDesigns.standard, seeks: Bool = true
    ) throws -> Mismatch? {
        let scenario = try #require(Combination.catalogue.first { $0.name == name })
        var options = LockstepOptions(design: design, irqchip: irqchip, kind: kind)
        options.seeksLikeness = seeks
        var backend = backend
        return Lockstep(options).run(scenario, on: &backend).mismatch
    }

    @Test(
        "A broken rule is among what it may be, wherever its scenario shows a difference",
        arguments: Rule.allCases.filter {
            // A storm takes thousands of steps.
            !MutantTests.unseen.contains($0) && RuleKillers.byRule[$0]?.contains("storm") == false
        })
    func rules(rule: Rule) throws {
        let name = try #require(RuleKillers.byRule[rule])
        let scenario = try #require(Combination.catalogue.first { $0.name == name })
        let backend = ModelBackend(space: WideSpace(breaking: rule))
        let places = scenario.machines.flatMap { kind in
            scenario.irqchips.flatMap { irqchip in
                EOIDesigns.tested(on: kind).map { (kind, irqchip, $0) }
            }
        }
        let found = try places.compactMap { kind, irqchip, design in
            try mismatch(name, irqchip, kind, on: backend, design: design)?.likeness
        }
        #expect(!found.isEmpty)
        for names in found { #expect(names.contains("with the rule \(rule.name) broken")) }
    }

    @Test("A kernel rule is, with the commit that brought it")
    func kernelRule() throws {
        let old = OtherModel(change: { $0.kernelRules = [] })
        let found = try mismatch("unmask-resample", .kernel, .plain, on: old)
        let names = try #require(found?.likeness)
        #expect(
            names.first
                == "without the kernel rule unmask-resamples (Linux fef8f2b90edb, in 6.3)")
    }

    @Test("So are an assumption and a design")
    func others() throws {
        let always = OtherModel(change: { $0.assumptions.pageTMR = .always })
        let assumed = try mismatch("edge-basic", .split, .secure, on: always)?.likeness
        #expect(assumed?.contains("with --page-tmr always") == true)
        let other = OtherModel(design: EOIDesigns.named("one-outstanding"))
        let designed = try mismatch("stuck-line", .split, .secure, on: other)?.likeness
        #expect(designed?.contains("with --design one-outstanding") == true)
    }

    @Test("Where nothing that is known does the same, that is said")
    func nothing() throws {
        let both = OtherModel(
            change: {
                $0.pins[0].vector = 0x32
                $0.interruptsEnabled = false
            })
        #expect(try mismatch("level-basic", .split, .plain, on: both)?.likeness == [])
    }

    @Test("Nobody looks where nobody asks, or where a run is long")
    func notLooked() throws {
        let old = OtherModel(change: { $0.kernelRules = [] })
        let quiet = try mismatch("unmask-resample", .kernel, .plain, on: old, seeks: false)
        #expect(quiet != nil && quiet?.likeness == nil)
        let long = ModelBackend(space: WideSpace(breaking: .eoiStormIsDelayed))
        let storm = try mismatch("eoi-storm", .split, .plain, on: long)
        #expect(storm != nil && storm?.likeness == nil)
    }
}
