import Verdicts

@testable import Reporting

/// What `compare` says of reports that are files `0.json`, `1.json` and so on. The folder that they
/// are in is taken out of it, and leaves lines shorter than they were: there is room for them.
func compare(
    _ texts: [String], _ more: [String] = [],
    in surroundings: Surroundings = Surroundings(width: 400)
) throws -> Ending {
    let folder = try Folder()
    let paths = try texts.enumerated().map { try folder.write($1, to: "\($0).json") }
    let ending = program(["compare"] + paths + more, in: surroundings)
    let names = folder.path + "/"
    return Ending(
        status: ending.status, out: ending.out.replacing(names, with: ""),
        err: ending.err.replacing(names, with: ""))
}

/// A report of `run` that is right except for what a test makes of it.
struct SampleRun {
    var results: [ScenarioResult] = [.named("level-basic")]
    var unfinished: [String] = []
    var header = RunHeader(
        tool: Tool(version: "1.0.0"), host: [("kernel", "6.18.0")], backend: .kvm,
        backendReason: "asked for", irqchip: "split", design: "rfc-v2",
        assumptions: [("page-tmr", nil), ("guest-eoi", nil)], planned: 1)

    /// As `run --format json` writes it.
    var text: String {
        var recorder = JSONRecorder()
        var totals = Totals()
        var text = ""
        recorder.record(.began(header)) { text += $0 }
        for result in results {
            totals.add(result)
            recorder.record(.scenarioEnded(result)) { text += $0 }
        }
        recorder.record(.ended(totals, unfinished: unfinished)) { text += $0 }
        return text
    }
}

extension ScenarioResult {
    /// It passed, and saw one EOI, unless a test says otherwise.
    static func named(
        _ name: String, _ verdict: Verdict = .pass, eois: Int = 1, hazards: [String] = [],
        code: MismatchCode? = nil, failure: String? = nil, skip: Skip? = nil
    ) -> ScenarioResult {
        var outcome = ScenarioOutcome(
            verdict, compared: Compared(steps: 4, fields: 32, eois: eois, endings: eois),
            hazards: hazards, skip: skip, failure: failure)
        outcome.mismatch = code.map {
            Mismatch(
                code: $0, step: 4,
                differences: [
                    FieldDifference(field: "EOI exit", expected: "0x31", observed: "–", before: "")
                ])
        }
        return ScenarioResult(
            name: name, summary: "a level interrupt", group: "basics", outcome, duration: 0.25,
            rerun: "savic-eoi run \(name) --backend kvm")
    }
}
