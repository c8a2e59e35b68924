/// A stable name for a kind of divergence. It is the fingerprint that reports, replays and
/// shrinking go by, so a code is never renamed (reports §5).
public enum MismatchCode: String, Sendable, CaseIterable {
    /// The model predicts an EOI exit that the backend did not make.
    case eoiMissing = "EOI-MISSING"
    /// The backend made an EOI exit that the model does not predict.
    case eoiSpurious = "EOI-SPURIOUS"
    /// The EOI exit names another vector than predicted.
    case eoiWrongVector = "EOI-WRONG-VECTOR"
    /// Remote IRR is still set where the model has cleared it.
    case remoteIRRStuck = "RIRR-STUCK"
    /// Remote IRR is clear where the model still holds it.
    case remoteIRREarly = "RIRR-EARLY"
    /// The guest did not get an interrupt that the model delivers.
    case interruptMissing = "IRQ-MISSING"
    /// The guest got an interrupt that the model does not deliver.
    case interruptExtra = "IRQ-EXTRA"
    /// The guest got another vector than predicted.
    case interruptWrongVector = "IRQ-WRONG-VECTOR"
    /// An acknowledgement is missing, extra, or for another pin.
    case acknowledge = "ACK"
    /// The same events in another order.
    case order = "ORDER"
    /// A register differs: IRR, ISR, TMR, PPR or another field of the state.
    case state = "STATE"
    /// The backend did as predicted, but the scenario's own expectation does not hold.
    case expectation = "EXPECTATION"
    /// A safety or consistency rule was broken that the design is not known to break.
    case invariant = "INVARIANT"
    /// A rule was broken that the design is known to break here, and the run is strict.
    case hazard = "HAZARD"
    /// A hazard that the scenario promises for this design did not show.
    case hazardAbsent = "HAZARD-ABSENT"
    /// The line that the scenario calls stuck at its end is not.
    case stuckAbsent = "STUCK-ABSENT"

    /// One sentence for `explain` and for the terminal report.
    public var explanation: String {
        switch self {
        case .eoiMissing:
            "The guest ended an interrupt and the model predicts an EOI exit, but none came. "
                + "Where the pin's Remote IRR is set the line is dead until somebody clears it "
                + "(stories, shape a)."
        case .eoiSpurious:
            "An EOI exit came that the model does not predict: "
                + "an interrupt is acknowledged that the guest did not end (stories, shape b or d)."
        case .eoiWrongVector:
            "The EOI exit names another vector than the guest ended: "
                + "the wrong pin is acknowledged and the right one stays blocked "
                + "(stories, shape b)."
        case .remoteIRRStuck:
            "Remote IRR is set where the model has cleared it: "
                + "the pin cannot deliver again until somebody clears it (stories, shape a)."
        case .remoteIRREarly:
            "Remote IRR is clear where the model still holds it: "
                + "the pin can deliver again before the guest has ended it (stories, shape c)."
        case .interruptMissing:
            "The guest did not get an interrupt that the model delivers at this step "
                + "(stories, shape c)."
        case .interruptExtra:
            "The guest got an interrupt that the model does not deliver at this step "
                + "(stories, shape d)."
        case .interruptWrongVector:
            "The guest got another vector than the model's priority rule selects."
        case .acknowledge:
            "The pins whose ack notifiers fired differ from the prediction: "
                + "a resampler or an assigned device is told too early, too late or not at all."
        case .order:
            "The same events came in another order than the model predicts."
        case .state:
            "A register that both sides can see has another value than predicted "
                + "(stories, shape f)."
        case .expectation:
            "The scenario's own expectation does not hold."
        case .invariant:
            "An invariant of the model was violated that this EOI design is not known "
                + "to violate here."
        case .hazard:
            "An invariant was violated that this EOI design is known to violate here, and "
                + "--strict counts it."
        case .hazardAbsent:
            "The scenario says that this EOI design violates an invariant here, and it did not: "
                + "the design has changed, or the scenario no longer reaches the hazard."
        case .stuckAbsent:
            "The scenario says that behind its last step a line is stuck: high, and nothing that "
                + "KVM, the hardware and the guest do makes the guest take its interrupt, until "
                + "another line helps. By the model's rules it is not, or the line is not waiting "
                + "at all."
        }
    }
}

/// One field that differs at the diverging step.
public struct FieldDifference: Equatable, Sendable {
    /// The field's name as the documentation spells it: `remote IRR`, `shadow ISR`.
    public var field: String
    public var expected: String
    public var observed: String
    /// The value both sides had before the step.
    public var before: String

    public init(field: String, expected: String, observed: String, before: String) {
        self.field = field
        self.expected = expected
        self.observed = observed
        self.before = before
    }
}

/// One step of the history that led to a mismatch or a hazard.
public struct HistoryLine: Equatable, Sendable {
    /// Number of the step, from 1, repeats counted out.
    public var step: Int
    /// The step as the scenario file spells it.
    public var text: String
    /// What it caused, as one line: `accept 0x31, EOI exit 0x41`.
    public var events: String
    /// Names of the invariants that were broken for the first time here.
    public var violations: [String]
    /// Why the step was left out, if it was: nothing happened in it.
    public var leftOut: String?

    public init(
        step: Int, text: String, events: String, violations: [String] = [],
        leftOut: String? = nil
    ) {
        self.step = step
        self.text = text
        self.events = events
        self.violations = violations
        self.leftOut = leftOut
    }
}

/// A field that a backend cannot see, and why.
public struct Unobservable: Equatable, Sendable {
    public var field: String
    public var reason: String

    public init(field: String, reason: String) {
        self.field = field
        self.reason = reason
    }
}

/// The first divergence of a scenario. Later ones follow from it and are not recorded.
public struct Mismatch: Equatable, Sendable {
    public var code: MismatchCode
    /// Number of the diverging step, from 1; 0 for a check over the whole run.
    public var step: Int
    /// The fields that differ, the most telling first; never empty.
    public var differences: [FieldDifference]
    /// The steps that led there, oldest first; the last one is the culprit.
    public var history: [HistoryLine]
    /// Steps before `history` that were left out.
    public var omittedSteps: Int
    /// What more the run has seen of it: a line that is dead now, or that only the model was run.
    public var note: String?
    /// Changes, one at a time, with which the model does what was observed, in words; nil where
    /// nobody has looked for any.
    public var likeness: [String]?

    public init(
        code: MismatchCode, step: Int, differences: [FieldDifference],
        history: [HistoryLine] = [], omittedSteps: Int = 0, note: String? = nil
    ) {
        self.code = code
        self.step = step
        self.differences = differences
        self.history = history
        self.omittedSteps = omittedSteps
        self.note = note
    }

    /// The most telling difference: what the JSON's `field`, `expected`, `observed` name.
    public var first: FieldDifference {
        differences.first ?? FieldDifference(field: "", expected: "", observed: "", before: "")
    }
}
