internal import InterruptModel
internal import Scenarios
internal import Verdicts

/// A report of `matrix --format json`, as `compare` reads it.
struct MatrixReportFile {
    let file: String
    let tool: Tool
    let levels: Int
    let isNested: Bool
    /// Combinations that were to be searched, and those that were.
    let combinations: Int
    let searched: Int
    let states: Int
    /// In the order of the report.
    let cells: [Cell]

    /// What was found out about one invariant in one combination.
    struct Cell: Equatable {
        let place: Place
        let finding: Finding
    }

    /// What a cell is about.
    struct Place: Hashable {
        /// Nil where cells of different designs are held against each other.
        var design: String?
        let invariant: String
        let combination: Combination
    }

    /// What is assumed of the hardware and the guest.
    struct Combination: Hashable {
        /// In the order of their names: that of the report is nobody's.
        let assumptions: [Assumption]
        let isHostile: Bool
    }

    /// The value of one axis.
    struct Assumption: Hashable {
        let axis: String
        let value: String
    }

    /// What a search has come to.
    enum Finding: Equatable {
        case safe
        /// A limit ended the search before it was known.
        case open
        /// The shortest counterexample.
        case violated(Length, trace: [String])
    }

    /// How long the shortest counterexamples are.
    struct Length: Hashable {
        /// Of that which is shown.
        let shown: Int
        let granularity: Granularity
        /// In single actions, where that is known.
        let atomic: Int?
    }

    private static let kind = "what matrix --format json prints"

    /// Members that it does not know are a later version's, and not looked at.
    /// - Parameters:
    ///   - report: all of the file.
    ///   - file: its name.
    init(_ report: ReportMembers, file: String) throws(ScenarioError) {
        self.file = file
        tool = try Tool(report.tool)
        levels = try report["levels"].number(in: 1...Int.max, "a number of lines")
        isNested = try report["nesting"].flag("whether handlers nest")
        combinations = try report["combinations"].number(in: 0...Int.max, "a number")
        searched = try report["searched"].number(in: 0...combinations, "a number")
        states = try report["states"].number(in: 0...Int.max, "a number of states")
        var cells: [Cell] = []
        var places: Set<Place> = []
        for cursor in try report["cells"].list("cells") {
            let cell = try Self.cell(cursor)
            guard places.insert(cell.place).inserted else {
                throw cursor.error(
                    "a second cell of \(quoted: cell.place.design ?? ""), "
                        + "\(quoted: cell.place.invariant) and the same assumptions; "
                        + "expected each once")
            }
            cells.append(cell)
        }
        self.cells = cells
    }

    private static func cell(_ cursor: YAMLCursor) throws(ScenarioError) -> Cell {
        let members = try ReportMembers(cursor, of: "the cell", in: kind)
        let assumptions = try members["assumptions"].texts("assumptions", each: "an assumption")
            .sorted { $0.name < $1.name }
        let place = Place(
            design: try members["design"].text("a design"),
            invariant: try members["invariant"].text("an invariant"),
            combination: Combination(
                assumptions: assumptions.map { Assumption(axis: $0.name, value: $0.value) },
                isHostile: try members["hostile"].flag("whether the guest breaks the rules")))
        let isSafe = try members["safe"].flag("whether it is safe")
        guard let length = members.optional("length") else {
            return Cell(place: place, finding: isSafe ? .safe : .open)
        }
        guard !isSafe else {
            throw length.error("a counterexample of what is safe; expected one or the other")
        }
        let lengths = 0...Int.max
        var trace: [String] = []
        for step in try members.optional("trace")?.list("steps") ?? [] {
            trace.append(try step.text("a step"))
        }
        return Cell(
            place: place,
            finding: .violated(
                Length(
                    shown: try length.number(in: lengths, "a number of steps"),
                    granularity: try members["granularity"].choice("granularity"),
                    atomic: try members.optional("atomicLength")?
                        .number(in: lengths, "a number of actions")),
                trace: trace))
    }
}
