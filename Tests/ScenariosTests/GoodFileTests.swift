import InterruptModel
import Scenarios
import TestSupport
import Testing

@Suite("Good scenario files")
struct GoodFileTests {
    @Test("What is left out has the value of an ordinary machine")
    func defaults() throws {
        let scenario = try ScenarioText().one()
        #expect(scenario.danger == .none)
        #expect(scenario.granularity == .step)
        #expect(scenario.machines == MachineKind.allCases)
        #expect(scenario.irqchips == IRQChip.allCases)
        #expect(scenario.hazards.isEmpty)
        #expect(scenario.setup.pins == [PinSetup(pin: 2, vector: 0x31)])
        #expect(scenario.setup.pageTMR == .accurate)
        #expect(scenario.setup.guestEOI == .linux)
        #expect(!scenario.setup.nesting)
        #expect(scenario.setup.interruptsEnabled)
        #expect(scenario.setup.apicEnabled)
        #expect(scenario.setup.broadcastSuppression == .quirk)
        #expect(!scenario.setup.hasEOIRegister)
        #expect(scenario.setup.allowed == nil)
    }

    @Test("Every field of a pin is read")
    func pin() throws {
        let text = ScenarioText(
            """
            machine:
              pins:
                - {pin: 0x17, vector: 255, trigger: edge, masked: yes, destination: 0xff,
                   resampler: on, notifier: true}
            """)
        let expected = PinSetup(
            pin: 23, vector: 0xFF, trigger: .edge, masked: true, destination: 0xFF,
            resampler: true, notifier: true)
        #expect(try text.one().setup.pins == [expected])
    }

    @Test("Every field of a machine is read")
    func machine() throws {
        let text = ScenarioText(
            """
            machine:
              pins: []
              allowed: [0x31, 0x41]
              page-tmr: never
              guest-eoi: both
              nesting: true
              interrupts: false
              apic: off
              broadcast-suppression: enabled
              ioapic-version: 0x20
            """, "machines: [secure]", "irqchips: kernel")
        let setup = try text.one().setup
        let expected = MachineSetup(
            kind: .secure, irqchip: .kernel, allowed: [0x31, 0x41], pageTMR: .never,
            guestEOI: .both, nesting: true, interruptsEnabled: false, apicEnabled: false,
            broadcastSuppression: .enabled, hasEOIRegister: true)
        #expect(setup == expected)
    }

    @Test("The preferred machine kind is the first one named")
    func preferredKind() throws {
        let scenario = try ScenarioText("machines: [secure, plain]").one()
        #expect(scenario.machines == [.secure, .plain])
        #expect(scenario.setup.kind == .secure)
    }

    @Test("Every step word is read with the operands that it takes", arguments: ActionVerb.allCases)
    func words(verb: ActionVerb) throws {
        let operands = verb.operands.map {
            switch $0 {
            case .pin: "2"
            case .vector: "0x31"
            case .trigger: "level"
            case .destination: "0+1"
            case .ipiDestination: "others"
            case .value: "0x20"
            }
        }
        let place = verb.happensOnVCPU ? ["@1"] : []
        let line = ([verb.word] + operands + place).joined(separator: " ")
        let isHypervisors = verb.actor == .hypervisor
        let scenario = try ScenarioText(
            "machine: {vcpus: 2, pins: [{pin: 2, vector: 0x31, resampler: true}]}",
            "granularity: \(isHypervisors ? "atomic" : "step")", "steps: [\(line)]"
        ).one()
        var spellings: [String] = []
        for case .action(let action, false, _) in scenario.steps {
            spellings.append(action.description)
        }
        #expect(spellings == [line])
    }

    @Test("A question mark behind the verb makes a step optional")
    func optional() throws {
        let steps = try ScenarioText("steps: [eoi?, run]").one().steps
        var flags: [Bool] = []
        for case .action(_, let isOptional, _) in steps { flags.append(isOptional) }
        #expect(flags == [true, false])
    }

    @Test("A step knows its line and column")
    func stepLocation() throws {
        let text = ScenarioText("steps:\n  - run\n  - §cli")
        let place = try #require(text.place)
        var locations: [Scenarios.SourceLocation] = []
        for case .action(_, _, let location) in try text.one().steps {
            locations.append(location)
        }
        #expect(locations.last?.line == place.line)
        #expect(locations.last?.column == place.column)
    }

