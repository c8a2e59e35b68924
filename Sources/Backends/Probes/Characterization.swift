package import InterruptModel

/// What the probes have found out about a host.
package struct Characterization: Sendable, Equatable {
    /// In the order of the probes.
    package var findings: [ProbeFinding]
    /// Somebody wanted it to end before its time.
    package var isInterrupted = false

    /// The finding of a probe, if it was begun.
    package func finding(_ name: String) -> ProbeFinding? { findings.first { $0.name == name } }

    /// The assumptions to run under: those that were determined.
    package var assumptions: PartialAssumptions {
        AxisEntry.ofHardware.reduce(into: PartialAssumptions()) { $0[$1] = value($1) }
    }

    /// The one value of an axis under which the model answers all the axis's probes as they were
    /// answered here, each in every run.
    private func value(_ axis: AxisEntry) -> String? {
        let own = Probe.all.filter { $0.axis == axis }
        var words: [String: String] = [:]
        for probe in own {
            guard let answer = finding(probe.name)?.answer else { return nil }
            words[probe.name] = answer
        }
        let values = Set(
            Prediction.all.filter { $0.agrees(with: words) }.compactMap {
                PartialAssumptions($0.assumptions)[axis]
            })
        return values.count == 1 ? values.first : nil
    }

    /// Why the probes of an axis do not settle it, as a clause.
    package func reasonWhyUnknown(_ axis: AxisEntry) -> String {
        for probe in Probe.all where probe.axis == axis {
            guard let finding = finding(probe.name) else { return "\(probe.name) was not run" }
            if finding.answer == nil || !finding.unforeseen.isEmpty {
                let word = finding.outcomes.first?.outcome.word ?? ProbeOutcome.unknown
                return "\(probe.name) is \(finding.frequency(of: word).spelling) \(word)"
            }
        }
        return "no assumption set allows the answers of its probes together"
    }

    /// The assumption sets that allow all that was seen: each outcome that answers its question,
    /// however seldom. None, where something was seen that the model does not have.
    package var consistentSets: [Assumptions] {
        guard findings.allSatisfy(\.unforeseen.isEmpty) else { return [] }
        return Prediction.all.filter { prediction in
            findings.allSatisfy { finding in
                finding.outcomes.allSatisfy {
                    $0.outcome.kind != .answer || !prediction.isOf(finding)
                        || prediction.words[finding.name] == $0.outcome.word
                }
            }
        }.map(\.assumptions)
    }

    /// Whether every probe has an answer that all its runs agree in.
    package var isComplete: Bool {
        !isInterrupted && findings.count == Probe.all.count
            && findings.allSatisfy { $0.answer != nil && $0.unforeseen.isEmpty }
    }
}

/// What the runs of one probe came to.
package struct ProbeFinding: Sendable, Equatable {
    /// A stable name.
    package var name: String
    /// What was asked, for people.
    package var question: String
    /// What the probe does and the agent it does it with, as a number of sixteen digits.
    package var digest: String
    /// How many runs there should have been.
    package var planned: Int
    /// The most frequent first, and of those the first that was seen.
    package var outcomes: [ProbeCount]
    /// Words that the model gives as answers under some assumption set.
    package var foreseen: [String]
    /// Why there are fewer runs than planned, if there are.
    package var stopped: String?

    /// How many there were.
    package var runs: Int { outcomes.reduce(0) { $0 + $1.count } }

    /// What all runs have answered; nil where they differ, or do not answer.
    package var answer: String? {
        guard let first = outcomes.first?.outcome, first.kind == .answer,
            outcomes.allSatisfy({ $0.outcome.word == first.word })
        else { return nil }
        return first.word
    }

    /// How often a word came about.
    package func frequency(of word: String) -> Frequency {
        let count = outcomes.reduce(0) { $0 + ($1.outcome.word == word ? $1.count : 0) }
        return count == 0
            ? .never(of: runs)
            : count == runs ? .always(of: runs) : .sometimes(count, of: runs)
    }

    /// All words: those that came about, the most frequent first, and then those that could have.
    package var words: [String] {
        var words: [String] = []
        for word in outcomes.map(\.outcome.word) + foreseen where !words.contains(word) {
            words.append(word)
        }
        return words.enumerated().sorted {
            (count($0.element), $1.offset) > (count($1.element), $0.offset)
        }.map(\.element)
    }

    private func count(_ word: String) -> Int {
        outcomes.reduce(0) { $0 + ($1.outcome.word == word ? $1.count : 0) }
    }

    /// Outcomes that the model has under no assumption set.
    package var unforeseen: [ProbeOutcome] {
        outcomes.map(\.outcome).filter {
            $0.kind.isEvidence && !foreseen.contains($0.word)
        }
    }
}

extension ProbeOutcome.Kind {
    /// Whether it tells something about the host: an answer, or a death.
    var isEvidence: Bool { self == .answer || self == .death }
}

/// What KVM makes of a read of the EOI register: a matter of its design, not of the hardware.
package enum EOIReadFate: String, Sendable, CaseIterable {
    /// As an EOI: `rfc-v1` and `rfc-v2` do.
    case taken
    /// #GP, as the register itself does.
    case refused
    /// Nothing happens.
    case ignored
}
