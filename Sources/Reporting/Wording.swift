package import Verdicts

/// The sentences that several formats share, so that one fact is worded once.
extension ScenarioOutcome {
    /// Passed, and showed a hazard that the design is known to have.
    package var isHazard: Bool { verdict == .pass && !hazards.isEmpty }

    /// It ran, or was to run, and did not come out well.
    package var isBad: Bool { !verdict.isGood && verdict != .skip }

    /// The verdict as a reader sees it: a pass with a known hazard is called `hazard`.
    package var word: String { isHazard ? "hazard" : verdict.rawValue }

    /// `hazard: attribution, redelivery`.
    package var hazardText: String { "hazard: " + hazards.joined(separator: ", ") }

    /// `line 2 is stuck`.
    var stuckText: String? { stuck.map { "line \($0) is stuck, as it says" } }

    /// What a reader of a pass has to know: its hazards, and what was not judged or not done.
    var remarks: [String] {
        (hazards.isEmpty ? [] : [hazardText]) + (stuckText.map { [$0] } ?? []) + compared.gaps
            + (judgedOnModel.map { ["judged on the model alone: \($0)"] } ?? [])
    }

    /// What a run amounts to whose end is a line of its own: how much was compared, and what a
    /// reader of a pass has to know.
    var account: [String] {
        [compared.full] + (hazards.isEmpty ? [] : [hazardText]) + (stuckText.map { [$0] } ?? [])
            + (judgedOnModel.map { ["judged on the model alone: \($0)"] } ?? [])
            + (verdict == .shown ? ["shown: it states nothing that could be judged"] : [])
    }

    /// What came of it in one line: why it did not run, why it did not pass, or its account.
    var gist: String {
        if verdict == .skip { return skip?.text ?? reason }
        return isBad ? reason : account.joined(separator: "; ")
    }

    /// `irr, isr (why)`, a text for each reason.
    var hiddenFields: [String] {
        var reasons: [String] = []
        for each in unobservable where !reasons.contains(each.reason) {
            reasons.append(each.reason)
        }
        return reasons.map { reason in
            let fields = unobservable.filter { $0.reason == reason }.map(\.field)
            return fields.joined(separator: ", ") + " (\(reason))"
        }
    }

    /// Why a scenario did not pass, as one line.
    package var reason: String {
        if let mismatch {
            "\(mismatch.headline): \(mismatch.sentence)"
        } else {
            failure ?? skip?.reason ?? "no reason was given"
        }
    }
}

extension Mismatch {
    /// `step 5`; a check over the whole run has no step of its own.
    var place: String { step == 0 ? "whole run" : "step \(step)" }

    /// `step 5: EOI-WRONG-VECTOR`.
    var headline: String { "\(place): \(code.rawValue)" }

    /// What the model would have to be like to do the same; nil where nobody has looked.
    var likenessSentence: String? {
        guard let likeness else { return nil }
        guard !likeness.isEmpty else {
            return "No single change of the model that is known here does the same."
        }
        // Of many that look alike here a longer scenario tells more.
        let shown = likeness.prefix(4).joined(separator: ", or ")
        let rest = likeness.count - 4
        return "The model does the same \(shown)" + (rest > 0 ? ", or in \(rest) other ways." : ".")
    }

    /// The most telling difference in words.
    var sentence: String {
        "\(first.field) expected \(first.expected), observed \(first.observed)"
    }
}

extension String {
    /// A value in a report: an empty one would read as if it were missing.
    var orDash: String { isEmpty ? "–" : self }
}

extension Compared {
    /// `compared 12 steps, 3 EOIs`: also when it is 0 of both, which is the point
    /// (command-line §4).
    var short: String { "compared \(counted(steps, "step")), \(ends)" }

    /// The same with the single fields, and what was not judged or not done.
    var full: String {
        let counts = "compared \(counted(steps, "step")), \(counted(fields, "field")), \(ends)"
        return ([counts] + gaps).joined(separator: "; ")
    }

    /// `3 EOIs`; where interrupts were ended and no EOI showed, that they were.
    private var ends: String {
        let text = counted(eois, "EOI")
        return eois > 0 || endings == 0 ? text : "\(text), \(endings) ended"
    }

    /// What was not judged, and what was not done.
    var gaps: [String] {
        (unjudged > 0 ? ["\(counted(unjudged, "expectation")) not judged"] : [])
            + (leftOut > 0 ? ["\(counted(leftOut, "step")) left out"] : [])
    }
}

extension RunHeader {
    /// Where a part of the report says that it is none of hardware; nil where nothing is simulated.
    var simulation: String? { backend.place(simulatedBy: simulatedBy) }

    /// The backend, and why it was taken.
    private var chosenBackend: String {
        guard !backendReason.isEmpty else { return shownBackend }
        return simulatedBy == nil
            ? "\(shownBackend) (\(backendReason))" : "\(shownBackend), \(backendReason)"
    }

    /// `page-tmr=accurate, guest-eoi=linux`; the axes that nobody has chosen in one phrase.
    var assumptionText: String {
        var parts = assumptions.compactMap { axis in axis.value.map { "\(axis.name)=\($0)" } }
        if parts.count < assumptions.count {
            parts.append(parts.isEmpty ? Self.open : "the rest " + Self.open)
        }
        return parts.joined(separator: ", ")
    }

    /// What is true of the run, name by name, in the order in which every format prints it.
    var facts: [(name: String, value: String)] {
        [
            ("backend", chosenBackend),
            ("irqchip", irqchip),
            ("design", design),
            ("assumptions", assumptions.isEmpty ? "none" : assumptionText),
        ] + (kernelRules.isEmpty ? [] : [("kernel rules", kernelRules)])
            + (strict ? [("strict", "a known hazard counts as a failure")] : [])
            + (shard.map { [("shard", "\($0.number)/\($0.count)")] } ?? [])
    }
}