    @Test("One key may name several designs, and plain is one of them")
    func hazards() throws {
        let scenario = try ScenarioText(
            "hazards: {rfc-v1 plain: [attribution, exactly-once], hardened: no-stale-shadow}"
        ).one()
        let two = InvariantSet([.attribution, .exactlyOnce])
        #expect(
            scenario.hazards
                == ["rfc-v1": two, "plain": two, "hardened": InvariantSet(.noStaleShadow)])
    }

    @Test("`secure` states hazards of every design that nothing else is stated of")
    func hazardsOfEveryDesign() throws {
        let scenario = try ScenarioText(
            "hazards: {rfc-v2: attribution, secure@kernel: no-lost-edge, rfc-v1@split: [], "
                + "secure plain: no-lost-level}"
        ).one()
        func known(_ design: String, _ irqchip: IRQChip) -> InvariantSet {
            var setup = scenario.setup
            setup.irqchip = irqchip
            return scenario.knownHazards(of: design, on: setup)
        }
        let (level, edge) = (InvariantSet(.noLostLevel), InvariantSet(.noLostEdge))
        for design in EOIDesigns.all.map(\.name) {
            switch design {
            case "rfc-v2":
                let stated = InvariantSet(.attribution)
                #expect(IRQChip.allCases.allSatisfy { known(design, $0) == stated })
            case "rfc-v1":
                #expect(known(design, .split) == [] && known(design, .kernel) == edge)
            default:
                #expect(known(design, .split) == level && known(design, .kernel) == edge)
            }
        }
        #expect(known("plain", .split) == level && known("plain", .kernel) == level)
        #expect(scenario.hazards["secure"] == nil)
    }

    @Test("Every expectation is read")
    func expectations() throws {
        let scenario = try ScenarioText(
            """
            expect: {eoi-exits: [0x31], deliveries: {0x31: 2}, order: [0x31], acks: [2],
              resamples: [2], line-status: [-1, 0, 1], faults: 1, remote-irr: [2], irr: [0x31],
              isr: [0x31], tmr: [0x31], page-irr: [0x31], page-isr: []}
            """
        ).one()
        let facts: [Scenarios.Expectation.Fact] = [
            .eoiExits([0x31]), .deliveries([0x31: 2]), .order([0x31]), .acknowledgements([2]),
            .resamples([2]), .lineStatus([-1, 0, 1]), .faults(1), .remoteIRR([2]), .irr([0x31]),
            .isr([0x31]), .tmr([0x31]), .pageIRR([0x31]), .pageISR([]),
        ]
        #expect(scenario.expectations.map(\.fact) == facts)
    }

    @Test("A file holds several scenarios, each with its own place")
    func documents() throws {
        let one = String(decoding: ScenarioText().bytes, as: UTF8.self)
        let two = one.replacing("name: one", with: "name: two")
        let scenarios = try ScenarioText(raw: one + "---\n" + two).load()
        #expect(scenarios.map(\.name) == ["one", "two"])
        #expect(scenarios.map { "\($0.location)" } == ["test.yaml:1:1", "test.yaml:8:1"])
    }

    @Test("Two documents of one file may not have one name")
    func duplicateInFile() throws {
        let one = String(decoding: ScenarioText().bytes, as: UTF8.self)
        let error = #expect(throws: ScenarioError.self) {
            try ScenarioText(raw: one + "---\n" + one).load()
        }
        #expect(error.map { "\($0.location)" } == "test.yaml:8:1")
        #expect(error?.message.contains("duplicate name “one”") == true)
        #expect(error?.message.contains("test.yaml:1:1") == true)
    }

    @Test("Two files may not have one name between them")
    func duplicateAcrossFiles() throws {
        let scenarios = try ScenarioText().load(as: "a.yaml") + ScenarioText().load(as: "b.yaml")
        let error = #expect(throws: ScenarioError.self) {
            try ScenarioLoader.refuseDuplicates(scenarios)
        }
        #expect(error.map { "\($0.location)" } == "b.yaml:1:1")
        #expect(error?.message.contains("a.yaml:1:1") == true)
    }
}
