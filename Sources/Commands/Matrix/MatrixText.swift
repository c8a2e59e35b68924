internal import InterruptModel
internal import Reporting
internal import Searches
internal import Verdicts

extension Matrix: SearchResult {
    /// A table for each assumption that makes a difference; assumptions with the same table share
    /// it.
    func beginning(width: Int, _ palette: Palette) -> String {
        var text = "\(Tool.current.name)\n"
        text += paragraph(
            "\(name), page TMR × guest × design: \(extent). "
                + "“safe”: nothing violates it in any interleaving, every reachable state was "
                + "visited. A number: steps of the shortest counterexample; with “a”, single "
                + "actions that no host program can force."
                + (isOpen ? " “?”: the search was stopped before it was known." : ""), width)
        for group in groups(by: { [$0.text] }) {
            text += "\n" + paragraph(title(group), width)
            text += table(group.entries, width, palette)
        }
        return text
    }

    /// `144 combinations, 83165 states`.
    var extent: String {
        let all = rows.count
        let count =
            entries.count < all
            ? "\(entries.count) of \(all) combinations, then interrupted" : "\(all) combinations"
        return "\(count), \(states) states"
    }

    /// Whether something was not found out.
    private var isOpen: Bool {
        entries.contains { $0.cells.contains { !$0.isSafe && $0.length == nil } }
    }

    var findings: [ToldFinding] {
        entries.flatMap { entry in
            entry.cells.filter { $0.shown?.way.actions != nil }.map { cell in
                ToldFinding(
                    text: { _, _ in "" }, scenario: { entry.scenario(of: cell, self) },
                    again: { _ in "" })
            }
        }
    }

    func end(saved: Int, in folder: String?, width: Int, _ palette: Palette) -> String {
        guard let folder, saved > 0 else { return "" }
        let again = ShellCommand("savic-eoi", "replay", folder).text
        return "\n\(saved) counterexamples saved; again: \(again)\n"
    }

    private func title(_ group: Group) -> String {
        group.guests.map {
            "page TMR \($0.pageTMR.rawValue), guest \($0.names.joined(separator: ", "))"
        }.joined(separator: "; ")
    }

    /// As many designs side by side as there is room for; the rest in a table below.
    private func table(_ entries: [MatrixEntry], _ width: Int, _ palette: Palette) -> String {
        let names = 2 + (MatrixProperty.all.map(\.name.count).max() ?? 0)
        var (parts, room): ([[MatrixEntry]], Int) = ([], 0)
        for entry in entries {
            let column = 2 + max(entry.row.design.name.count, "safe".count)
            if parts.isEmpty || room < column {
                parts.append([])
                room = width - names
            }
            parts[parts.count - 1].append(entry)
            room -= column
        }
        return parts.map { part($0, palette) }.joined(separator: "\n")
    }

    private func part(_ entries: [MatrixEntry], _ palette: Palette) -> String {
        var columns = Columns([.left] + entries.map { _ in .right })
        columns.add([""] + entries.map(\.row.design.name))
        for (index, property) in MatrixProperty.all.enumerated() {
            columns.add([property.name] + entries.map { $0.cells[index].text })
        }
        let lines = columns.lines(indent: 2) { row, column, text in
            guard row > 0, column > 0 else { return palette.paint(text, .strong) }
            let cell = entries[column - 1].cells[row - 1]
            return palette.paint(text, cell.isSafe ? .good : cell.length == nil ? .late : .bad)
        }
        return lines.joined(separator: "\n") + "\n"
    }

    // MARK: - JSON

    func document(_ file: (_ name: String) -> String?) -> JSONText {
        .document(
            by: .current,
            [
                "levels": .int(levels),
                "vcpus": .int(vcpus),
                "nesting": .bool(nesting),
                "combinations": .int(rows.count),
                "searched": .int(entries.count),
                "complete": .bool(entries.count == rows.count),
                "states": .int(states),
                "cells": .array(
                    entries.flatMap { entry in
                        entry.cells.map { cell(entry, $0, file(entry.row.name(of: $0.property))) }
                    }),
            ])
    }

    private func cell(_ entry: MatrixEntry, _ cell: MatrixCell, _ file: String?) -> JSONText {
        let trace = cell.shown
        return [
            "design": .string(entry.row.design.name),
            "assumptions": .assumptions(entry.row.setup(self).axes.list),
            "hostile": .bool(entry.row.guest.isHostile),
            "invariant": .string(cell.property.name),
            "safe": .bool(cell.isSafe),
            "length": cell.length.map { .int($0) },
            "granularity": trace.map { _ in .string(cell.steps == nil ? "atomic" : "step") },
            "atomicLength": (cell.atomic?.way.length).map { .int($0) },
            "stuck": trace?.pin.map { .int(Int($0)) },
            "trace": trace?.way.actions.map { .strings($0.map(\.description)) },
            "file": file.map { .string($0) },
        ]
    }
}
