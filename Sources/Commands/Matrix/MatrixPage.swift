internal import InterruptModel
internal import Reporting
internal import Searches

/// The first page of `matrix --report`.
extension Matrix {
    func page(drawing draw: PanelDrawing) -> SearchPage {
        let groups = groups(by: \.course)
        let table = MatrixTable(
            designs: designs.map(\.name),
            properties: MatrixProperty.all.map { .init(name: $0.name, isGrave: $0.isGrave) },
            rows: groups.enumerated().map { row($1, number: $0 + 1, draw) },
            combinations: rows.count / max(1, designs.count))
        return SearchPage(
            title: "Which EOI design is safe", headline: table.headline, isWrong: !table.isSafe,
            sentences: table.sentences + ["\(name): \(extent)"], table: table, facts: facts,
            again: command)
    }

    private var facts: [(name: String, value: String)] {
        let hostile =
            "\nhostile: as linux, and it reads the EOI register, writes to it what is no EOI, and "
            + "ends what it does not serve"
        return [
            ("machine", name),
            (AxisEntry.pageTMR.name, AxisEntry.pageTMR.meanings),
            (AxisEntry.guestEOI.name, AxisEntry.guestEOI.meanings + hostile),
            (
                "everything else",
                "as by default; savic-eoi characterize finds out what hardware does"
            ),
        ]
    }

    /// A row of assumptions; its pictures are drawn under one of them.
    private func row(_ group: Group, number: Int, _ draw: PanelDrawing) -> MatrixTable.Row {
        MatrixTable.Row(
            assumptions: group.guests.map { ($0.pageTMR.rawValue, $0.names) },
            cells: designs.map { design in
                group.entries.first { $0.row.design.name == design.name }
                    .map { cells(of: $0, in: group, number: number, draw) }
            })
    }

    private func cells(
        of entry: MatrixEntry, in group: Group, number: Int, _ draw: PanelDrawing
    ) -> [MatrixTable.Cell] {
        // What one counterexample violates is told of it once.
        var panels: [[String]: String?] = [:]
        return entry.cells.map { cell in
            guard let length = cell.length else { return cell.isSafe ? .safe : .open }
            if panels[cell.course] == nil, cell.shown?.way.actions != nil {
                let alike = entry.cells.filter { $0.course == cell.course }
                panels[cell.course] = draw(
                    entry.row.name(of: cell.property),
                    use(entry, alike, cells: "\(entry.row.design.name)/\(number)", group))
            }
            return .broken(
                .init(
                    length: length, isAtomic: cell.steps == nil,
                    panel: panels[cell.course] ?? nil))
        }
    }

    /// What cells with the same counterexample say.
    private func use(
        _ entry: MatrixEntry, _ alike: [MatrixCell], cells: String, _ group: Group
    ) -> TracePanel.Use {
        let names = alike.map(\.property.name).joined(separator: ", ")
        let length = alike[0].length ?? 0
        let isAtomic = alike[0].steps == nil
        let others = group.assumptions.count - 1
        let place =
            "page TMR \(entry.row.pageTMR.rawValue), guest \(entry.row.guest.name)"
            + (others > 0 ? "; the same steps in \(others) more of the row" : "")
        let atomic = Set(alike.compactMap(\.atomic?.way.length)).sorted().map(String.init)
        let single =
            isAtomic || atomic.isEmpty
            ? [] : ["in single actions: \(atomic.joined(separator: ", "))"]
        return TracePanel.Use(
            cells: cells,
            text: "\(entry.row.design.name) breaks \(names) in "
                + counted(length, isAtomic ? "single action" : "step"),
            remarks: [place] + single)
    }
}

extension MatrixCell {
    /// What makes it another cell: what is shown, and the counterexample that it stands for.
    fileprivate var course: [String] {
        [text] + (shown?.pin.map { ["pin \($0)"] } ?? [])
            + (shown?.way.actions?.map(\.description) ?? [])
    }
}

extension MatrixProperty {
    /// Whether the host itself, a line or an interrupt is at stake.
    fileprivate var isGrave: Bool {
        switch self {
        case .liveness: true
        case .invariant(let invariant):
            [.memorySafety, .noLostLevel, .noLostEdge, .hostWarning].contains(invariant)
        }
    }
}

extension AxisEntry {
    /// What it is about, and what each of its values says.
    fileprivate var meanings: String {
        ([question] + values.map { "\($0.rawValue): \($0.meaning)" }).joined(separator: "\n")
    }
}
