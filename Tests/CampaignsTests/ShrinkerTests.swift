import InterruptModel
import Lockstep
import Scenarios
import Testing
import Verdicts

@testable import Campaigns

/// What differs becomes small, and what is written down shows it again.
@Suite("Shrinking")
struct ShrinkerTests {
    /// Shrinks a scenario of one's own as the fuzzer would one of its runs.
    private func shrunk(
        _ setup: MachineSetup, _ steps: [Action], _ options: FuzzOptions,
        on backend: any Backend = ModelBackend()
    ) -> FuzzFinding? {
        var backend = backend
        var lockstep = LockstepOptions(
            design: options.design, irqchip: setup.irqchip, kind: setup.kind)
        lockstep.judges = false
        lockstep.strict = options.isStrict
        let scenario = Scenario(
            found: "own", summary: "a line", source: "a test", setup: setup, actions: steps)
        let outcome = Lockstep(lockstep).run(scenario, on: &backend)
        return FuzzDifference(outcome, of: scenario).map {
            FuzzCampaign(options).finding(of: $0, on: &backend)
        }
    }

    private static let strict = FuzzOptions(seed: 0, isStrict: true, repeats: 2)

    /// Run 14 of `fuzz --backend model --strict --seed 1` before machines were shrunk: all four
    /// assumptions were kept, none of them matters.
    private static let d14: (setup: MachineSetup, steps: [Action]) = {
        var setup = MachineSetup(
            pins: [PinSetup(pin: 3, vector: 0x91), PinSetup(pin: 4, vector: 0x41)],
            pageTMR: .guest, nesting: true)
        setup.assumptions.nativeLevelEOI = .ends
        setup.assumptions.disallowed = .kept
        return (setup, [.assert(pin: 4), .run, .assert(pin: 3), .eoi])
    }()

    /// The same steps on the machine that says nothing beyond its pins.
    private static let plainest = MachineSetup(
        pins: [PinSetup(pin: 2, vector: 0x41), PinSetup(pin: 3, vector: 0x31)])

