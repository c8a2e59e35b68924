import Foundation
import InterruptModel
import Testing

@testable import Scenarios

@Suite("The catalogue that comes with the program")
struct CatalogueTests {
    private static let all = ((try? Catalogue.load()) ?? []).map(Listed.init)

    private static var folder: URL {
        URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Sources/Scenarios/Catalogue").standardized
    }

    @Test("It loads, and no name is used twice")
    func loads() throws {
        let scenarios = try Catalogue.load()
        #expect(scenarios.count >= 100)
        #expect(Set(scenarios.map(\.name)).count == scenarios.count)
    }

    @Test("Every file of the folder is listed, and every listed file is in the folder")
    func listed() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path())
        #expect(Set(Catalogue.files.map(\.name)) == Set(files))
        #expect(Catalogue.files.count == files.count)
    }

    @Test("The embedded bytes are those on disk", arguments: Catalogue.files.map(\.name))
    func embedded(name: String) throws {
        let onDisk = try Data(contentsOf: Self.folder.appending(path: name))
        let embedded = Catalogue.files.first { $0.name == name }
        #expect(embedded.map { Data($0.bytes) } == onDisk)
    }

    @Test(
        "There is a scenario for every hazard that one vCPU can show",
        arguments: [
            "A1", "A2", "A3", "A4", "A5", "A6", "A7", "B8", "B9", "B10", "C11", "C12", "C13", "C14",
            "D15", "D16", "D17", "D18", "D19", "D20", "D21", "E22", "E28", "F29", "F30", "F31",
        ])
    func hazard(name: String) {
        #expect(Self.all.contains { $0.scenario.sourceWords.contains(name) })
    }

    @Test(
        "There is a scenario for every bug story that one vCPU can tell",
        arguments: [
            "S1", "S2", "S4", "S5", "S6", "S7", "S8", "S9", "S10", "S11", "S14", "S18", "S21",
            "S22",
            "S23",
        ])
    func story(name: String) {
        #expect(Self.all.contains { $0.scenario.sourceWords.contains(name) })
    }

    @Test("Every hazard and every story that goes wrong somewhere is explained", arguments: all)
    func explained(listed: Listed) {
        let scenario = listed.scenario
        let needsProse = !scenario.hazards.isEmpty && scenario.groups[0] != "basics"
        #expect(!needsProse || !scenario.explanation.isEmpty)
        #expect(scenario.summary.count <= 100)
        #expect(!scenario.summary.contains("\n"))
    }

    @Test("Whatever makes KVM use vector −1 is marked as dangerous", arguments: all)
    func vectorMinusOneIsDangerous(listed: Listed) {
        let scenario = listed.scenario
        let reaches = scenario.hazards.values.contains {
            $0.isSuperset(of: InvariantSet(.memorySafety))
        }
        #expect(!reaches || scenario.danger == .host)
        #expect(!reaches || scenario.dangerousMachines.contains(.secure))
    }

    @Test("10,000 EOIs in a row are marked as dangerous on every machine", arguments: all)
    func stormIsDangerous(listed: Listed) {
        let scenario = listed.scenario
        #expect(scenario.longestStorm < 10_000 || scenario.danger == .host)
        #expect(scenario.longestStorm < 10_000 || scenario.dangerousMachines.contains(.plain))
    }

    @Test("A scenario says what it expects or what goes wrong", arguments: all)
    func saysSomething(listed: Listed) {
        let scenario = listed.scenario
        let inline = scenario.steps.contains {
            if case .expect = $0 { true } else { false }
        }
        #expect(
            inline || !scenario.expectations.isEmpty || !scenario.expectationsByKind.isEmpty
                || !scenario.hazards.isEmpty)
    }

    /// The tests of kvm-unit-tests' x86/ioapic.c at 1da1819e (June 2026), as sources name them.
    private static let unitTests = [
        "edge", "level", "simultaneous edges", "level coalesce", "level sequential",
        "level retrigger", "level retrigger with mask", "edge mask", "level mask", "edge TMR",
        "level TMR",
    ]

    @Test("A test of kvm-unit-tests that a source names is one that it has")
    func unitTestsExist() throws {
        var cited = 0
        for scenario in try Catalogue.load() {
            for part in scenario.source.split(separator: "; ") {
                guard let mark = part.firstRange(of: "kvm-unit-tests ioapic ") else { continue }
                cited += 1
                let name = String(part[mark.upperBound...])
                #expect(Self.unitTests.contains(name), "\(scenario.name): \(name)")
            }
        }
        #expect(cited > 10)
    }
}

/// A scenario that a test report shows by its name.
struct Listed: Sendable, CustomTestStringConvertible {
    let scenario: Scenario
    var testDescription: String { scenario.name }
}

extension Scenario {
    /// The source's words and numbers: `A1`, `S23`.
    fileprivate var sourceWords: [String] {
        source.split { !$0.isLetter && !$0.isNumber }.map(String.init)
    }

    /// EOIs with no lowering of any line between them, at most.
    fileprivate var longestStorm: Int {
        var longest = 0
        var run = 0
        func count(_ steps: [ScenarioStep]) {
            for step in steps {
                switch step {
                case .action(.eoi, _, _):
                    run += 1
                    longest = max(longest, run)
                case .action(let action, _, _) where action.verb == .ioapic(.deassert): run = 0
                case .action, .expect: break
                case .repeat(let times, let steps): for _ in 0..<times { count(steps) }
                }
            }
        }
        count(steps)
        return longest
    }
}
