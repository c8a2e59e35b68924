internal import InterruptModel
internal import Lockstep
internal import Reporting

/// What can be typed while somebody goes through the steps of a scenario.
struct StepHelp {
    private let timeline: Timeline

    init(_ timeline: Timeline) { self.timeline = timeline }

    func lines(_ width: Int, _ palette: Palette) -> [String] {
        func heading(_ text: String) -> String { palette.paint(text, .strong) }
        return [heading("orders, also by their beginnings")] + orders.lines(indent: 2, width: width)
            + ["Enter alone goes forward or back as the latest order did, at first a step forward."]
            .flatMap { $0.wrapped(at: width - 2) }.map { "  " + $0 }
            + ["", heading("steps that can be put in here, as scenario files spell them")]
            + verbs.joined(separator: ", ").wrapped(at: width - 2).map { "  " + $0 }
            + [
                "",
                heading("expressions: FIELD, FIELD NUMBER…, FIELD has NUMBER…, FIELD = NUMBER…"),
            ]
            + fields.lines(indent: 2, width: width)
    }

    private var orders: Columns {
        var table = Columns()
        for word in StepWord.allCases {
            let operands = word.operands.isEmpty ? "" : " " + word.operands
            table.add(word.rawValue + operands, word.meaning)
        }
        return table
    }

    /// Those that such a machine and granularity have, with what stands behind them.
    private var verbs: [String] {
        let isAtomic = timeline.granularity == .atomic
        return ActionVerb.allCases.filter { verb in
            let isPossible = isAtomic ? verb != Action.run.verb : verb.actor != .hypervisor
            let isThere = timeline.setup.kind == .secure || !Action(verb).needsSecureMachine
            return isPossible && isThere
        }.map { verb in
            ([verb.word] + verb.operands.map { "\($0)".uppercased() }).joined(separator: " ")
        }
    }

    private var fields: Columns {
        var table = Columns()
        for field in StepField.all(of: timeline.setup.kind) {
            table.add(field.rawValue, field.meaning)
        }
        return table
    }
}
