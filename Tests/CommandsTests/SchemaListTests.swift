import InterruptModel
import Reporting
import Searches
import StateExplorer
import Testing
import Verdicts

@testable import Commands
@testable import Scenarios

/// Schemas are files, so each list in them is held against the program's own.
@Suite("schema: the words that a schema lists are the program's")
struct SchemaListTests {
    /// A list in a schema, and the program's own.
    struct List: Sendable, CustomTestStringConvertible {
        var document: String
        var path: String
        var words: [String]
        var testDescription: String { "\(document) \(path)" }

        init(_ document: String, _ path: String, _ words: [String]) {
            (self.document, self.path, self.words) = (document, path, words)
        }
    }

    private static let axes = AxisEntry.all.map {
        List("explore", "$defs/assumptions/properties/\($0.name)/enum", $0.words)
    }

    static let lists =
        axes + [
            List("run", "$defs/verdict/enum", Verdict.allCases.map(\.rawValue)),
            List("run", "$defs/mismatch-code/enum", MismatchCode.allCases.map(\.rawValue)),
            List("run", "$defs/invariant/enum", Invariant.allCases.map(\.name)),
            List("run", "$defs/design/enum", EOIDesigns.all.map(\.name)),
            List("run", "$defs/backend/enum", BackendKind.allCases.map(\.rawValue)),
            List("run", "$defs/machine-kind/enum", MachineKind.allCases.map(\.rawValue)),
            List("run", "properties/irqchip/enum", IRQChipChoice.allCases.map(\.rawValue)),
            List("list", "$defs/irqchip/enum", IRQChip.allCases.map(\.rawValue)),
            List("list", "$defs/granularity/enum", Granularity.allCases.map(\.rawValue)),
            List("list", "$defs/danger/enum", Danger.allCases.map(\.rawValue)),
            List("show", "$defs/trigger/enum", Trigger.allCases.map(\.rawValue)),
            List(
                "show", "$defs/event/properties/event/enum", EventName.allCases.map(\.rawValue)),
            List(
                "show", "$defs/event/properties/warning/enum",
                HostWarning.allCases.map(\.spelling)),
            List("probe", "$defs/kernel-rule/enum", KernelRule.allCases.map(\.rawValue)),
            List(
                "probe", "properties/checks/items/properties/status/enum",
                ProbeCheck.Status.allCases.map(\.rawValue)),
            List("probe", "properties/ready/required", RequiredBackend.allCases.map(\.rawValue)),
            List("explore", "properties/stop/enum", SearchStop.allCases.map { "\($0)" }),
            List(
                "scenario", "$defs/machine/properties/broadcast-suppression/enum",
                BroadcastSuppression.allCases.map(\.rawValue)),
            List("scenario", "properties/*", ScenarioLoader.keys),
            List("scenario", "$defs/machine/properties/*", MachineLoader.keys),
            List(
                "scenario", "$defs/machine/properties/pins/items/properties/*",
                MachineLoader.pinKeys),
            List("scenario", "$defs/expectations/properties/*", ExpectationLoader.keys),
            List("explore", "$defs/assumptions/properties/*", AxisEntry.all.map(\.name)),
        ]

    @Test("No word is missing, and none is too many", arguments: lists)
    func words(list: List) throws {
        let reader = try SchemaReader(of: list.document)
        let parts = list.path.split(separator: "/")
        let holder = try #require(reader.schema(at: parts.dropLast().joined(separator: "/")))
        let words = parts.last == "*" ? Array(holder.keys) : holder[String(parts.last ?? "")]
        #expect((words as? [String])?.sorted() == list.words.sorted())
    }

    @Test("Words that stand beside a list are the program's too")
    func constants() throws {
        let run = try SchemaReader(of: "run")
        let versions = run.schema(at: "$defs/schema-version")?["const"] as? Int
        #expect(versions == Tool.schemaVersion)
        func words(_ reader: SchemaReader, _ path: String) -> [String] {
            let others = reader.schema(at: path)?["anyOf"] as? [SchemaReader.Object] ?? []
            return others.compactMap { $0["const"] as? String }
        }
        #expect(words(run, "properties/design") == [RunHeader.open])
        #expect(words(run, "$defs/design-or-plain") == [Scenario.plainDesign])
        let matrix = try SchemaReader(of: "matrix")
        #expect(
            words(matrix, "properties/cells/items/properties/invariant")
                == [MatrixProperty.liveness.name])
    }
}
