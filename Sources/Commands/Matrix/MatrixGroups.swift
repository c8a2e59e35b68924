internal import InterruptModel
internal import Searches

extension Matrix {
    /// Assumptions under which every design comes to the same.
    struct Group {
        fileprivate(set) var assumptions: [(pageTMR: PageTMR, guest: GuestPolicy)]
        /// Of one of them, a design each: where it can be, with page TMR as by default.
        fileprivate(set) var entries: [MatrixEntry]

        /// The guests, by page TMR.
        var guests: [(pageTMR: PageTMR, names: [String])] {
            PageTMR.allCases.compactMap { pageTMR in
                let names = assumptions.filter { $0.pageTMR == pageTMR }.map(\.guest.name)
                return names.isEmpty ? nil : (pageTMR, names)
            }
        }
    }

    /// - Parameter content: what has to be the same of each cell.
    func groups(by content: (MatrixCell) -> [String]) -> [Group] {
        let usual = MachineSetup().assumptions.pageTMR
        var contents: [[[String]]: Int] = [:]
        var groups: [Group] = []
        for pageTMR in PageTMR.allCases {
            for guest in GuestPolicy.all {
                let own = entries.filter { $0.row.pageTMR == pageTMR && $0.row.guest == guest }
                guard !own.isEmpty else { continue }
                // Of an interrupted search some have fewer designs.
                let key = own.map { [$0.row.design.name] + $0.cells.flatMap(content) }
                if let known = contents[key] {
                    let isFirst = !groups[known].assumptions.contains { $0.pageTMR == usual }
                    groups[known].assumptions.append((pageTMR, guest))
                    if pageTMR == usual, isFirst { groups[known].entries = own }
                } else {
                    contents[key] = groups.count
                    groups.append(Group(assumptions: [(pageTMR, guest)], entries: own))
                }
            }
        }
        return groups
    }
}
