import Testing

@testable import StateExplorer

@Suite("The comparisons with the reference notice an explorer that is wrong") struct DefectTests {
    private static let graph = Graph.random(seed: 3, states: 9_000, actions: 9)

    /// Without properties: a defect may leave a counterexample without its predecessors.
    private func search(
        _ defect: ExplorerDefect?, threads: Int, deepest: Int = .max
    ) -> SearchReport {
        let limits = SearchLimits(depth: deepest)
        return Explorer<UInt64>(
            Self.graph.system(), limits: limits, threads: threads, defect: defect
        ).search(for: 0)
    }

    @Test("Every defect gives other numbers, while the search calls itself complete")
    func defects() {
        let reference = Reference(Self.graph)
        for threads in 1...2 {
            let right = search(nil, threads: threads)
            #expect(right.states == reference.states)
            #expect(right.transitions == reference.transitions)
            for defect in ExplorerDefect.allCases {
                let deepest = defect == .skipsLastDepth ? reference.depth - 1 : .max
                let wrong = search(defect, threads: threads, deepest: deepest)
                #expect(wrong.isComplete, "\(defect)")
                #expect(wrong.transitions < reference.transitions, "\(defect)")
                #expect(wrong.states <= reference.states, "\(defect)")
            }
        }
    }

    @Test("A single lost state of thousands is noticed by the transitions alone")
    func losesState() {
        let reference = Reference(Self.graph)
        let wrong = search(.losesState, threads: 1)
        #expect(wrong.transitions < reference.transitions)
        #expect(wrong.transitions >= reference.transitions - 9 * (1 + reference.states / 1_000))
    }

    @Test("A bit that is not compared makes two states one")
    func ignoresStateBit() {
        let wrong = search(.ignoresStateBit, threads: 1)
        #expect(wrong.states <= Reference(Self.graph).states / 2 + 1)
    }
}
