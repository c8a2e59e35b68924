internal import Foundation
internal import InterruptModel
internal import Reporting
internal import Searches
internal import StateExplorer
internal import Verdicts

/// States a second and bytes a state of the search of `levels(n)` with nesting, on one thread and
/// on all processors.
struct ExplorerSection: BenchSection {
    private struct Row {
        var threads: Int
        var found: SearchExtent
        var seconds: Double
    }

    private let levels: Int
    private let design: EOIDesignEntry
    private var rows: [Row] = []
    private var isInterrupted = false

    init(levels: Int, design: EOIDesignEntry) {
        self.levels = levels
        self.design = design
    }

    let key = "explorer"

    mutating func measure() {
        var setup = MachineSetup.levels(levels)
        setup.nesting = true
        let actions = SearchAlphabet.standard(on: setup, .atomic)
        let search = try? ModelSearch(setup, design: design, actions: actions, granularity: .atomic)
        let processors = ProcessInfo.processInfo.activeProcessorCount
        for threads in Set([1, processors]).sorted() {
            guard let search else { return }
            let watch = SearchWatch(seconds: nil)
            let limits = SearchBudget.standardLimits(threads: threads)
            let found = search.run(
                ModelQuestion(),
                SearchConduct(limits: limits, threads: threads, pulse: watch.pulse)
            ).extent
            let seconds = watch.seconds
            watch.finish()
            isInterrupted = found.stop == .interruption
            if isInterrupted { return }
            rows.append(Row(threads: threads, found: found, seconds: seconds))
        }
    }

    func text(width: Int, _ palette: Palette) -> String {
        var columns = Columns([.right, .right, .right, .right, .right])
        columns.add("threads", "states", "transitions", "states/s", "bytes a state")
        for row in rows {
            columns.add(
                "\(row.threads)", "\(row.found.states)", "\(row.found.transitions)",
                "\(Int(rate(row)))", "\(bytes(row))")
        }
        let lines = columns.lines { row, _, text in row == 0 ? palette.paint(text, .faint) : text }
        return "\n" + palette.paint("Search of every state", .strong)
            + "\nlevels(\(levels)) with nesting, design \(design.name), single actions, every "
            + "invariant\n\n" + lines.joined(separator: "\n") + "\n"
    }

    private func rate(_ row: Row) -> Double { (Double(row.found.states) / row.seconds).rounded() }

    private func bytes(_ row: Row) -> Double {
        (Double(row.found.bytes) / Double(row.found.states) * 10).rounded() / 10
    }

    var document: JSONText {
        [
            "levels": .int(levels), "nesting": .bool(true), "design": .string(design.name),
            "granularity": "atomic",
            "runs": .array(
                rows.map { row in
                    [
                        "threads": .int(row.threads), "states": .int(row.found.states),
                        "transitions": .int(row.found.transitions),
                        "complete": .bool(row.found.isComplete), "seconds": .double(row.seconds),
                        "statesPerSecond": .double(rate(row)), "bytesPerState": .double(bytes(row)),
                    ]
                }),
        ]
    }

    /// A search that ended too early has measured something else.
    var status: ExitStatus {
        if isInterrupted { return .interrupted }
        return !rows.isEmpty && rows.allSatisfy(\.found.isComplete) ? .passed : .internalError
    }
}
