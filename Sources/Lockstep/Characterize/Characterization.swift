public import InterruptModel

/// What the probes have found out about a host.
public struct Characterization: Sendable, Equatable {
    /// In the order of the probes.
    public var findings: [ProbeFinding]

    /// The assumptions to run under: those that were determined.
    public var assumptions: AxisOverrides {
        var axes = AxisOverrides()
        for finding in findings {
            switch finding.answer {
            case .pageTMR(let answer): axes.pageTMR = answer
            case .nativeLevelEOI(let answer): axes.nativeLevelEOI = answer
            case .disallowed(let answer): axes.disallowed = answer
            case .beforeEnable(let answer): axes.beforeEnable = answer
            case .eoiRead, nil: break
            }
        }
        return axes
    }
}

/// The answer to one open question.
public struct ProbeFinding: Sendable, Equatable {
    /// The axis, or another stable name.
    public var name: String
    /// What was asked, for people.
    public var question: String
    /// nil where the probe could not tell.
    public var answer: Answer?
    /// What was seen.
    public var evidence: String

    /// An answer, by question.
    public enum Answer: Sendable, Equatable {
        case pageTMR(PageTMR)
        case nativeLevelEOI(NativeLevelEOI)
        case disallowed(RequestFate)
        case beforeEnable(RequestFate)
        case eoiRead(EOIReadFate)

        /// The answer as the options of `run` spell it.
        public var spelling: String {
            switch self {
            case .pageTMR(let answer): answer.rawValue
            case .nativeLevelEOI(let answer): answer.rawValue
            case .disallowed(let answer), .beforeEnable(let answer): answer.rawValue
            case .eoiRead(let answer): answer.rawValue
            }
        }
    }
}

/// What KVM makes of a read of the EOI register: a matter of its design, not of the hardware.
public enum EOIReadFate: String, Sendable, CaseIterable {
    /// As an EOI: `rfc-v1` and `rfc-v2` do.
    case taken
    /// #GP, as the register itself does.
    case refused
    /// Nothing happens.
    case ignored
}
