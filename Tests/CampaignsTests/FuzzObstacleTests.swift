import InterruptModel
import Lockstep
import Scenarios
import TestSupport
import Testing
import Verdicts

@testable import Campaigns

/// A model that refuses what a test tells it to refuse.
private struct LimitedBackend: ModelPlayer {
    var inside = ModelBackend()
    private let refuses: @Sendable (Scenario, MachineSetup) -> Bool

    init(refusing refuses: @escaping @Sendable (Scenario, MachineSetup) -> Bool) {
        self.refuses = refuses
    }

    func obstacle(
        to scenario: Scenario, _ setup: MachineSetup, _ design: EOIDesignEntry
    ) -> Skip? {
        refuses(scenario, setup) ? Skip(reason: "cannot") : nil
    }
}

/// A backend's limits cost single steps, not runs.
@Suite("Random scenarios and what a backend cannot do")
struct FuzzObstacleTests {
    private static let options = FuzzOptions(seed: 4, isHostile: true, changesRoutes: true)

    struct Limit: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var refuses: @Sendable (Scenario, MachineSetup) -> Bool

        init(
            _ name: String, refuses: @escaping @Sendable (Scenario, MachineSetup) -> Bool
        ) {
            testDescription = name
            self.refuses = refuses
        }
    }

    private static let limits = [
        Limit("a machine") { _, setup in setup.pins.contains(where: \.notifier) },
        Limit("two settings at once") { _, setup in
            setup.hasEOIRegister && setup.pins.contains(where: \.masked)
        },
        Limit("numbers of pins") { _, setup in setup.pins.contains { $0.pin > 11 } },
        Limit("a step anywhere") { scenario, _ in
            scenario.actions.contains {
                $0.verb == .guest(.eoiRaising) || $0.verb == .ioapic(.irqfd)
            }
        },
        Limit("a step on such a machine") { scenario, setup in
            setup.pins.contains { $0.resampler && scenario.actions.contains(.assert(pin: $0.pin)) }
        },
        Limit("a step behind another") { scenario, _ in
            let verbs = scenario.actions.map(\.verb)
            guard let first = verbs.firstIndex(of: .ioapic(.assert)) else { return false }
            return verbs[first...].contains(.ioapic(.mask))
        },
        Limit("the third EOI") { scenario, _ in
            scenario.actions.count { $0.verb == .guest(.eoi) } > 2
        },
    ]

    @Test("Whatever a backend cannot do, its runs are whole", arguments: limits)
    func isAvoided(limit: Limit) {
        var backend: any Backend = LimitedBackend(refusing: limit.refuses)
        let campaign = FuzzCampaign(Self.options)
        for run in 0..<200 as Range<UInt64> {
            guard case .agreed(let compared) = campaign.run(run, on: &backend) else {
                Issue.record("run \(run)")
                return
            }
            #expect(compared.steps == Self.options.steps)
        }
    }

    @Test("The seed alone decides as long as a backend can do all")
    func isTheSame() {
        let other = FuzzGenerator(
            options: Self.options, backend: LimitedBackend { _, _ in false })
        let model = FuzzGenerator(options: Self.options, backend: ModelBackend())
        for run in 0..<100 as Range<UInt64> {
            let (one, two) = (other.scenario(run), model.scenario(run))
            #expect(ScenarioWriter.text(of: one) == ScenarioWriter.text(of: two))
        }
    }

    @Test("Where nothing can be run, that is said and nothing hangs")
    func nothing() {
        var backend: any Backend = LimitedBackend { _, _ in true }
        guard case .skipped(let reason) = FuzzCampaign(Self.options).run(0, on: &backend) else {
            Issue.record("it ran")
            return
        }
        #expect(reason == "cannot")
    }
}
