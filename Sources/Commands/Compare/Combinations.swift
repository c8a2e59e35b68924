internal import InterruptModel
internal import Reporting

/// Some of all the combinations of assumptions that a matrix has, in few words.
struct Combinations {
    private let some: [MatrixReportFile.Combination]
    private let all: [MatrixReportFile.Combination]

    init(_ some: [MatrixReportFile.Combination], among all: [MatrixReportFile.Combination]) {
        self.some = some
        self.all = all
    }

    /// `guest linux, both under page-tmr never: 2 of 24 combinations`.
    var sentence: String {
        guard some.count < all.count else {
            return all.count == 1 ? "the only combination" : "all \(all.count) combinations"
        }
        return "\(places): \(some.count) of \(all.count) combinations"
    }

    /// Hardware by hardware the guests; hardware with the same guests is told together.
    private var places: String {
        let axes = openAxes
        var rows: [(hardware: [String], guests: [String])] = []
        for combination in some {
            let hardware = combination.hardware(axes)
            if let known = rows.firstIndex(where: { $0.hardware == hardware }) {
                rows[known].guests.append(combination.guest)
            } else {
                rows.append((hardware, [combination.guest]))
            }
        }
        var groups: [(guests: [String], hardware: [[String]])] = []
        for row in rows {
            if let known = groups.firstIndex(where: { $0.guests == row.guests }) {
                groups[known].hardware.append(row.hardware)
            } else {
                groups.append((row.guests, [row.hardware]))
            }
        }
        let kinds = Set(all.map { $0.hardware(axes) }).count
        return groups.map { group in
            let guests = "guest \(group.guests.joined(separator: ", "))"
            return group.hardware.count == kinds
                ? guests : "\(guests) under \(Self.told(group.hardware, axes))"
        }.joined(separator: "; ")
    }

    /// `page-tmr never, guest`; of several axes `page-tmr never, disallowed kept or …`.
    private static func told(_ hardware: [[String]], _ axes: [String]) -> String {
        if axes.count == 1 {
            return "\(axes[0]) \(hardware.map { $0.joined() }.joined(separator: ", "))"
        }
        return hardware.map { values in
            zip(axes, values).map { "\($0) \($1)" }.joined(separator: ", ")
        }.joined(separator: " or ")
    }

    /// The axes of the hardware that are not the same in all combinations.
    private var openAxes: [String] {
        var values: [String: Set<String>] = [:]
        var axes: [String] = []
        for assumption in all.flatMap(\.assumptions) where assumption.axis != guestAxis {
            if values[assumption.axis] == nil { axes.append(assumption.axis) }
            values[assumption.axis, default: []].insert(assumption.value)
        }
        return axes.filter { values[$0, default: []].count > 1 }
    }
}

private let guestAxis = AxisEntry.guestEOI.name

extension MatrixReportFile.Combination {
    /// What the hardware is like: its values of these axes.
    fileprivate func hardware(_ axes: [String]) -> [String] {
        axes.map { axis in
            assumptions.first { $0.axis == axis }?.value ?? ReportComparison.nothing
        }
    }

    /// A guest that breaks the rules ends its interrupts in Linux' way.
    fileprivate var guest: String {
        isHostile
            ? "hostile" : assumptions.first { $0.axis == guestAxis }?.value ?? "of any kind"
    }
}
