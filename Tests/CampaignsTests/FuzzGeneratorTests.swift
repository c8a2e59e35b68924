import InterruptModel
import Lockstep
import Scenarios
import Testing

@testable import Campaigns

/// What random scenarios are made of: the whole alphabet, from one seed, and nothing that a backend
/// cannot do.
@Suite("Random scenarios")
struct FuzzGeneratorTests {
    private func scenarios(
        _ options: FuzzOptions, _ runs: Range<UInt64> = 0..<300,
        on backend: any Backend = ModelBackend()
    ) -> [Scenario] {
        runs.map { FuzzGenerator(options: options, backend: backend).scenario($0) }
    }

    private func text(_ scenario: Scenario) -> String { ScenarioWriter.text(of: scenario) }

    private static func everything(
        _ kind: MachineKind, _ irqchip: IRQChip, vcpus: Int = 1
    ) -> FuzzOptions {
        var options = FuzzOptions(
            seed: 2, kind: kind, irqchip: irqchip, isHostile: true, changesRoutes: true)
        options.vcpus = vcpus
        return options
    }

    // MARK: - Seeds

    @Test("A run depends on its seed and its number alone")
    func isReproducible() {
        // In another order, as another shard would make them.
        let forward = scenarios(FuzzOptions(seed: 7), 0..<50).map(text)
        let backward = (0..<50 as Range<UInt64>).reversed().map {
            text(scenarios(FuzzOptions(seed: 7), $0..<$0 + 1)[0])
        }
        #expect(forward == backward.reversed())
        #expect(Set(forward).count == 50)
        #expect(text(scenarios(FuzzOptions(seed: 8), 0..<1)[0]) != forward[0])
    }

    // MARK: - The alphabet

    @Test("Every verb of a step has a row")
    func hasEveryVerb() {
        #expect(Set(FuzzAlphabet.rows.map(\.verb)) == Set(SearchAlphabet.verbs(.step)))
        #expect(FuzzAlphabet.rows.allSatisfy { $0.weight > 0 })
    }

    /// Enabled after 10,000 EOIs only.
    private static let distant: Set<ActionVerb> = [.ioapic(.delayedWork)]
    private static let secureOnly: Set<ActionVerb> = [
        .access(.enableSAVIC), .access(.allow), .access(.disallow),
    ]

    @Test("Every verb comes up", arguments: MachineKind.allCases, IRQChip.allCases)
    func usesEveryVerb(kind: MachineKind, irqchip: IRQChip) {
        let options = Self.everything(kind, irqchip, vcpus: 4)
        let found = scenarios(options).flatMap(\.actions).map(\.verb)
        var expected = Set(SearchAlphabet.verbs(.step)).subtracting(Self.distant)
        if kind == .plain {
            expected.subtract(Self.secureOnly)
        } else {
            expected.remove(.vmm(.initSignal))
        }
        // The 8259 is with KVM's IOAPIC, and what it asks for breaks the injection of the RFC.
        if kind == .plain || irqchip == .split { expected.remove(.vmm(.extINT)) }
        #expect(Set(found) == expected)
    }

    @Test("Entries go to nobody, to everybody and back")
    func destinations() {
        let actions = scenarios(Self.everything(.plain, .split)).flatMap(\.actions)
        let destinations = actions.compactMap { action -> UInt16? in
            action.verb == .ioapic(.retarget) ? action.second : nil
        }
        #expect(Set(destinations) == [0, 1, 0xFF])
    }

    @Test(
        "With several vCPUs each acts, and is meant alone, in a set and with all",
        arguments: [2, 4])
    func several(vcpus: Int) {
        let scenarios = scenarios(Self.everything(.plain, .kernel, vcpus: vcpus))
        #expect(Set(scenarios.map(\.setup.vcpus)) == Set(1...vcpus))
        for scenario in scenarios {
            #expect(scenario.actions.allSatisfy { $0.vcpu < scenario.setup.vcpus })
        }
        #expect(Set(scenarios.flatMap(\.actions).map(\.vcpu)) == Set((0..<vcpus).map { UInt8($0) }))
        let widest = scenarios.filter { $0.setup.vcpus == vcpus }
        let meant = Set(widest.flatMap(\.setup.pins).map(\.destination))
        let each = (0..<UInt8(vcpus)).map { Destination($0) }
        #expect(meant.isSuperset(of: each + FuzzVariation.wideDestinations(of: vcpus)))
        let ipis = widest.flatMap(\.actions).filter { $0.verb == .guest(.sendIPI) }
        #expect(Set(ipis.map(\.second)).contains(IPIDestination.others.code))
    }

    @Test("A campaign of one vCPU makes the runs that it made before there were several")
    func oneStaysAsItWas() {
        var options = FuzzOptions(seed: 7)
        let before = scenarios(options, 0..<20).map(text)
        options.vcpus = 2
        #expect(scenarios(options, 0..<20).map(text) != before)
        #expect(before.allSatisfy { !$0.contains("vcpus") && !$0.contains("@") })
    }

