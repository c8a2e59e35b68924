import Foundation
import Reporting
import Testing
import Verdicts

/// The part of the promise that readers rely on (reports §4).
private struct Run: Decodable {
    struct Scenario: Decodable {
        var name, verdict: String
        var duration: Double
        var compared: Counts
        var hazards: [String]
        var mismatch: Difference?
        var skip: Reason?
    }
    struct Counts: Decodable, Equatable {
        var steps, fields, eois, endings, unjudged, leftOut: Int
    }
    struct Difference: Decodable, Equatable {
        var code: String
        var step: Int
        var field, expected, observed: String
    }
    struct Reason: Decodable, Equatable { var reason, hint: String }
    struct Totals: Decodable {
        var pass, shown, fail, skip, timeout, error, hazards: Int
        var compared: Counts
    }

    var schemaVersion: Int
    var tool: [String: String]
    var host: [String: String]
    var backend, irqchip, design: String
    var assumptions: [String: String]
    var kernelRules: String
    var scenarios: [Scenario]
    var unfinished: [String]
    var totals: Totals
}

@Suite("The run document (reports §4)")
struct JSONRecorderTests {
    @Test("A run reads exactly like this")
    func snapshot() {
        #expect(written(Script.events, JSONRecorder()) == Snapshot.json)
    }

    private static func counts(_ compared: Compared) -> Run.Counts {
        Run.Counts(
            steps: compared.steps, fields: compared.fields, eois: compared.eois,
            endings: compared.endings, unjudged: compared.unjudged, leftOut: compared.leftOut)
    }

    @Test("Nothing is written before the end, then one document")
    func buffered() {
        #expect(pieces(Script.events, JSONRecorder()).count == 1)
        #expect(pieces(Script.events.dropLast(), JSONRecorder()).isEmpty)
    }

    @Test("Every key that reports §4 names is there and has its type")
    func schema() throws {
        let text = written(Script.events, JSONRecorder())
        let run = try JSONDecoder().decode(Run.self, from: Data(text.utf8))
        #expect(run.schemaVersion == 2)
        #expect(run.kernelRules == Script.header.kernelRules)
        #expect(run.host["cpu"] == "AMD EPYC 9755")
        #expect(run.assumptions == ["page-tmr": "accurate", "guest-eoi": "linux"])
        #expect(run.scenarios.map(\.name) == Script.results.map(\.name))
        #expect(run.scenarios.map(\.verdict) == Script.results.map(\.verdict.rawValue))
        #expect(run.scenarios[0].compared == Self.counts(Script.pass.compared))
        #expect(run.scenarios[1].hazards == ["attribution", "redelivery"])
        #expect(
            run.scenarios[2].mismatch
                == Run.Difference(
                    code: "EOI-WRONG-VECTOR", step: 6, field: "EOI exit vector",
                    expected: "0x41", observed: "0x31"))
        #expect(run.scenarios[3].skip?.hint == "add --irqchip kernel")
        #expect(run.unfinished == ["never-reached"])
        let sum = Script.results.reduce(into: Compared()) { $0 += $1.compared }
        #expect(run.totals.pass == 2)
        #expect(run.totals.hazards == 1)
        #expect(run.totals.compared == Self.counts(sum))
    }
}

@Suite("JSON text (RFC 8259)")
struct JSONTextTests {
    @Test("Every scalar comes back as it was, and no control character stands in the text")
    func escaping() throws {
        for value in UInt32(0)..<0x3000 {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let text = "a\(Character(scalar))b"
            let document = JSONText.array([.string(text)]).compact
            let kinds = document.unicodeScalars.map(\.properties.generalCategory)
            #expect(!kinds.contains(.control))
            let back = try JSONSerialization.jsonObject(with: Data(document.utf8)) as? [String]
            #expect(back.map { Array($0[0].unicodeScalars) } == Array(text.unicodeScalars))
        }
    }

    @Test(
        "Numbers are written in full, and what is no number is null",
        arguments: [
            (JSONText.int(-3), "-3"), (.unsigned(.max), "18446744073709551615"),
            (.double(0.1), "0.1"), (.double(1e-7), "1e-07"), (.double(.nan), "null"),
            (.double(-.infinity), "null"), (.bool(true), "true"), (.null, "null"),
        ] as [(JSONText, String)])
    func numbers(value: JSONText, text: String) {
        #expect(value.compact == text)
    }

    @Test("Members keep their order, nil leaves one out, null says it")
    func members() {
        let value: JSONText = ["z": .int(1), "a": nil, "m": .null, "b": ["x", .bool(false)]]
        #expect(value.compact == #"{"z": 1, "m": null, "b": ["x", false]}"#)
    }

    @Test("Short plain containers stay on a line; long or nested ones are indented")
    func layout() {
        let long = JSONText.strings(["a", "b"].map { String(repeating: $0, count: 40) })
        let value: JSONText = ["empty": .object([]), "none": [], "deep": [["k": []]], "long": long]
        #expect(
            value.pretty == """
                {
                  "empty": {},
                  "none": [],
                  "deep": [
                    {"k": []}
                  ],
                  "long": [
                    "\(String(repeating: "a", count: 40))",
                    "\(String(repeating: "b", count: 40))"
                  ]
                }

                """)
    }
}
