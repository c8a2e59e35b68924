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
    var steps: [Action]?
    /// And in single actions.
    var atomic: [Action]?

    /// Of what is shown: the steps where there are any.
    var length: Int? { steps?.count ?? atomic?.count }

    /// `safe`, `6`, `8a`, or `?` where a limit ended the search.
    var text: String {
        if isSafe { return "safe" }
        if let steps { return "\(steps.count)" }
        return atomic.map { "\($0.count)a" } ?? "?"
    }
}

/// One combination, searched.
struct MatrixEntry {
    let row: MatrixRow
    let cells: [MatrixCell]
    /// Different states of the search of single actions.
    let states: Int

    init(
        _ row: MatrixRow, _ matrix: Matrix, _ budget: SearchBudget, _ watch: SearchWatch
    ) throws {
        self.row = row
        let atomic = try Found(row, matrix, .atomic, budget, watch)
        let step = try Found(row, matrix, .step, budget, watch)
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
            _ budget: SearchBudget, _ watch: SearchWatch
        ) throws {
            let setup = row.setup(matrix)
            let actions = SearchAlphabet.complete(
                SearchAlphabet.standard(on: setup, granularity) + row.guest.actions, granularity)
            guard
                let search = ModelSearch(
                    setup, design: row.design, actions: actions, granularity: granularity)
            else {
                throw CommandFailure(
                    status: .internalError, message: "levels(\(matrix.levels)) has no layout")
            }
            self.search = search
            report = search.system.search(
                for: PropertyBits(InvariantSet(Invariant.allCases).rawValue), checksService: true,
                limits: budget.limits, threads: budget.threadCount, pulse: watch.pulse)
        }

        /// Whether it would have found what violates the property.
        func answers(_ property: MatrixProperty) -> Bool {
            switch property {
            case .invariant: report.isComplete
            case .liveness: report.stuck != nil
            }
        }

        func shortest(_ property: MatrixProperty) -> [Action]? {
            let actions: [Int]? =
                switch property {
                case .invariant(let invariant):
                    report.counterexamples.first { Invariant(property: $0) == invariant }?.actions
                case .liveness: report.stuck?.map(\.actions).min { $0.count < $1.count }
                }
            return actions?.map { search.actions[$0] }
        }
    }

    /// The counterexample of a cell as a scenario, in steps where there are any; nil where the
    /// cell is safe or open.
    func scenario(of cell: MatrixCell, _ matrix: Matrix) -> Scenario? {
        guard let actions = cell.steps ?? cell.atomic else { return nil }
        let isAtomic = cell.steps == nil
        let setup = row.setup(matrix)
        return FoundTrace(
            name: name(of: cell),
            summary: "a shortest way to break \(cell.property.name) with \(row.design.name): "
                + "\(actions.count) " + (isAtomic ? "single actions" : "steps"),
            source: "savic-eoi matrix --levels \(matrix.levels)"
                + (matrix.nesting ? " --nesting" : ""),
            setup: setup, design: row.design, actions: actions,
            granularity: isAtomic ? .atomic : .step
        ).scenario
    }

    func name(of cell: MatrixCell) -> String {
        [row.design.name, cell.property.name, row.pageTMR.rawValue, row.guest.name]
            .joined(separator: "-")
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
