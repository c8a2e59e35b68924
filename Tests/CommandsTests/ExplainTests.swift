import InterruptModel
import Scenarios
import Testing
import Verdicts

@testable import Commands

@Suite("explain: everything that has a name, in prose with its source") struct ExplainTests {
    static let scenarios: [Scenario] = (try? Catalogue.load()) ?? []

    @Test("The catalogue that these tests read is there")
    func theCatalogueIsThere() { #expect(Self.scenarios.count > 30) }

    /// What the command prints, 100 columns wide, without the parsing of its arguments: in a debug
    /// build that takes a tenth of a second, and the text a few thousandths.
    private func told(_ name: String) throws -> Ending {
        let console = Console(
            write: { _ in }, warn: { _ in }, isTerminal: false, width: 100,
            environment: ["LANG": "C.UTF-8"])
        let text = try Console.$current.withValue(console) { try ExplainText.text(of: name) }
        return Ending(status: 0, out: text, err: "")
    }

    @Test(
        "A scenario is told with its source, pins, steps and known hazards, at 100 columns",
        arguments: scenarios.map(\.name))
    func aScenario(_ name: String) throws {
        let scenario = try #require(Self.scenarios.first { $0.name == name })
        let ending = try told(name)
        #expect(ending.out.hasPrefix("\(name) – a scenario: \(scenario.summary)\n"))
        let head = ending.outLines.first?.count ?? 0
        #expect(ending.outLines.dropFirst().allSatisfy { $0.count <= max(100, head) })
        #expect(ending.says("source: \(scenario.source)"))
        #expect(ending.says(scenario.explanation))
        for group in scenario.groups { #expect(ending.out.contains(group)) }
        for pin in scenario.setup.pins { #expect(ending.out.contains("  pin \(pin.pin), ")) }
        let steps = ending.out.split(separator: "\nsteps:\n").last ?? ""
        #expect(steps.split(separator: "\n").count >= scenario.steps.actions)
        for design in scenario.hazards.keys { #expect(ending.out.contains("  \(design): ")) }
    }

    @Test("The command prints it, with status 0 and nothing on stderr")
    func isPrinted() throws {
        let ending = program("explain", "level-basic")
        #expect(ending.status == 0 && ending.err.isEmpty)
        #expect(try ending.out == told("level-basic").out)
    }

    @Test("A kernel rule is told with its explanation and source", arguments: KernelRule.allCases)
    func aKernelRule(_ rule: KernelRule) {
        let ending = program("explain", rule.rawValue)
        #expect(ending.status == 0)
        #expect(ending.out.hasPrefix("\(rule.rawValue) – a rule that not every kernel has"))
        #expect(ending.says(rule.explanation) && ending.out.contains("source: \(rule.source)\n"))
    }

    @Test(
        "A mismatch code is told in whichever case it is written",
        arguments: MismatchCode.allCases)
    func aMismatchCode(_ code: MismatchCode) throws {
        for name in [code.rawValue, code.rawValue.lowercased()] {
            let ending = try told(name)
            #expect(ending.out.contains(code.rawValue) && ending.says(code.explanation))
        }
    }

    @Test("An invariant is told with its explanation and source", arguments: Invariant.allCases)
    func anInvariant(_ invariant: Invariant) {
        let ending = program("explain", invariant.name)
        #expect(ending.status == 0)
        #expect(ending.says(invariant.explanation) && ending.out.contains("source: "))
    }

    @Test("A design is told with its explanation and source", arguments: EOIDesigns.all.map(\.name))
    func aDesign(_ name: String) throws {
        let design = try #require(EOIDesigns.named(name))
        let ending = program("explain", name)
        #expect(ending.status == 0)
        #expect(ending.says(design.explanation) && ending.says("source: \(design.source)"))
    }

    @Test("No scenario, design, invariant, code or axis shares a name with another")
    func noNameMeansTwoThings() {
        let names =
            Self.scenarios.map(\.name) + EOIDesigns.all.map(\.name)
            + Invariant.allCases.map(\.name) + MismatchCode.allCases.map(\.rawValue)
            + AxisEntry.all.map(\.name)
        let folded = names.map { $0.lowercased() }
        #expect(Set(folded).count == names.count)
    }

    @Test(
        "An unknown name is 64, with a suggestion where one is near",
        arguments: [
            ("levl-basic", "level-basic"), ("EOI-MISING", "EOI-MISSING"), ("rfc-v3", "rfc-v1"),
            ("attributon", "attribution"), ("qqqq", ""),
        ])
    func anUnknownNameIs64WithASuggestion(_ name: String, _ suggestion: String) {
        let ending = program("explain", name)
        #expect(ending.status == 64)
        #expect(ending.out.isEmpty)
        #expect(ending.err.contains("did you mean") == !suggestion.isEmpty)
        #expect(ending.err.contains(suggestion))
    }

    @Test("A name of a group and of something else is told as both")
    func twoThings() {
        let attribution = program("explain", "attribution").out
        #expect(attribution.hasPrefix("attribution – an invariant\n"))
        #expect(attribution.contains("\n\nattribution – a group of the catalogue: "))
        let hazards = program("explain", "hazards").out
        #expect(hazards.hasPrefix("hazards – an article: Hazards\n"))
        #expect(hazards.contains("\n\nhazards – a group of the catalogue: "))
    }

    @Test(
        "A group is told with its scenarios and the command that runs them",
        arguments: Set(scenarios.flatMap(\.groups)).sorted())
    func aGroup(_ name: String) throws {
        let ending = try told(name)
        #expect(ending.out.contains("\(name) – a group of the catalogue: "))
        #expect(ending.says(try #require(ScenarioGroups.summary(of: name))))
        let members = Self.scenarios.filter { $0.groups.contains(name) }
        for scenario in members {
            #expect(ending.out.contains("  \(scenario.name) "))
            #expect(ending.says(scenario.summary))
        }
        #expect(ending.out.contains("to run them: savic-eoi run --group \(name)\n"))
        #expect(program("list", "--group", name).out.contains("\n\(members.count) scenario"))
    }

    @Test(
        "A backend is told by its passage of the command line's article",
        arguments: ["model", "kvm", "emulator", "savic", "lab"])
    func aBackend(_ name: String) throws {
        let ending = program("explain", name)
        #expect(ending.status == 0)
        #expect(ending.out.hasPrefix("\(name) – "))
        let heading = try #require(ending.outLines.dropFirst().first)
        #expect(heading.contains(name == "lab" ? "The kernel lab" : ". \(name): "))
        #expect(ending.outLines.count > 3)
    }

    @Test(
        "A verdict is told by its passage of the command line's article",
        arguments: Verdict.allCases.map(\.rawValue) + ["hazard"])
    func aVerdict(_ name: String) throws {
        let ending = program("explain", name)
        #expect(ending.status == 0)
        #expect(ending.out.hasPrefix("\(name) – a verdict: command-line §4\n\n- \(name)"))
    }

    @Test("Without a name all that can be asked about is listed, and can be asked about")
    func overview() throws {
        let ending = program("explain")
        #expect(ending.status == 0 && ending.err.isEmpty)
        let kinds = KnownNames.kinds(in: Self.scenarios)
        #expect(kinds.count > 5)
        for (kind, names) in kinds {
            #expect(!names.isEmpty)
            #expect(ending.says("\(kind) \(names.joined(separator: ", "))"))
            for name in names { #expect(try !told(name).out.isEmpty) }
        }
        #expect(ending.out.contains(" names all \(Self.scenarios.count)\n"))
    }

    @Test("A file is told like a scenario of the catalogue, with what it says of its run")
    func aFile() throws {
        let folder = try Folder()
        let found = program("explore", "--levels", "2", "--save-traces", folder.path("found"))
        #expect(found.status == 1)
        let name = "rfc-v2-attribution-atomic"
        let file = folder.path("found/\(name).yaml")
        let trace = program("explain", file)
        #expect(trace.status == 0)
        #expect(trace.out.hasPrefix("\(name) – a scenario of \(file)\n\na shortest way to "))
        #expect(trace.out.contains("\nmachine:\n  pin 2, level, vector 0x31\n"))
        #expect(trace.out.contains("\nsteps:\n  sti\n  assert 2\n"))
        #expect(trace.says("rfc-v2: attribution"))
        #expect(trace.out.contains("\ndesign:     rfc-v2\n"))
        #expect(trace.out.contains("\nto run it:  savic-eoi replay \(file)\n"))
        let two = try folder.write([Sample.pass, .secureOnly].text, to: "two.scenario")
        let both = program("explain", two)
        #expect(both.out.contains("own-pass – ") && both.out.contains("own-secure – "))
        #expect(!both.out.contains("savic-eoi show"), "which takes one at a time")
        #expect(program("explain", folder.path("none.yaml")).status == 66)
    }

    @Test("Of a scenario that wants KVM's irqchip the command that runs it says so")
    func command() throws {
        let name = try #require(Self.scenarios.first { $0.irqchips == [.kernel] }?.name)
        #expect(try told(name).out.contains("savic-eoi run \(name) --irqchip kernel\n"))
        #expect(program("run", name, "--irqchip", "kernel").status != 4)
    }

    @Test("Every hazard that a run reports can be explained")
    func reportedNames() throws {
        let run = try JSONDocument(program("run", "-f", "json").out)
        let names = Set((run["scenarios"]?.list ?? []).flatMap { $0["hazards"]?.strings ?? [] })
        #expect(!names.isEmpty)
        for name in names { #expect(program("explain", name).status == 0) }
    }
}

extension Ending {
    /// Whether stdout has this text, wherever its lines were broken.
    func says(_ text: String) -> Bool {
        func words(_ text: String) -> String {
            text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        }
        return words(out).contains(words(text))
    }
}

extension [ScenarioStep] {
    /// Lines that prose about them needs at least.
    fileprivate var actions: Int {
        reduce(0) { sum, step in
            switch step {
            case .action: sum + 1
            case .expect: sum
            case .repeat(_, let steps): sum + 1 + steps.actions
            }
        }
    }
}
