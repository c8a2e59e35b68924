internal import InterruptModel
package import Lockstep

/// A counterexample on the page of a search: its picture, its steps, and what was found by it.
/// Counterexamples that look alike share one.
package struct TracePanel {
    /// Something that was found by it.
    package struct Use {
        /// Of which cells of a table, as their addresses begin and end: `rfc-v2/1`.
        package var cells: String
        package var text: String
        package var remarks: [String]
        /// Commands that show it again.
        package var commands: [String] = []

        package init(cells: String = "", text: String, remarks: [String]) {
            (self.cells, self.text, self.remarks) = (cells, text, remarks)
        }
    }

    /// Its address in the page, and what its files are called.
    package var name = ""
    package var uses: [Use] = []
    /// The picture as a file of its own. It names nothing that differs where the same happens.
    package let picture: String
    private let size: (width: Int, height: Int)
    private let verdict: String
    private let steps: [(action: String, isWrong: Bool)]

    package init(_ timeline: Timeline) {
        let culprit = timeline.culprit?.number
        steps = timeline.steps.map { ($0.action.description, $0.number == culprit) }
        var drawn = timeline.telling
        verdict = TimelineStory(drawn, TimelineColumn.all(of: drawn)).verdict
        drawn.name = steps.map(\.action).joined(separator: ", ")
        let picture = TimelineSVG(drawn, steps: timeline.interesting, hasHeading: false)
        self.picture = picture.text
        size = (picture.width, picture.height)
    }

    package static func pictureFile(_ name: String) -> String { "\(name).svg" }
    package static func pageFile(_ name: String) -> String { "\(name).html" }

    /// What the template names.
    var content: [String: Any] {
        [
            "trace": name, "says": verdict.printable,
            "picture": Self.pictureFile(name), "page": Self.pageFile(name),
            "width": size.width, "height": size.height,
            "steps": steps.map { ["action": $0.action, "isWrong": $0.isWrong] as [String: Any] },
            "uses": uses.map { use in
                [
                    "cells": use.cells, "use": use.text.printable,
                    "remarks": use.remarks.map(\.printable),
                    "commands": use.commands.map(\.printable),
                ] as [String: Any]
            },
        ]
    }
}