    @Test("Assumptions that do not matter go")
    func d14() throws {
        let finding = try #require(shrunk(Self.d14.setup, Self.d14.steps, Self.strict))
        #expect(finding.fingerprint.field == "attribution")
        #expect(finding.scenario.setup == Self.plainest)
        #expect(
            finding.scenario.actions == [.assert(pin: 3), .run, .assert(pin: 2), .eoi])
        #expect(finding.reproduced == 2 && finding.repeats == 2)
    }

    @Test("Whatever else the machine has that does not matter goes too", arguments: 0..<60)
    func settles(seed: UInt64) throws {
        var random = FuzzRandom(seed: seed)
        var setup = Self.d14.setup
        let all = FuzzOptions(seed: 0, isHostile: true, changesRoutes: true)
        for variation in FuzzVariation.all(in: all) {
            // Not what keeps the hazard from showing at all.
            let varied = variation.varied(setup, &random)
            let finding = shrunk(varied, Self.d14.steps, Self.strict)
            if finding?.fingerprint.field == "attribution" { setup = varied }
        }
        let finding = try #require(shrunk(setup, Self.d14.steps, Self.strict))
        #expect(finding.scenario.setup == Self.plainest, "\(setup)")
    }

    @Test("What matters about a machine stays, and only that")
    func keeps() throws {
        // A level interrupt whose EOI the hardware ends by itself: KVM's note is stale for ever.
        var setup = MachineSetup(
            pins: [PinSetup(pin: 20, vector: 0xE7, resampler: true, notifier: true)],
            pageTMR: .never, guestEOI: .native, nesting: true)
        setup.assumptions.beforeEnable = .kept
        let steps: [Action] = [.assert(pin: 20), .run, .tpr(0), .eoi, .run]
        let finding = try #require(shrunk(setup, steps, Self.strict))
        var expected = MachineSetup(pins: [PinSetup(pin: 2, vector: 0x31)], pageTMR: .never)
        #expect(finding.scenario.setup == expected)
        #expect(finding.scenario.actions == [.assert(pin: 2), .run, .eoi])
        // The other way to the same: the page says level, but the hardware does not mind.
        setup.pageTMR = .accurate
        setup.assumptions.nativeLevelEOI = .ends
        expected.pageTMR = .accurate
        expected.guestEOI = .native
        expected.assumptions.nativeLevelEOI = .ends
        #expect(shrunk(setup, steps, Self.strict)?.scenario.setup == expected)
    }

    @Test("The RTC's pin keeps its number where it is about the RTC")
    func rtc() throws {
        let setup = MachineSetup(
            kind: .plain, irqchip: .kernel,
            pins: [PinSetup(pin: 8, vector: 0x52, trigger: .edge)], interruptsEnabled: false)
        let steps: [Action] = [.assertStatus(pin: 8), .deassert(pin: 8), .assertStatus(pin: 8)]
        var options = FuzzOptions(seed: 0, kind: .plain, irqchip: .kernel)
        options.repeats = 1
        let backend = ModelBackend(space: WideSpace(breaking: .rtcCoalesces))
        let finding = try #require(shrunk(setup, steps, options, on: backend))
        #expect(finding.fingerprint.field == "line status")
        #expect(finding.scenario.setup.pins.map(\.pin) == [8])
        #expect(finding.scenario.setup.pins.map(\.vector) == [0x31])
    }

    /// The shortest way to notice each, in guest and host steps.
    private static let broken: [(rule: Rule, length: Int)] = [
        (.serviceSetsRemoteIRR, 1), (.acceptClearsIRR, 1), (.eoiClearsRemoteIRR, 3),
        (.completionClearsShadow, 3), (.remoteIRRBlocksService, 2),
    ]

    @Test("A broken rule is caught and shrunk to the shortest way there", arguments: broken)
    func isShortest(rule: Rule, length: Int) throws {
        let space = WideSpace(breaking: rule)
        var best = Int.max
        let options = FuzzOptions(seed: 3, assumptions: Assumptions(), repeats: 4)
        for finding in findings(60, options, on: ModelBackend(space: space)) {
            best = min(best, finding.scenario.steps.count)
            #expect(finding.reproduced == 4 && finding.repeats == 4)
            // Each is minimal by itself: without any one step the mismatch does not show.
            let actions = finding.scenario.actions
            for index in actions.indices where actions.count > 1 {
                var rest = actions
                rest.remove(at: index)
                var options = LockstepOptions(kind: .secure)
                options.judges = false
                var backend: any Backend = ModelBackend(space: space)
                let outcome = Lockstep(options).run(finding.scenario.with(rest), on: &backend)
                #expect(
                    Fingerprint(outcome) != finding.fingerprint,
                    "run \(finding.run), step \(index)")
            }
        }
        #expect(best == length)
    }

    private func findings(
        _ runs: UInt64, _ options: FuzzOptions, on backend: any Backend
    ) -> [FuzzFinding] {
        var backend = backend
        let campaign = FuzzCampaign(options)
        return (0..<runs).compactMap { run in
            guard case .differs(let difference) = campaign.run(run, on: &backend) else {
                return nil
            }
            return campaign.finding(of: difference, on: &backend)
        }
    }

    // MARK: - Files

    @Test(
        "What is found runs again from its file, as run does it, and shows the same",
        arguments: Rule.allCases)
    func isReplayable(rule: Rule) throws {
        for kind in MachineKind.allCases {
            for irqchip in IRQChip.allCases {
                let options = FuzzOptions(
                    seed: 3, kind: kind, irqchip: irqchip, isHostile: true, changesRoutes: true,
                    repeats: 1)
                let space = WideSpace(breaking: rule)
                for finding in findings(12, options, on: ModelBackend(space: space)) {
                    #expect(finding.reproduced == 1)
                    let text = ScenarioWriter.text(of: finding.scenario)
                    // Nothing in it is left out, and nothing comes behind.
                    #expect(!text.contains("?"))
                    #expect(finding.scenario.steps.count == finding.mismatch.step, "\(text)")
                    let loaded = try ScenarioLoader.load(Array(text.utf8), file: "found.yaml")
                    var backend: any Backend = ModelBackend(space: space)
                    let outcome = Lockstep(LockstepOptions(irqchip: irqchip)).run(
                        try #require(loaded.first), on: &backend)
                    #expect(Fingerprint(outcome) == finding.fingerprint, "\(text)")
                    #expect(outcome.mismatch == finding.mismatch, "\(text)")
                }
            }
        }
    }
}
