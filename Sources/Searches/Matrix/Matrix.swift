package import InterruptModel
package import Verdicts

/// How a guest behaves, beyond how it ends interrupts.
package struct GuestPolicy: Hashable {
    package var eoi: GuestEOI
    /// It also reads the EOI register, writes what is no EOI, and ends what it does not serve.
    package var isHostile = false

    /// Every way to end interrupts, and Linux' with the rules broken.
    package static let all =
        GuestEOI.allCases.map { GuestPolicy(eoi: $0) } + [GuestPolicy(eoi: .linux, isHostile: true)]

    package var name: String { isHostile ? "hostile" : eoi.rawValue }

    package var actions: [Action] { isHostile ? [.readEOI, .nonzeroEOI, .spuriousEOI] : [] }
}

/// What a cell of the matrix is about beside the design.
package enum MatrixProperty: Hashable {
    case invariant(Invariant)
    /// A line that is high can be served without another line's help.
    case liveness

    package static let all = Invariant.allCases.map { MatrixProperty.invariant($0) } + [.liveness]

    package var name: String {
        switch self {
        case .invariant(let invariant): invariant.name
        case .liveness: "stuck-line"
        }
    }
}

/// One combination of everything.
package struct MatrixRow {
    package let design: EOIDesignEntry
    package let pageTMR: PageTMR
    package let guest: GuestPolicy
}

/// All designs under all assumptions.
package struct Matrix {
    package let levels: Int
    package let vcpus: Int
    package let nesting: Bool
    package let designs: [EOIDesignEntry]
    /// The command that makes the same searches, for “found by”.
    package let command: String
    package private(set) var entries: [MatrixEntry] = []
    package var isInterrupted = false

    package init(
        levels: Int, vcpus: Int = 1, nesting: Bool, designs: [EOIDesignEntry], command: String
    ) {
        self.levels = levels
        self.vcpus = vcpus
        self.nesting = nesting
        self.designs = designs
        self.command = command
    }

    package var rows: [MatrixRow] {
        designs.flatMap { design in
            PageTMR.allCases.flatMap { pageTMR in
                GuestPolicy.all.map { MatrixRow(design: design, pageTMR: pageTMR, guest: $0) }
            }
        }
    }

    package mutating func add(_ entry: MatrixEntry) { entries.append(entry) }

    /// States visited, over all searches of single actions.
    package var states: Int { entries.reduce(0) { $0 + $1.states } }

    package var status: ExitStatus {
        if isInterrupted { return .interrupted }
        let cells = entries.flatMap(\.cells)
        if cells.contains(where: { $0.length != nil }) { return .failed }
        return cells.allSatisfy(\.isSafe) ? .passed : .budgetSpent
    }

    /// The names of all the scenarios that may be found.
    package var scenarioNames: [String] {
        rows.flatMap { row in MatrixProperty.all.map { row.name(of: $0) } }
    }

    package var name: String {
        MachineSetup.nameOfLevels(levels, vcpus: vcpus) + (nesting ? " with nesting" : "")
    }
}
