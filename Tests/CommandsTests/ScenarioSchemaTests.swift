import InterruptModel
import TestSupport
import Testing
import Yams

@testable import Scenarios

@Suite("schema scenario: what editors tell of scenario files")
struct ScenarioSchemaTests {
    private let schema: SchemaReader

    init() throws { schema = try SchemaReader(of: "scenario") }

    /// What the schema has against the first document of a text.
    private func problems(_ text: String) throws -> [String] {
        let document = try #require(try Yams.load(yaml: text))
        return schema.problems(withNames(document))
    }

    /// With the names of members as texts: to YAML they may be numbers.
    private func withNames(_ value: Any) -> Any {
        if let list = value as? [Any] { return list.map(withNames) }
        guard let members = value as? [AnyHashable: Any] else { return value }
        return Dictionary(
            uniqueKeysWithValues: members.map { ("\($0.key.base)", withNames($0.value)) })
    }

    @Test("Every scenario of the catalogue is one", arguments: Catalogue.files.map(\.name))
    func catalogue(name: String) throws {
        let file = try #require(Catalogue.files.first { $0.name == name })
        let text = String(decoding: file.bytes, as: UTF8.self)
        var count = 0
        for document in try Yams.load_all(yaml: text) {
            count += 1
            #expect(schema.problems(withNames(document)).isEmpty)
        }
        #expect(count > 0)
    }

    @Test("What a search or a fuzzer has found is one")
    func written() throws {
        for scenario in try Catalogue.load() where !scenario.name.contains("storm") {
            let found = try problems(ScenarioWriter.text(of: scenario))
            #expect(found.isEmpty, "\(scenario.name): \(found)")
        }
    }

    @Test("Each verb is one with its operands, with and without the mark", arguments: verbs)
    func verb(word: String) throws {
        let verb = try #require(ActionVerb(word: word))
        let operands = verb.operands.map { operand in
            switch operand {
            case .pin: "23"
            case .vector: "0xFF"
            case .trigger: "edge"
            case .destination, .ipiDestination, .value: "255"
            }
        }
        func step(_ words: [String]) -> String {
            ScenarioText("steps: [\"\(words.joined(separator: " "))\"]").testDescription
        }
        #expect(try problems(step([word] + operands)).isEmpty)
        #expect(try problems(step([word + "?"] + operands)).isEmpty)
        #expect(try problems(step([word] + operands + ["@7"])).isEmpty == verb.happensOnVCPU)
        #expect(try problems(step([word + "?"] + operands + ["@1"])).isEmpty == verb.happensOnVCPU)
        #expect(try !problems(step([word] + operands + ["1"])).isEmpty)
        if !operands.isEmpty { #expect(try !problems(step([word])).isEmpty) }
        for (index, operand) in verb.operands.enumerated() {
            var wrong = operands
            wrong[index] = operand == .pin ? "24" : operand == .vector ? "15" : "256"
            #expect(try !problems(step([word] + wrong)).isEmpty, "\(wrong)")
        }
    }

    private static let verbs = ActionVerb.allCases.map(\.word)

    @Test("Each design has hazards, alone, with an irqchip and among others")
    func designs() throws {
        let names =
            EOIDesigns.all.map(\.name) + [Scenario.plainDesign, MachineKind.secure.rawValue]
        for name in names {
            for key in [name, "\(name)@split", "\(name)@kernel rfc-v1", "rfc-v1 \(name)"] {
                let text = ScenarioText("hazards: {\"\(key)\": [attribution]}").testDescription
                #expect(try problems(text).isEmpty, "\(key)")
            }
        }
    }

    @Test("Each class of kernels is one, and so are rules by name")
    func kernelRules() throws {
        let rules = KernelRule.allCases.map(\.rawValue)
        let all = KernelRules.classes.map(\.name) + rules + [rules.joined(separator: ","), "none"]
        for words in all {
            let text = ScenarioText("machine:\n  kernel-rules: \(words)").testDescription
            #expect(try problems(text).isEmpty, "\(words)")
        }
    }

    @Test(
        "What the loader does not take, the schema does not either",
        arguments: [
            "sumary: x", "Name: x", "name:", "steps:", "name: Level_Basic", "groups: [a b]",
            "groups: []", "danger: hosts", "machines: [plain, secured]", "irqchips: splt",
            "summary: [a, b]", "hazards: {rfc-v3: [attribution]}", "design: hardend",
            "hazards: {plain: [atribution]}", "hazards: {rfc-v2@splt: [attribution]}", "stuck: 24",
            "machine: {pins: [{pin: 24, vector: 0x31}]}", "machine: {pin: []}",
            "machine: {pins: [{pin: 2, vector: 5}]}", "machine: {pins: [{pin: 2}]}",
            "machine: {pins: [{pin: 2, vector: 49, triger: edge}]}", "machine: {nesting: maybe}",
            "machine: {ioapic-version: 0x12}", "machine: {page-tmr: acurate}",
            "machine: {kernel-rules: 6.2}", "machine: {kernel-rules: unmask}",
            "steps: [run, asert 2]", "steps: []", "steps: run",
            "steps: [{repeat: 0, steps: [run]}]", "steps: [{repeat: 2}]",
            "steps: [{expect: {irr: []}, repeat: 2}]", "steps: [{expect: {remote-ir: []}}]",
            "expect: {}", "expect: {eoi-exits: [0x100]}", "expect: {deliveries: {5: 1}}",
        ])
    func broken(line: String) throws {
        let text = ScenarioText(line)
        #expect(throws: ScenarioError.self) { try text.load() }
        #expect(try !problems(text.testDescription).isEmpty)
    }
}
