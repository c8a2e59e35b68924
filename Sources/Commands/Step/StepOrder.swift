internal import InterruptModel

/// What a typed line says.
enum StepOrder: Equatable {
    /// Nothing: a remark.
    case nothing
    /// The latest movement once more.
    case again
    case forward(Int)
    case back(Int)
    case go(to: Int)
    /// Forward to where something happens.
    case goOn
    /// A step of its own, here.
    case perform(Action, isOptional: Bool)
    /// So many of the steps to come are none any more.
    case drop(Int)
    case watch(Watch)
    /// What is watched, once more.
    case watches
    /// The watch of this rank, or all, are none any more.
    case unwatch(Int?)
    /// An expression's value, or all fields'.
    case value(Watch?)
    case show(StepPart)
    case list(StepPart)
    /// Saves the steps so far in a file.
    case save(String)
    case help
    case quit
}

/// Which steps are drawn or listed.
enum StepPart: Equatable {
    /// Those around here.
    case near
    case all
    case steps(ClosedRange<Int>)
}

/// The words that an order can begin with beside a scenario's verbs.
enum StepWord: String, CaseIterable {
    case forward, back, goto, `continue`, drop, watch, unwatch
    case value = "print"
    case show, list, save,
        help, quit

    /// What stands behind it, for help.
    var operands: String {
        switch self {
        case .forward, .back, .drop: "[N]"
        case .goto: "N"
        case .watch, .value: "[EXPRESSION]"
        case .unwatch: "[RANK]"
        case .show, .list: "[FIRST-LAST|all]"
        case .save: "FILE"
        case .continue, .help, .quit: ""
        }
    }

    /// How many words may stand behind it; nil where that is no matter.
    var most: Int? {
        switch self {
        case .watch, .value, .save: nil
        case .forward, .back, .drop, .goto, .unwatch, .show, .list: 1
        case .continue, .help, .quit: 0
        }
    }

    /// What it does, for help.
    var meaning: String {
        switch self {
        case .forward: "takes the next step, or N of them"
        case .back: "takes the latest step back, or N of them"
        case .goto: "goes to where N steps have been taken"
        case .continue: "goes forward until an invariant breaks, a watch changes, or to the end"
        case .drop: "leaves out the next step for good, or N of them"
        case .watch: "says an expression's value wherever you come, or what is watched"
        case .unwatch: "stops to watch the one of this rank, or all"
        case .value: "says an expression's value, or all fields'"
        case .show: "draws the latest steps, these, or all so far"
        case .list: "lists the steps around, these, or all"
        case .save: "writes the steps so far as a scenario file, if there is no such file"
        case .help: "says this"
        case .quit: "ends, as the end of the input does"
        }
    }
}
