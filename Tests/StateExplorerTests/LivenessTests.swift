import Testing

@testable import StateExplorer

@Suite("Whether what is owed can be met, on systems made by hand") struct ServiceTests {
    private struct Move {
        var target: UInt64
        var met: UInt8 = 0
        var barred: UInt8 = 0
        /// Taken by the search, but no step of the system's own.
        var isOutside = false
    }

    /// - Parameters:
    ///   - owed: for each state the obligations.
    ///   - moves: for each state its moves; the action is the index.
    private func search(
        _ owed: [UInt8], _ moves: [[Move]], _ limits: SearchLimits = SearchLimits()
    ) -> SearchReport {
        let liveness = LivenessSystem<UInt64>(stepLimit: moves.map(\.count).max() ?? 0) { states in
            states.map { state in
                LivenessState(
                    owed: owed[Int(state)],
                    steps: moves[Int(state)].enumerated().filter { !$1.isOutside }.map {
                        .init(action: $0, successor: $1.target, met: $1.met, barred: $1.barred)
                    })
            }
        }
        let system = TransitionSystem<UInt64>(
            start: 0, stateBits: 8, liveness: liveness
        ) { families, expansion in
            expansion.fill(upTo: moves.reduce(0) { $0 + $1.count }) { transitions in
                var count = 0
                for (number, family) in families.enumerated() {
                    for state in family.states {
                        for (action, move) in moves[Int(state)].enumerated() {
                            transitions[count] = Transition(
                                in: number, of: 1 << (state & 63), by: action,
                                changing: state ^ move.target)
                            count += 1
                        }
                    }
                }
                return count
            }
        }
        return Explorer(system, limits: limits).search(for: 0, checksLiveness: true)
    }

    @Test("What is met later on is met")
    func met() {
        let moves = [[Move(target: 1)], [Move(target: 2)], [Move(target: 0, met: 1)]]
        let found = search([1, 1, 1], moves)
        #expect(found.stuck == [])
    }

    @Test("A loop without an end is found by the shortest way, and shown")
    func loop() {
        let found = search(
            [0, 2, 2, 2],
            [
                [Move(target: 1, isOutside: true), Move(target: 3, isOutside: true)],
                [Move(target: 2)], [Move(target: 1)], [Move(target: 3, met: 2)],
            ])
        #expect(
            found.stuck == [StuckObligation(obligation: 1, actions: [0], after: [0, 0], loop: 0)])
    }

    @Test("A dead end is found")
    func deadEnd() {
        let found = search([0, 1, 1], [[Move(target: 1, isOutside: true)], [Move(target: 2)], []])
        #expect(
            found.stuck == [StuckObligation(obligation: 0, actions: [0], after: [0], loop: nil)])
    }

    @Test("A step that is barred for an obligation does not count for it, nor help from outside")
    func barred() {
        let found = search(
            [3, 0],
            [[Move(target: 1, barred: 2)], [Move(target: 0, met: 3)]])
        #expect(found.stuck?.map(\.obligation) == [1])
        let helped = search([1], [[Move(target: 0, met: 1, isOutside: true)]])
        #expect(helped.stuck?.map(\.obligation) == [0])
    }

    @Test("The nearest state is shown, of several the least, and by a shortest way")
    func nearest() {
        let stuck = [Move(target: 3)]
        let far = search(
            [0, 0, 1, 1],
            [
                [Move(target: 1, isOutside: true), Move(target: 2, isOutside: true)],
                [Move(target: 3, isOutside: true)], [Move(target: 2)], stuck,
            ])
        #expect(far.stuck == [StuckObligation(obligation: 0, actions: [1], after: [0], loop: 0)])
        let equal = search(
            [0, 0, 1, 1],
            [
                [
                    Move(target: 1, isOutside: true), Move(target: 3, isOutside: true),
                    Move(target: 2, isOutside: true),
                ], [], [], stuck,
            ])
        #expect(equal.stuck == [StuckObligation(obligation: 0, actions: [2], after: [], loop: nil)])
    }

    @Test("What comes before the loop is told apart from it; barred steps are not shown")
    func tail() {
        let found = search(
            [0, 1, 1, 1],
            [
                [Move(target: 1, isOutside: true)],
                [Move(target: 0, met: 1, barred: 1), Move(target: 2)], [Move(target: 3)],
                [Move(target: 0, barred: 1), Move(target: 1, barred: 1), Move(target: 2)],
            ])
        #expect(
            found.stuck == [
                StuckObligation(obligation: 0, actions: [0], after: [1, 0, 2], loop: 1)
            ])
    }

    @Test("One way out of many is enough, however long, through any step that is not barred")
    func longWayOut() {
        let loops: [[Move]] = (0..<40 as Range<UInt64>).map { state in
            [Move(target: 0), Move(target: state), Move(target: state + 1, barred: 2)]
        }
        let found = search(
            Array(repeating: 1, count: 41), loops + [[Move(target: 0, met: 1, barred: 2)]])
        #expect(found.stuck == [] && found.states == 41)
    }

    @Test("Where the limit leaves no memory for the question, it is not answered")
    func memory() {
        let moves = [[Move(target: 1)], [Move(target: 1)]]
        let found = search([0, 1], moves)
        #expect(found.stuck?.map(\.obligation) == [0])
        let limited = search([0, 1], moves, SearchLimits(bytes: found.bytes))
        #expect(limited.isComplete && limited.stuck == nil)
        #expect(limited.states == found.states && limited.bytes == found.bytes)
    }

    @Test("Of a search that is not complete nothing is said")
    func unfinished() {
        let graph = Graph.random(seed: 2, states: 20_000, actions: 4)
        let limits = SearchLimits(states: 100)
        let found = Explorer<UInt64>(graph.system(), limits: limits)
            .search(for: 0, checksLiveness: true)
        #expect(found.stuck == nil && !found.isComplete)
    }
}