    @Test("Pins are all of the IOAPIC's, vectors those of a scenario file")
    func numbers() {
        let machines = scenarios(Self.everything(.plain, .kernel), 0..<1_000).map(\.setup)
        let pins = machines.flatMap(\.pins)
        #expect(Set(pins.map(\.pin)) == Set(0...23))
        #expect(Set(pins.map(\.vector)).count > 200)
        #expect(pins.allSatisfy { FuzzGenerator.vectors.contains($0.vector) })
        func some(_ isSuch: (MachineSetup) -> Bool) -> Bool { machines.contains(where: isSuch) }
        #expect(some { Set($0.pins.map(\.vector)).count < $0.pins.count })
        #expect(
            some { setup in
                let vectors = Set(setup.pins.map(\.vector))
                return Set(vectors.map { $0 & 0xF0 }).count < vectors.count
            })
        #expect(machines.allSatisfy { Set($0.pins.map(\.pin)).count == $0.pins.count })
    }

    @Test("The RTC's pin rises in both trigger modes, and its status is asked for")
    func rtc() {
        let found = scenarios(Self.everything(.plain, .kernel)).filter {
            $0.actions.contains(.assertStatus(pin: 8))
        }
        let triggers = found.compactMap { scenario in
            scenario.setup.pins.first { $0.pin == 8 }?.trigger
        }
        #expect(Set(triggers) == Set(Trigger.allCases))
    }

    /// What is varied about a machine, as text that differs where it differs.
    private static let varied: [(name: String, read: @Sendable (MachineSetup) -> [String])] = [
        ("savic", { ["\($0.savicEnabled)"] }),
        ("allowed", { ["\($0.allowed == nil)"] }), ("nesting", { ["\($0.nesting)"] }),
        ("interrupts", { ["\($0.interruptsEnabled)"] }), ("apic", { ["\($0.apicEnabled)"] }),
        ("suppression", { ["\($0.broadcastSuppression)"] }),
        ("version", { ["\($0.hasEOIRegister)"] }),
        ("trigger", { $0.pins.map { "\($0.trigger)" } }),
        ("mask", { $0.pins.map { "\($0.masked)" } }),
        ("destination", { $0.pins.map { "\($0.destination)" } }),
        ("resampler", { $0.pins.map { "\($0.resampler)" } }),
        ("notifier", { $0.pins.map { "\($0.notifier)" } }),
    ]
    private static let values = ["suppression": 3, "destination": 3]

    @Test("A machine's every setting has every value that it can have")
    func settings() {
        let machines = scenarios(Self.everything(.secure, .split)).map(\.setup)
        for (name, read) in Self.varied {
            #expect(Set(machines.flatMap(read)).count == Self.values[name] ?? 2, "\(name)")
        }
        for axis in AxisEntry.all {
            #expect(Set(machines.map { $0[axis] }) == Set(axis.words), "\(axis.name)")
        }
    }

    @Test("KVM's own IOAPIC has no EOI register, and no flag that suppresses broadcasts")
    func kernelIOAPIC() {
        for setup in scenarios(Self.everything(.plain, .kernel)).map(\.setup) {
            #expect(!setup.hasEOIRegister && setup.broadcastSuppression != .enabled)
        }
    }

    @Test("Unasked, no route changes in flight and no rule is broken")
    func isMeaningful() {
        let legal = scenarios(FuzzOptions(seed: 1, kind: .plain))
        let changed: Set<ActionVerb> = [.ioapic(.trigger), .ioapic(.vector), .ioapic(.retarget)]
        let broken: Set<ActionVerb> = [
            .access(.nonzeroEOI), .access(.readEOI), .access(.spuriousEOI), .guest(.directedEOI),
            .access(.disableAPIC), .access(.enableAPIC),
            .access(.suppressBroadcast), .access(.disallow), .vmm(.reset),
        ]
        func verbs(_ scenarios: [Scenario]) -> Set<ActionVerb> {
            Set(scenarios.flatMap(\.actions).map(\.verb))
        }
        func messagesOnLines(_ scenario: Scenario) -> Bool {
            scenario.actions.contains { action in
                scenario.setup.pins.contains {
                    action == .msi(vector: $0.vector) || action == .ipi(vector: $0.vector)
                }
            }
        }
        #expect(verbs(legal).isDisjoint(with: changed.union(broken)))
        #expect(
            verbs(legal).isSuperset(of: [
                .vmm(.msi), .access(.ipi), .ioapic(.irqfd), .ioapic(.assertStatus),
                .guest(.eoiRaising),
            ]))
        #expect(!legal.contains(where: messagesOnLines))
        // Each flag adds its own, and messages on the vectors of lines come with both.
        let routes = scenarios(FuzzOptions(seed: 1, kind: .plain, changesRoutes: true))
        #expect(verbs(routes).isSuperset(of: changed) && verbs(routes).isDisjoint(with: broken))
        #expect(routes.contains(where: messagesOnLines))
        let hostile = scenarios(FuzzOptions(seed: 1, isHostile: true))
        #expect(verbs(hostile).isSuperset(of: broken) && verbs(hostile).isDisjoint(with: changed))
        #expect(hostile.contains(where: messagesOnLines))
    }
}
