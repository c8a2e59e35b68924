import Reporting
import Testing
import Verdicts

@testable import Backends
@testable import Commands

@Suite("schema: what each document looks like")
struct SchemaTests {
    private func printed(_ name: String) -> String { program("schema", name).out }

    // MARK: - The command

    @Test("Without a name each document has a line that says what writes it")
    func list() {
        let ending = program("schema")
        #expect(ending.status == 0 && ending.err.isEmpty)
        #expect(ending.outLines.count == JSONSchemas.documents.count)
        for (line, document) in zip(ending.outLines, JSONSchemas.documents) {
            #expect(line.hasPrefix("\(document.name)  "), "\(line)")
            #expect(line.count > document.name.count + 20, "\(line)")
        }
    }

    @Test("A name that is none is a usage error with the nearest one")
    func unknown() {
        let ending = program("schema", "mtrix")
        #expect(ending.status == 64 && ending.out.isEmpty)
        #expect(ending.err.contains("unknown document “mtrix” – did you mean “matrix”?"))
    }

    // MARK: - The schemas

    @Test(
        "It is of draft 2020-12, and has every definition that it refers to and no other",
        arguments: JSONSchemas.documents.map(\.name))
    func definitions(name: String) throws {
        let text = printed(name)
        let document = try JSONDocument(text)
        #expect(
            document["$schema"]?.string == "https://json-schema.org/draft/2020-12/schema")
        #expect(document["$defs"]?.names == Set(JSONSchema.references(in: text)))
    }

    @Test("Each definition is some document's, and its name is the only one of its kind")
    func everyDefinitionIsUsed() throws {
        let names = JSONSchemas.definitions.map(\.name)
        #expect(Set(names).count == names.count)
        let used = JSONSchemas.documents.reduce(into: Set<String>()) { used, document in
            used.formUnion(JSONSchema.references(in: printed(document.name)))
        }
        #expect(used == Set(names))
    }

    @Test(
        "Each member that a schema names has a description, of its own or by its definition",
        arguments: JSONSchemas.documents.map(\.name))
    func descriptions(name: String) throws {
        let reader = try SchemaReader(of: name)
        #expect(!reader.members.isEmpty)
        for (place, member) in reader.members {
            let text = member["description"] ?? reader.target(of: member)?["description"]
            #expect((text as? String)?.isEmpty == false, "\(place)")
        }
    }

    // MARK: - Documents

    /// The schema of what a command prints.
    private static func schema(of words: [String]) -> String {
        if words.contains("--plan") { return "characterize-plan" }
        if words.contains("--groups") { return "list-groups" }
        if words.contains("--why-skipped") { return "list-skipped" }
        return words[0] == "replay" ? "run" : words[0]
    }

    @Test(
        "What a command prints keeps to its schema, which misses any member that it requires",
        arguments: JSONDocumentTests.commands.map(\.words))
    func documents(words: [String]) throws {
        let reader = try SchemaReader(of: Self.schema(of: words))
        let document = try JSONDocument(JSONDocumentTests.printed(words))
        #expect(reader.problems(document.value).isEmpty)
        // One of each kind is enough to be broken.
        let members = try #require(document.value as? [String: Any]).mapValues { member in
            (member as? [Any]).map { Array($0.prefix(1)) } ?? member
        }
        let required = reader.required
        #expect(required.isSuperset(of: ["schemaVersion", "tool"]))
        for name in members.keys {
            var broken = members
            broken[name] = [["wrong"]]
            #expect(!reader.problems(broken).isEmpty, "\(name) of another type")
            broken[name] = nil
            #expect(reader.problems(broken).isEmpty == !required.contains(name), "no \(name)")
        }
    }

    @Test("Every verdict of a run keeps to the schema, and so does what characterize has found")
    func verdicts() throws {
        let folder = try Folder()
        let samples: [Sample] = [.pass, .fail, .skip, .error]
        let file = try folder.write(samples.text)
        let run = program("run", "-f", "json", "absent-destination", file, "--irqchip", "both").out
        #expect(try SchemaReader(of: "run").problems(JSONDocument(run).value).isEmpty)

        let probe = try #require(Probe.all.first)
        let finding = ProbeFinding(
            name: probe.name, question: probe.question, digest: "0123456789abcdef", planned: 3,
            outcomes: [
                ProbeCount(outcome: .answer("works", "seen"), count: 1),
                ProbeCount(outcome: .death("the vCPU shut down"), count: 1),
            ], foreseen: Prediction.foreseen(probe), stopped: "given up")
        let report = CharacterizeReport(
            found: Characterization(findings: [finding]), backend: .savic, simulatedBy: "lab",
            irqchip: "split", repeats: 3, played: nil)
        let value = try JSONDocument(report.document.pretty).value
        #expect(try SchemaReader(of: "characterize").problems(value).isEmpty)
    }

    // MARK: - The reader

    @Test(
        "The reader of these tests sees each thing that is wrong",
        arguments: [
            (#"{"type": "integer"}"#, "1.5"), (#"{"type": "boolean"}"#, "1"),
            (#"{"enum": [1, "a"]}"#, "true"), (#"{"const": 2}"#, "3"),
            (#"{"required": ["a"]}"#, "{}"),
            (#"{"properties": {"a": {"type": "null"}}}"#, "{\"a\": 1}"),
            (#"{"additionalProperties": false}"#, "{\"a\": 1}"), (#"{"minimum": 1}"#, "0"),
            (#"{"additionalProperties": {"type": "string"}}"#, "{\"a\": 1}"),
            (#"{"maximum": 1}"#, "2"), (#"{"pattern": "^a$"}"#, "\"b\""),
            (#"{"items": {"type": "string"}}"#, "[1]"), (#"{"uniqueItems": true}"#, "[1, 1]"),
            (#"{"minItems": 1}"#, "[]"), (#"{"maxItems": 0}"#, "[1]"),
            (#"{"anyOf": [{"const": 1}, {"const": 2}]}"#, "3"), (#"{"not": {"const": 1}}"#, "1"),
            (#"{"oneOf": [{"type": "integer"}, {"const": 2}]}"#, "2"),
            (#"{"allOf": [{"const": 1}, {"const": 2}]}"#, "1"),
            (#"{"if": {"const": 1}, "then": {"type": "string"}}"#, "1"),
            (#"{"if": {"const": 1}, "else": {"type": "string"}}"#, "2"),
            (##"{"$ref": "#/$defs/a", "$defs": {"a": {"const": 1}}}"##, "2"),
            (#"{"propertyNames": {"pattern": "^b"}}"#, "{\"a\": 1}"),
            (#"{"minProperties": 1}"#, "{}"), (#"{"maxProperties": 0}"#, "{\"a\": 1}"),
            (#"{"dependentRequired": {"a": ["b"]}}"#, "{\"a\": 1}"),
            (#"{"maxLength": 1}"#, "\"ab\""),
        ])
    func readerSeesWrong(schema: String, value: String) throws {
        let list = try JSONDocument("[\(value)]").value as? [Any]
        #expect(try SchemaReader(schema).problems(try #require(list?.first)).count == 1)
    }
}
