public import Verdicts

/// Writes a run as the `run` document of the JSON promise (reports §4):
/// additive changes only. One document, so everything is kept until `ended`.
///
/// Beyond the promise: `simulatedBy`, `backendReason`, `strict`, `planned`, `unfinished`; per
/// scenario `group`, `summary`, `stuck`, `failure`, `unobservable`, `rerun`; in a mismatch
/// `explanation`, `differences`, `history`, `omittedSteps`. A key that has nothing to say is
/// absent, never `null`; counts and lists are always there.
public struct JSONRecorder: Recorder {
    private var header: RunHeader?
    private var scenarios: [JSONText] = []

    public init() {}

    public mutating func record(
        _ event: RunEvent, write: (String) throws -> Void
    ) rethrows {
        switch event {
        case .began(let header): self.header = header
        case .scenarioBegan: break
        case .scenarioEnded(let result): scenarios.append(result.json)
        case .ended(let totals, let unfinished):
            if let header { try write(document(header, totals, unfinished).pretty) }
        }
    }

    private func document(
        _ header: RunHeader, _ totals: Totals, _ unfinished: [String]
    ) -> JSONText {
        let end: JSONText = [
            "scenarios": .array(scenarios), "unfinished": .strings(unfinished),
            "totals": totals.json,
        ]
        return .object(header.json.members + end.members)
    }
}

extension RunHeader {
    /// What the JSON of `run` begins with.
    var json: JSONText {
        .document(
            by: tool, on: host,
            [
                "backend": .string(backend.rawValue),
                "simulatedBy": simulatedBy.map { .string($0) },
                "backendReason": .string(backendReason),
                "irqchip": .string(irqchip),
                "design": .string(design),
                "assumptions": .assumptions(assumptions),
                "kernelRules": kernelRules.isEmpty ? nil : .string(kernelRules),
                "strict": .bool(strict),
                "judged": .bool(isJudged),
                "planned": .int(planned),
                "shard": shard.map { ["number": .int($0.number), "count": .int($0.count)] },
            ])
    }
}

extension JSONText {
    /// To the microsecond: the digits below it are noise of the clock and of the summing.
    static func seconds(_ value: Double) -> JSONText {
        .double((value * 1_000_000).rounded() / 1_000_000)
    }
}

extension ScenarioResult {
    /// As the JSON of `run` has it.
    var json: JSONText {
        [
            "name": .string(name),
            "verdict": .string(outcome.verdict.rawValue),
            "group": .string(group),
            "machine": outcome.machine.isEmpty ? nil : .string(outcome.machine),
            "summary": .string(summary),
            "duration": .seconds(duration),
            "runs": runs.map {
                ["asked": .int($0.asked), "done": .int($0.done), "failed": .int($0.failed)]
            },
            "compared": outcome.compared.json,
            "hazards": .strings(outcome.hazards),
            "steps": outcome.steps.isEmpty ? nil : .array(outcome.steps.map(\.json)),
            "stuck": outcome.stuck.map { .int(Int($0)) },
            "mismatch": outcome.mismatch?.json,
            "skip": outcome.skip?.json,
            "failure": outcome.failure.map { .string($0) },
            "judgedOnModel": outcome.judgedOnModel.map { .string($0) },
            "unobservable": .array(
                outcome.unobservable.map {
                    ["field": .string($0.field), "reason": .string($0.reason)]
                }),
            "rerun": .string(rerun),
        ]
    }
}

extension Skip {
    /// As the JSON of `run` and `show` has it.
    var json: JSONText { ["reason": .string(reason), "hint": .string(hint)] }
}

extension Mismatch {
    /// As the JSON of `run`, `show` and `fuzz` has it.
    public var json: JSONText {
        [
            "code": .string(code.rawValue),
            "step": .int(step),
            "field": .string(first.field),
            "expected": .string(first.expected),
            "observed": .string(first.observed),
            "explanation": .string(code.explanation),
            "differences": .array(
                differences.map {
                    [
                        "field": .string($0.field), "expected": .string($0.expected),
                        "observed": .string($0.observed), "before": .string($0.before),
                    ]
                }),
            "history": .array(history.map(\.json)),
            "omittedSteps": .int(omittedSteps),
            "note": note.map { .string($0) },
            "likeness": likeness.map { .strings($0) },
        ]
    }
}

extension HistoryLine {
    fileprivate var json: JSONText {
        [
            "step": .int(step), "text": .string(text), "events": .string(events),
            "violations": violations.isEmpty ? nil : .strings(violations),
            "leftOut": leftOut.map { .string($0) },
        ]
    }
}

extension Compared {
    var json: JSONText {
        [
            "steps": .int(steps), "fields": .int(fields), "eois": .int(eois),
            "endings": .int(endings), "unjudged": .int(unjudged), "leftOut": .int(leftOut),
        ]
    }
}

extension Totals {
    var json: JSONText {
        [
            "scenarios": .int(total),
            "pass": .int(self[.pass]),
            "shown": .int(self[.shown]),
            "fail": .int(self[.fail]),
            "skip": .int(self[.skip]),
            "timeout": .int(self[.timeout]),
            "error": .int(self[.error]),
            "hazards": .int(hazardous),
            "seconds": .seconds(seconds),
            "compared": compared.json,
        ]
    }
}
