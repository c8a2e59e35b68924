import Reporting
import Verdicts

/// A run that has one of everything, among them a name that attacks every format.
enum Script {
    static let hostile = "a<b> & \"c\" #7 \u{1B}[31m\n\u{0}end"

    static let header = RunHeader(
        tool: Tool(version: "1.0.0"),
        host: [("kernel", "6.19.0"), ("cpu", "AMD EPYC 9755")],
        backend: .model, backendReason: "no /dev/kvm on this host", irqchip: "split",
        design: "rfc-v2", assumptions: [("page-tmr", "accurate"), ("guest-eoi", "linux")],
        kernelRules: "unmask-resamples yes, found by probes", planned: 7)

    static let pass = ScenarioResult(
        name: "level-basic", summary: "A level line is delivered, ended and delivered again",
        group: "level",
        ScenarioOutcome(.pass, compared: Compared(steps: 12, fields: 96, eois: 3)),
        duration: 0.004, rerun: "savic-eoi run level-basic")

    static let hazard = ScenarioResult(
        name: "nested-eoi", summary: "An EOI inside a nested handler", group: "nesting",
        ScenarioOutcome(
            .pass, compared: Compared(steps: 1, fields: 8, eois: 1),
            hazards: ["attribution", "redelivery"]),
        duration: 0.005, rerun: "savic-eoi run nested-eoi")

    static let mismatch = Mismatch(
        code: .eoiWrongVector, step: 6,
        differences: [
            FieldDifference(
                field: "EOI exit vector", expected: "0x41", observed: "0x31", before: ""),
            FieldDifference(
                field: "remote IRR of pin 3", expected: "0", observed: "1", before: "1"),
        ],
        history: [
            HistoryLine(step: 4, text: "raise pin 3", events: "accept 0x41"),
            HistoryLine(step: 5, text: "raise pin 4", events: ""),
            HistoryLine(step: 6, text: "eoi", events: "EOI exit 0x31"),
        ], omittedSteps: 3)

    static let fail = ScenarioResult(
        name: "level-retrigger", summary: "A line that is held is delivered again",
        group: "level",
        ScenarioOutcome(
            .fail, compared: Compared(steps: 6, fields: 48, eois: 1), mismatch: mismatch,
            unobservable: [
                Unobservable(field: "shadow ISR", reason: "KVM_GET_LAPIC answers EINVAL"),
                Unobservable(field: "shadow IRR", reason: "KVM_GET_LAPIC answers EINVAL"),
            ]),
        duration: 0.006,
        rerun: "savic-eoi run level-retrigger --backend model --design rfc-v2 --irqchip split")

    static let skip = ScenarioResult(
        name: "resample-ack", summary: "An ack notifier fires once", group: "ack",
        ScenarioOutcome(
            .skip,
            skip: Skip(reason: "needs the irqchip in the kernel", hint: "add --irqchip kernel")),
        duration: 0, rerun: "savic-eoi run resample-ack --irqchip kernel")

    static let timeout = ScenarioResult(
        name: "storm", summary: "A line that never falls", group: "level",
        ScenarioOutcome(
            .timeout, compared: Compared(steps: 40, fields: 320, eois: 20),
            failure: "no answer within 10 s at step 41: eoi"),
        duration: 10, rerun: "savic-eoi run storm")

    static let error = ScenarioResult(
        name: hostile, summary: "A stranger's <file>\u{7}", group: "x&y",
        ScenarioOutcome(.error, failure: "KVM_RUN failed # EFAULT\nat \u{1B}[2Jstep 1"),
        duration: 0.001, rerun: "savic-eoi run ./stranger.yaml")

    static let results = [pass, hazard, fail, skip, timeout, error]

    /// The whole run, stopped before its last scenario.
    static let events: [RunEvent] = events(header, results, unfinished: ["never-reached"])

    static func events(
        _ header: RunHeader, _ results: [ScenarioResult], unfinished: [String] = []
    ) -> [RunEvent] {
        var totals = Totals()
        for result in results { totals.add(result) }
        return [.began(header)]
            + results.flatMap { [.scenarioBegan(name: $0.name), .scenarioEnded($0)] }
            + [.ended(totals, unfinished: unfinished)]
    }

    /// A run of the given results, with the plan that fits.
    static func run(_ results: [ScenarioResult], unfinished: [String] = []) -> [RunEvent] {
        var header = header
        header.planned = results.count + unfinished.count
        return events(header, results, unfinished: unfinished)
    }
}

/// What a recorder writes for the events, piece by piece.
func pieces(_ events: [RunEvent], _ recorder: any Recorder) -> [String] {
    var recorder = recorder
    var pieces: [String] = []
    for event in events { recorder.record(event) { pieces.append($0) } }
    return pieces
}

func written(_ events: [RunEvent], _ recorder: any Recorder) -> String {
    pieces(events, recorder).joined()
}
