package import InterruptModel
internal import Lockstep
package import Scenarios
internal import StateExplorer

/// What is known of one property under one combination.
package struct MatrixCell {
    package let property: MatrixProperty
    /// Nothing violates it, in any interleaving, and every reachable state was visited.
    package var isSafe = false
    /// The shortest counterexample in guest and host steps.
    package var steps: MatrixFinding?
    /// And in single actions.
    package var atomic: MatrixFinding?

    /// What is shown: the steps where there are any.
    package var shown: MatrixFinding? { steps ?? atomic }

    package var length: Int? { shown?.way.length }

    /// `safe`, `6`, `8a`, or `?` where a limit ended the search.
    package var text: String {
        if isSafe { return "safe" }
        if let steps { return "\(steps.way.length)" }
        return atomic.map { "\($0.way.length)a" } ?? "?"
    }
}

/// A shortest counterexample.
package struct MatrixFinding: Sendable {
    package let way: ModelFindings.Way
    /// The pin that is stuck, if that is what is wrong.
    package let pin: UInt8?
}

extension ModelFindings {
    /// Whether it would have what violates the property.
    fileprivate func answers(_ property: MatrixProperty) -> Bool {
        switch property {
        case .invariant: extent.visitsAll
        case .liveness: stuck != nil
        }
    }

    fileprivate func shortest(_ property: MatrixProperty) -> MatrixFinding? {
        switch property {
        case .invariant(let invariant):
            violations.first { $0.invariants.contains(invariant) }
                .map { MatrixFinding(way: $0.way, pin: nil) }
        case .liveness:
            stuck?.min { $0.way.length < $1.way.length }
                .map { MatrixFinding(way: $0.way, pin: $0.pin) }
        }
    }
}

/// One combination, searched.
package struct MatrixEntry {
    package let row: MatrixRow
    package let cells: [MatrixCell]
    /// Different states of the search of single actions.
    package let states: Int

    /// - Parameter run: searches, twice.
    package init(
        _ row: MatrixRow, _ matrix: Matrix,
        run: (ModelQuestion, ModelSearch) -> ModelFindings
    ) throws(SearchTooWide) {
        self.row = row
        let question = ModelQuestion(checksLiveness: true)
        let atomic = run(question, try row.search(matrix, .atomic))
        let step = run(question, try row.search(matrix, .step))
        states = atomic.extent.states
        cells = MatrixProperty.all.map { property in
            var cell = MatrixCell(property: property)
            cell.atomic = atomic.shortest(property)
            cell.steps = step.shortest(property)
            cell.isSafe = cell.length == nil && atomic.answers(property)
            return cell
        }
    }

    /// The counterexample of a cell as a scenario, in steps where there are any; nil where the
    /// cell is safe or open, or the way is not known.
    package func scenario(of cell: MatrixCell, _ matrix: Matrix) -> Scenario? {
        guard let found = cell.shown, let actions = found.way.actions else { return nil }
        let isAtomic = cell.steps == nil
        return FoundTrace(
            name: row.name(of: cell.property),
            summary: "a shortest way to break \(cell.property.name) with \(row.design.name): "
                + "\(actions.count) " + (isAtomic ? "single actions" : "steps"),
            source: matrix.command, setup: row.setup(matrix), design: row.design, actions: actions,
            granularity: isAtomic ? .atomic : .step, stuck: found.pin
        ).scenario
    }
}

extension MatrixRow {
    package func name(of property: MatrixProperty) -> String {
        [design.name, property.name, pageTMR.rawValue, guest.name].joined(separator: "-")
    }
}

extension MatrixRow {
    fileprivate func search(
        _ matrix: Matrix, _ granularity: Granularity
    ) throws(SearchTooWide) -> ModelSearch {
        let setup = setup(matrix)
        let actions = SearchAlphabet.complete(
            SearchAlphabet.standard(on: setup, granularity)
                + (0..<UInt8(setup.vcpus)).flatMap { vcpu in guest.actions.map { $0.on(vcpu) } },
            on: setup, granularity)
        return try ModelSearch(
            setup, design: design, actions: actions, granularity: granularity)
    }

    package func setup(_ matrix: Matrix) -> MachineSetup {
        var setup = MachineSetup.levels(matrix.levels, vcpus: matrix.vcpus)
        setup.nesting = matrix.nesting
        setup.pageTMR = pageTMR
        setup.guestEOI = guest.eoi
        return setup
    }
}
