internal import InterruptModel
internal import KVMHost
internal import Scenarios
internal import Verdicts

/// How a guest behaves, beyond how it ends interrupts.
struct GuestPolicy: Hashable {
    var eoi: GuestEOI
    /// It also reads the EOI register, writes what is no EOI, and ends what it does not serve.
    var isHostile = false

    /// Every way to end interrupts, and Linux' with the rules broken.
    static let all =
        GuestEOI.allCases.map { GuestPolicy(eoi: $0) } + [GuestPolicy(eoi: .linux, isHostile: true)]

    var name: String { isHostile ? "hostile" : eoi.rawValue }

    var actions: [Action] { isHostile ? [.readEOI, .nonzeroEOI, .spuriousEOI] : [] }
}

/// What a cell of the matrix is about beside the design.
enum MatrixProperty: Hashable {
    case invariant(Invariant)
    /// A line that is high can be served without another line's help.
    case liveness

    static let all = Invariant.allCases.map { MatrixProperty.invariant($0) } + [.liveness]

    var name: String {
        switch self {
        case .invariant(let invariant): invariant.name
        case .liveness: "stuck-line"
        }
    }
}

/// One combination of everything.
struct MatrixRow {
    let design: EOIDesignEntry
    let pageTMR: PageTMR
    let guest: GuestPolicy
}

/// All designs under all assumptions.
struct Matrix {
    let levels: Int
    let nesting: Bool
    let designs: [EOIDesignEntry]
    private(set) var entries: [MatrixEntry] = []

    init(levels: Int, nesting: Bool, designs: [EOIDesignEntry]) {
        self.levels = levels
        self.nesting = nesting
        self.designs = designs
    }

    var rows: [MatrixRow] {
        designs.flatMap { design in
            PageTMR.allCases.flatMap { pageTMR in
                GuestPolicy.all.map { MatrixRow(design: design, pageTMR: pageTMR, guest: $0) }
            }
        }
    }

    mutating func add(_ entry: MatrixEntry) { entries.append(entry) }

    /// States visited, over all searches of single actions.
    var states: Int { entries.reduce(0) { $0 + $1.states } }

    var status: ExitStatus {
        if Interruption.requested { return .interrupted }
        let cells = entries.flatMap(\.cells)
        if cells.contains(where: { $0.length != nil }) { return .failed }
        return cells.allSatisfy(\.isSafe) ? .passed : .budgetSpent
    }

    /// The names of all the scenarios that may be found.
    var scenarioNames: [String] {
        rows.flatMap { row in MatrixProperty.all.map { row.name(of: $0) } }
    }

    var name: String { "levels(\(levels))" + (nesting ? " with nesting" : "") }
}
