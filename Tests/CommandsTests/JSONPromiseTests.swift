import Testing
import Verdicts

@Suite("The JSON of every command holds what reports §4 promises") struct JSONPromiseTests {
    static let counts = Shape.object([
        "steps": .integer, "fields": .integer, "eois": .integer, "endings": .integer,
        "unjudged": .integer, "leftOut": .integer,
    ])

    /// Random scenarios state nothing, and have no step that may be left out.
    static let randomCounts = Shape.object([
        "steps": .integer, "fields": .integer, "eois": .integer,
    ])

    static let run = Shape.object(
        [
            "schemaVersion": .integer, "tool": Shape.tool, "host": .map(.string),
            "backend": .string,
            "irqchip": .word(["split", "kernel", "both"]), "design": .string,
            "assumptions": Shape.assumptions,
            "scenarios": .list(
                .object(
                    [
                        "name": .string,
                        "verdict": .word(Verdict.allCases.map(\.rawValue)),
                        "duration": .number, "compared": counts, "hazards": .list(.string),
                    ],
                    optional: [
                        "mismatch": .object([
                            "code": .word(MismatchCode.allCases.map(\.rawValue)), "step": .integer,
                            "field": .string, "expected": .string, "observed": .string,
                        ]),
                        "skip": .object(["reason": .string, "hint": .string]),
                    ])),
            "totals": .object([
                "scenarios": .integer, "pass": .integer, "shown": .integer, "fail": .integer,
                "skip": .integer, "timeout": .integer, "error": .integer, "compared": counts,
            ]),
        ],
        optional: ["kernelRules": .string, "simulatedBy": .string])

    @Test("A run with every verdict keeps the promise, with each verdict's members and no others")
    func aRunOfEveryVerdictKeepsThePromise() throws {
        let folder = try Folder()
        let samples: [Sample] = [.pass, .fail, .skip, .error]
        let file = try folder.write(samples.text)
        let document = try JSONDocument(
            program("run", "-f", "json", "absent-destination", file).out)
        #expect(Self.run.problems(document.value).isEmpty)
        #expect(document["schemaVersion"]?.integer == 2)

        let scenarios = document["scenarios"]?.list ?? []
        let verdicts = scenarios.compactMap { $0["verdict"]?.string }
        #expect(verdicts == ["pass", "pass", "fail", "skip", "error"])
        // What a verdict needs is there, and only there.
        for (scenario, verdict) in zip(scenarios, verdicts) {
            #expect((scenario["mismatch"] != nil) == (verdict == "fail"))
            #expect((scenario["skip"] != nil) == (verdict == "skip"))
        }
        #expect(scenarios[0]["hazards"]?.strings == ["no-lost-level"])
        #expect(scenarios[3]["skip"]?["hint"]?.string == "run with --irqchip kernel")
    }

    @Test("The catalogue on both irqchips keeps the promise, and each pass has compared something")
    func catalogue() throws {
        let ending = program("run", "-f", "json", "--irqchip", "both")
        #expect(ending.status == 0)
        let document = try JSONDocument(ending.out)
        #expect(Self.run.problems(document.value).isEmpty)
        for scenario in document["scenarios"]?.list ?? []
        where scenario["verdict"]?.string == "pass" {
            #expect(scenario["compared"]?["steps"]?.integer ?? 0 > 0)
            #expect(scenario["compared"]?["fields"]?.integer ?? 0 > 0)
        }
    }

    @Test("Totals are the sums of their scenarios")
    func totalsAreTheSumsOfTheirScenarios() throws {
        let document = try JSONDocument(program("run", "-f", "json", "--group", "basics").out)
        let scenarios = document["scenarios"]?.list ?? []
        let totals = try #require(document["totals"])
        for verdict in ["pass", "fail", "skip", "timeout", "error"] {
            let count = scenarios.count { $0["verdict"]?.string == verdict }
            #expect(totals[verdict]?.integer == count)
        }
        #expect(totals["scenarios"]?.integer == scenarios.count)
        for name in ["steps", "fields", "eois"] {
            let sum = scenarios.reduce(0) { $0 + ($1["compared"]?[name]?.integer ?? 0) }
            #expect(totals["compared"]?[name]?.integer == sum)
        }
    }

    @Test("The list keeps the promise")
    func theListKeepsThePromise() throws {
        let shape = Shape.object([
            "schemaVersion": .integer, "tool": Shape.tool,
            "scenarios": .list(
                .object([
                    "name": .string, "summary": .string, "source": .string,
                    "groups": .list(.string), "danger": .word(["none", "host"]),
                    "machines": .list(.word(["plain", "secure"])),
                    "irqchips": .list(.word(["split", "kernel"])),
                    "granularity": .word(["step", "atomic"]), "hazards": .map(.list(.string)),
                ])),
        ])
        let document = try JSONDocument(program("list", "--json").out)
        #expect(shape.problems(document.value).isEmpty)
        for scenario in document["scenarios"]?.list ?? [] {
            for name in ["machines", "irqchips", "groups"] {
                #expect(scenario[name]?.list.isEmpty == false)
            }
            #expect(scenario["source"]?.string?.isEmpty == false)
        }
    }

    @Test("The list for people names every scenario of the JSON's")
    func theListForPeopleNamesTheSameScenarios() throws {
        let list = try JSONDocument(program("list", "--json").out)["scenarios"]?.list ?? []
        let text = program("list").outLines.map { $0.split(separator: " ").first ?? "" }
        for scenario in list {
            let name = try #require(scenario["name"]?.string)
            #expect(text.contains { $0 == name })
        }
    }

    @Test("The probe keeps the promise")
    func theProbeKeepsThePromise() throws {
        let shape = Shape.object([
            "schemaVersion": .integer, "tool": Shape.tool, "backend": .string,
            "checks": .list(
                .object([
                    "name": .string, "status": .word(["found", "missing", "forbidden", "unknown"]),
                    "detail": .string, "remedy": .string,
                ])),
            "ready": .map(.bool),
        ])
        let document = try JSONDocument(program("probe", "--json").out)
        #expect(shape.problems(document.value).isEmpty)
        #expect(document["checks"]?.list.isEmpty == false)
    }

    // MARK: - The check itself

    @Test(
        "The check itself sees each thing that is wrong",
        arguments: [
            #"{"a": "1"}"#, #"{"a": true}"#, #"{"a": 1.5}"#, #"{"a": null}"#, #"{}"#, #"[]"#,
            #"{"a": 1, "b": 2}"#, #"{"a": 1, "c": 1}"#, #"{"a": 1, "d": ["y"]}"#,
        ])
    func theShapeSeesWhatIsWrong(_ text: String) throws {
        let shape = Shape.object(
            ["a": .integer],
            optional: ["b": .string, "c": .bool, "d": .list(.word(["x"]))])
        #expect(shape.problems(try JSONDocument(text).value).count == 1)
    }

    @Test("The check itself lets additions pass")
    func theShapeLetsAdditionsPass() throws {
        let value = try JSONDocument(#"{"a": 1, "b": true, "new": {}}"#).value
        #expect(Shape.object(["a": .number, "b": .bool]).problems(value).isEmpty)
    }
}
