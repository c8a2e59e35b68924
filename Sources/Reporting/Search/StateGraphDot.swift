package import InterruptModel

/// A graph of states in the language of Graphviz' `dot`: a box for each state, and an arrow for
/// each action that changes it. A state in which an invariant does not hold is red, and so is an
/// action that breaks one; the shortest way to the first of them is thick.
package struct StateGraphDot {
    private let graph: StateGraph
    private let kind: MachineKind
    private let name: String

    /// - Parameters:
    ///   - kind: that of the machine.
    ///   - name: what the graph is of.
    package init(_ graph: StateGraph, of kind: MachineKind, name: String) {
        (self.graph, self.kind, self.name) = (graph, kind, name)
    }

    package var text: String {
        let way = Set(graph.wayToFirstBreach)
        let passed = Set(way.flatMap { [graph.edges[$0].from, graph.edges[$0].to] })
        let boxes = graph.portraits.indices.map { box($0, isOnWay: passed.contains($0)) }
        // What leads back to where it began says nothing, unless it goes wrong.
        let arrows = graph.edges.indices.filter { index in
            let edge = graph.edges[index]
            return edge.from != edge.to || !edge.breaks.isEmpty
        }.map { arrow($0, isOnWay: way.contains($0)) }
        let head = [
            "digraph states {",
            "  label=\(Self.quoted(name)); labelloc=t; fontname=\"monospace\"",
            "  node [shape=box, fontname=\"monospace\", fontsize=10]",
            "  edge [fontname=\"monospace\", fontsize=9]",
        ]
        return (head + boxes + arrows + ["}"]).map { $0 + "\n" }.joined()
    }

    private func box(_ number: Int, isOnWay: Bool) -> String {
        let portrait = graph.portraits[number]
        let broken = portrait.violations.members.map(\.name)
        // `\l` ends a line that stands to the left.
        let label = (lines(of: portrait) + broken).map { $0 + "\\l" }.joined()
        var looks = ["label=\(Self.quoted(label))"]
        if !broken.isEmpty { looks += ["color=red", "fontcolor=red"] }
        if isOnWay { looks.append("penwidth=3") }
        if number == 0 { looks.append("style=filled") }
        return "  s\(number) [\(looks.joined(separator: ", "))]"
    }

    /// What is not empty, a line each.
    private func lines(of portrait: Portrait) -> [String] {
        let registers = portrait.registers
        func vectors(_ label: String, _ set: WideVectors) -> String? {
            set.isEmpty ? nil : "\(label) \(Spelling.vectors(set))"
        }
        func pins(_ label: String, _ set: PinSet) -> String? {
            set.isEmpty
                ? nil : "\(label) " + set.elements.map(String.init).joined(separator: " ")
        }
        let all = [
            pins("high", portrait.lines), pins("Remote IRR", registers.remoteIRR),
            vectors("IRR", registers.irr), vectors("requested", registers.requested),
            vectors("page IRR", registers.pageIRR), vectors("page ISR", registers.pageISR),
            vectors(kind == .secure ? "shadow ISR" : "ISR", registers.isr),
            registers.interruptFlag ? nil : "IF 0",
        ]
        let told = all.compactMap(\.self)
        return told.isEmpty ? ["idle"] : told
    }

    private func arrow(_ index: Int, isOnWay: Bool) -> String {
        let edge = graph.edges[index]
        let broken = edge.breaks.members.map(\.name)
        let label = ([edge.action.description] + broken).joined(separator: "\\n")
        var looks = ["label=\(Self.quoted(label))"]
        if !broken.isEmpty { looks += ["color=red", "fontcolor=red"] }
        if isOnWay { looks.append("penwidth=3") }
        return "  s\(edge.from) -> s\(edge.to) [\(looks.joined(separator: ", "))]"
    }

    /// In a string of this language only the quotation mark has to be escaped; a backslash stands
    /// for the breaks of lines that are put here, and no other text has one.
    private static func quoted(_ text: String) -> String {
        "\"" + text.printable.replacing("\"", with: "\\\"") + "\""
    }
}
