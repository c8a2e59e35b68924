internal import Campaigns
internal import InterruptModel
internal import Lockstep
internal import Scenarios
internal import Verdicts

/// A document that `show --json` has written: a run as data, to be drawn as it was.
struct TimelineFile {
    let timeline: Timeline
    /// Whether it has what earlier versions did not write of the machine.
    let saysAllOfItsMachine: Bool

    /// Bytes, at most: the storms of the catalogue take three quarters of it.
    static let largest = 1 << 25
    static let kind = "what show --json prints"

    /// Reads JSON. Members that it does not know are a later version's, and not looked at.
    /// - Parameters:
    ///   - bytes: the file's content.
    ///   - file: its name, for errors.
    init(_ bytes: [UInt8], file: String) throws(ScenarioError) {
        let document = try ReportMembers(
            bytes, file: file, kind: Self.kind, largest: Self.largest)
        try Self.refuseOthers(document)
        let machine = try MachineReader(document)
        let setup = machine.setup
        saysAllOfItsMachine = machine.isWhole
        let reader = MomentReader(
            isSecure: setup.kind == .secure, vcpus: setup.vcpus)
        var timeline = Timeline(
            name: try ScenarioLoader.name(try document["name"]),
            summary: try document["summary"].text("a summary"),
            backend: try document["backend"].choice("backend"),
            simulatedBy: try document.optional("simulatedBy").map { cursor throws(ScenarioError) in
                try ScenarioLoader.name(cursor)
            },
            design: try ScenarioLoader.name(try document["design"]), setup: setup,
            granularity: try document["granularity"].choice("granularity"),
            start: try reader.portrait(try document["start"]))
        let steps = try document["steps"]
        for cursor in try steps.list("steps") {
            let number = timeline.steps.count + 1
            timeline.steps.append(try Self.step(cursor, number, on: setup, reader))
        }
        guard !timeline.steps.isEmpty else { throw steps.error("expected at least one step") }
        timeline.outcome = try Self.outcome(document)
        timeline.lostLines = try Self.lostLines(document, steps: timeline.steps.count)
        self.timeline = timeline
    }

    /// A document of another command has no states that could be drawn.
    private static func refuseOthers(_ document: ReportMembers) throws(ScenarioError) {
        let found = try? ReportKind(of: document)
        guard found != .show else { return }
        let what = found.map { "this is a report of \($0.rawValue), which has no steps to draw" }
        throw document.error("\(what ?? "there are no steps to draw here"); expected \(kind)")
    }

    // MARK: - The run

    private static func step(
        _ cursor: YAMLCursor, _ number: Int, on setup: MachineSetup, _ reader: MomentReader
    ) throws(ScenarioError) -> Timeline.Step {
        let members = try ReportMembers(cursor, of: "the step", in: kind)
        _ = try members["step"].number(in: number...number, "the number of a step")
        let words = try members["action"]
        let action = try ActionWords(try words.text("a step")).action(
            on: setup, words, what: "step")
        var step = Timeline.Step(
            number: number, action: action.action,
            leftOut: try members.optional("leftOut")?.text("why it was left out"),
            entry: try members.optional("entry").map(reader.moment),
            own: try reader.moment(try members["own"]),
            breaks: try reader.invariants(try members["breaks"]),
            violations: try reader.invariants(try members["violations"]))
        guard let observed = members.optional("observed") else { return step }
        let seen = try ReportMembers(observed, of: "what was observed", in: kind)
        var observation = Observation()
        observation.events = try reader.events(try seen["events"])
        observation.snapshot = try reader.registers(try seen["registers"])
        step.observed = observation
        step.differences = try FieldDifference.list(try seen["differences"], in: kind)
        return step
    }

    /// Documents of the first days have none.
    private static func lostLines(
        _ document: ReportMembers, steps: Int
    ) throws(ScenarioError) -> [LostLine] {
        var lines: [LostLine] = []
        for cursor in try document.optional("lostLines")?.list("lost lines") ?? [] {
            let members = try ReportMembers(cursor, of: "the lost line", in: kind)
            let pin = UInt8(try members["pin"].number(in: MomentReader.pins, "a pin"))
            let since = try members["since"].number(in: 0...steps, "the number of a step")
            let until = try members.optional("until")?
                .number(in: 1...steps, "the number of a step")
            if let until, until <= since {
                throw cursor.error("it ends in step \(until), before it begins in step \(since)")
            }
            lines.append(LostLine(pin: pin, since: since, until: until))
        }
        return lines
    }

    private static func outcome(
        _ document: ReportMembers
    ) throws(ScenarioError) -> ScenarioOutcome {
        var outcome = try ScenarioOutcome(document, in: kind)
        for cursor in try document["unobservable"].list("fields that cannot be seen") {
            let members = try ReportMembers(cursor, of: "the field", in: kind)
            outcome.unobservable.append(
                Unobservable(
                    field: try members["field"].text("a field"),
                    reason: try members["reason"].text("a reason")))
        }
        outcome.stuck = try document.optional("stuck").map { cursor throws(ScenarioError) in
            UInt8(try cursor.number(in: MomentReader.pins, "a pin"))
        }
        // A document of the first days says it in a sentence alone.
        if outcome.mismatch == nil, outcome.skip == nil, outcome.failure == nil {
            outcome.failure = try document.optional("ended")?.text("how the run ended")
        }
        return outcome
    }
}
