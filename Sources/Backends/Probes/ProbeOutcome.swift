/// What one run of a probe came to.
package struct ProbeOutcome: Hashable, Sendable {
    /// A stable name of it; the same word is the same answer.
    package var word: String
    package var kind: Kind
    /// What was seen, for people.
    package var evidence: String

    /// Whether a run answers its question.
    package enum Kind: Sendable {
        /// It does.
        case answer
        /// The question was not put, or nothing followed from what was seen.
        case open
        /// The guest could not be run any more.
        case death
        /// There was no guest, or the tool itself would not go on.
        case failure
    }

    /// An answer, whether or not the model knows it.
    package static func answer(_ word: String, _ evidence: String) -> ProbeOutcome {
        ProbeOutcome(word: word, kind: .answer, evidence: evidence)
    }

    /// No answer.
    static func open(_ evidence: String) -> ProbeOutcome {
        ProbeOutcome(word: unknown, kind: .open, evidence: evidence)
    }

    /// The guest is dead: of a probe whose question that may be the answer to.
    package static func death(_ evidence: String) -> ProbeOutcome {
        ProbeOutcome(
            word: killsVCPU, kind: .death, evidence: "kills the vCPU: " + evidence)
    }

    package static func failure(_ evidence: String) -> ProbeOutcome {
        ProbeOutcome(word: failed, kind: .failure, evidence: evidence)
    }

    package static let unknown = "unknown"
    package static let killsVCPU = "kills-vcpu"
    package static let failed = "failed"
}

/// How often an outcome came about.
package struct ProbeCount: Sendable, Equatable {
    package var outcome: ProbeOutcome
    package var count: Int
}

/// How often a word came about, as litmus tests say it.
package enum Frequency: Sendable, Equatable {
    case always(of: Int)
    case sometimes(Int, of: Int)
    /// Of so many runs; of none, nothing is known.
    case never(of: Int)

    package var name: String {
        switch self {
        case .always: "always"
        case .sometimes: "sometimes"
        case .never: "never"
        }
    }

    /// `sometimes 999/1000`.
    package var spelling: String {
        switch self {
        case .always(let runs): "always \(runs)/\(runs)"
        case .sometimes(let count, let runs): "sometimes \(count)/\(runs)"
        case .never(let runs): "never 0/\(runs)"
        }
    }
}
