internal import InterruptModel
internal import Lockstep
internal import Scenarios
internal import StateExplorer
internal import Verdicts

/// What is known of one property under one combination.
struct MatrixCell {
    let property: MatrixProperty
    /// Nothing violates it, in any interleaving, and every reachable state was visited.
    var isSafe = false
    /// The shortest counterexample in guest and host steps.
    var steps: MatrixWay?
    /// And in single actions.
    var atomic: MatrixWay?

    /// What is shown: the steps where there are any.
    var shown: MatrixWay? { steps ?? atomic }

    var length: Int? { shown?.length }

    /// `safe`, `6`, `8a`, or `?` where a limit ended the search.
    var text: String {
        if isSafe { return "safe" }
        if let steps { return "\(steps.length)" }
        return atomic.map { "\($0.length)a" } ?? "?"
    }
}

/// A shortest counterexample.
struct MatrixWay {
    let length: Int
    /// Nil where the search was stopped before it was found again.
    let actions: [Action]?
    /// The pin that is stuck, if that is what is wrong.
    var stuck: UInt8?
}

/// One combination, searched.
struct MatrixEntry {
    let row: MatrixRow
    let cells: [MatrixCell]
    /// Different states of the search of single actions.
    let states: Int

    init(
        _ row: MatrixRow, _ matrix: Matrix, _ budget: SearchBudget, _ label: String
    ) throws {
        self.row = row
        let atomic = try Found(row, matrix, .atomic, budget, label)
        let step = try Found(row, matrix, .step, budget, label)
        states = atomic.report.states
        cells = MatrixProperty.all.map { property in
            var cell = MatrixCell(property: property)
            cell.atomic = atomic.shortest(property)
            cell.steps = step.shortest(property)
            cell.isSafe = cell.length == nil && atomic.answers(property)
            return cell
        }
    }

    /// A search and its actions.
    private struct Found {
        let report: SearchReport
        private let search: ModelSearch

        init(
            _ row: MatrixRow, _ matrix: Matrix, _ granularity: SearchGranularity,
            _ budget: SearchBudget, _ label: String
        ) throws {
            let setup = row.setup(matrix)
            let actions = SearchAlphabet.complete(
                SearchAlphabet.standard(on: setup, granularity) + row.guest.actions, on: setup,
                granularity)
            do {
                search = try ModelSearch(
                    setup, design: row.design, actions: actions, granularity: granularity)
            } catch {
                throw CommandFailure(
                    status: .internalError,
                    message: "levels(\(matrix.levels)) has no layout: \(error.sentence)")
            }
            let watch = SearchWatch(seconds: budget.maxSeconds, label: label)
            report = search.system.search(
                for: SearchQuestion(
                    PropertyBits(InvariantSet(Invariant.allCases).rawValue), checksService: true),
                limits: budget.limits, threads: budget.threadCount, pulse: watch.pulse)
            watch.finish()
        }

        /// Whether it would have found what violates the property.
        func answers(_ property: MatrixProperty) -> Bool {
            switch property {
            case .invariant: report.visitsAll
            case .liveness: report.stuck != nil
            }
        }

        func shortest(_ property: MatrixProperty) -> MatrixWay? {
            switch property {
            case .invariant(let invariant):
                return report.counterexamples.first { Invariant(property: $0) == invariant }
                    .map { MatrixWay(length: $0.length, actions: named($0.actions)) }
            case .liveness:
                let pins = search.setup.pins.map(\.pin).sorted()
                return report.stuck?.min { $0.length < $1.length }.map {
                    MatrixWay(
                        length: $0.length, actions: named($0.actions), stuck: pins[$0.obligation])
                }
            }
        }

        private func named(_ actions: [Int]?) -> [Action]? {
            actions?.map { search.actions[$0] }
        }
    }

    /// The counterexample of a cell as a scenario, in steps where there are any; nil where the
    /// cell is safe or open, or the way is not known.
    func scenario(of cell: MatrixCell, _ matrix: Matrix) -> Scenario? {
        guard let way = cell.shown, let actions = way.actions else { return nil }
        let isAtomic = cell.steps == nil
        return FoundTrace(
            name: row.name(of: cell.property),
            summary: "a shortest way to break \(cell.property.name) with \(row.design.name): "
                + "\(actions.count) " + (isAtomic ? "single actions" : "steps"),
            source: "savic-eoi matrix --levels \(matrix.levels)"
                + (matrix.nesting ? " --nesting" : ""),
            setup: row.setup(matrix), design: row.design, actions: actions,
            granularity: isAtomic ? .atomic : .step, stuck: way.stuck
        ).scenario
    }
}

extension MatrixRow {
    func name(of property: MatrixProperty) -> String {
        [design.name, property.name, pageTMR.rawValue, guest.name].joined(separator: "-")
    }
}

extension MatrixRow {
    func setup(_ matrix: Matrix) -> MachineSetup {
        var setup = MachineSetup.levels(matrix.levels)
        setup.nesting = matrix.nesting
        setup.pageTMR = pageTMR
        setup.guestEOI = guest.eoi
        return setup
    }
}
