/// `levels(n)` once more, from the words of model-contract alone (§2, §3, §5, §7). It knows nothing
/// of the module under test; pin and vector of rank n belong together, all one class apart.
struct Reference {
    /// What model-contract §3 says of a design.
    struct Design: Sendable {
        enum Completion: Sendable {
            /// The highest noted vector, and where none is noted the vector −1.
            case highestUnchecked
            /// The highest noted vector, if there is one.
            case highest
            /// Every noted vector.
            case every
            /// The vector that the guest says it ends.
            case conveyed
        }

        var completion: Completion
        /// Whether injection moves one level vector at a time, and none while one is noted.
        var holdsLevelsBack = false
    }

    struct State: Hashable {
        var line: [Bool]
        var remoteIRR: [Bool]
        var softwareIRR: [Bool]
        var softwareTMR: [Bool]
        var shadow: [Bool]
        var requested: [Bool]
        var pageIRR: [Bool]
        var pageISR: [Bool]
        var pageTMR: [Bool]
        var interruptFlag = false

        init(_ count: Int) {
            let clear = Array(repeating: false, count: count)
            line = clear
            remoteIRR = clear
            softwareIRR = clear
            softwareTMR = clear
            shadow = clear
            requested = clear
            pageIRR = clear
            pageISR = clear
            pageTMR = clear
        }

        /// "level pin → service P": unmasked, level and, here the question, Remote IRR clear.
        mutating func service(_ pin: Int) {
            if !remoteIRR[pin] {
                softwareTMR[pin] = true
                softwareIRR[pin] = true
                remoteIRR[pin] = true
            }
        }
    }

    let count: Int
    let design: Design
    let nesting: Bool
    /// How many EOI exits one EOI can make: on a split irqchip the last takes the one slot
    /// (model-contract §3); nil with KVM's own IOAPIC, which makes none.
    let exitSlots: Int?

    func report() -> SlowReport {
        var found = SlowReport()
        var report = SlowSearch.breadthFirst(from: State(count)) { state, depth in
            transitions(state).map { successor, broken in
                for name in broken.union(brokenStateInvariants(successor)) {
                    found.note(name, after: depth + 1)
                }
                return successor
            }
        }
        report.broken = found.broken
        return report
    }

    private func transitions(_ state: State) -> [(State, Set<String>)] {
        var result: [(State, Set<String>)] = []
        func add(_ change: (inout State) -> Void) {
            var successor = state
            change(&successor)
            result.append((successor, []))
        }
        for pin in 0..<count {
            if state.line[pin] {
                add { $0.line[pin] = false }
            } else {
                add {
                    $0.line[pin] = true
                    $0.service(pin)
                }
            }
        }
        let moved = movable(state)
        if !moved.isEmpty {
            add {
                for vector in moved {
                    $0.softwareIRR[vector] = false
                    $0.requested[vector] = true
                    if $0.softwareTMR[vector] { $0.shadow[vector] = true }
                }
            }
        }
        if state.requested.contains(true) {
            add {
                for vector in 0..<count where $0.requested[vector] {
                    $0.pageIRR[vector] = true
                    $0.pageTMR[vector] = $0.softwareTMR[vector]
                    $0.requested[vector] = false
                }
            }
        }
        let serving = state.pageISR.lastIndex(of: true)
        if let pending = state.pageIRR.lastIndex(of: true), state.interruptFlag,
            pending > serving ?? -1
        {
            add {
                $0.pageIRR[pending] = false
                $0.pageISR[pending] = true
                $0.interruptFlag = false
            }
        }
        if let serving { result.append(endOfInterrupt(serving, state)) }
        if state.interruptFlag {
            add { $0.interruptFlag = false }
        } else if nesting || serving == nil {
            add { $0.interruptFlag = true }
        }
        return result
    }

    private func movable(_ state: State) -> [Int] {
        let pending = (0..<count).filter { state.softwareIRR[$0] }
        if design.holdsLevelsBack {
            let edges = pending.filter { !state.softwareTMR[$0] }
            let levels = pending.filter { state.softwareTMR[$0] }
            return state.shadow.contains(true) ? edges : edges + levels.suffix(1)
        }
        return pending
    }

    /// The guest's policy is `linux`: page TMR set → clear page ISR, GHCB EOI; else native.
    private func endOfInterrupt(_ ended: Int, _ state: State) -> (State, Set<String>) {
        var after = state
        var broken: Set<String> = []
        let isLevel = state.softwareTMR[ended]
        after.pageISR[ended] = false
        var completions = 0
        if state.pageTMR[ended] {
            let completed: [Int]
            switch design.completion {
            case .highestUnchecked:
                completed = state.shadow.lastIndex(of: true).map { [$0] } ?? []
                if completed.isEmpty { broken.insert("memory-safety") }
            case .highest:
                completed = state.shadow.lastIndex(of: true).map { [$0] } ?? []
            case .every:
                completed = (0..<count).filter { state.shadow[$0] }
            case .conveyed:
                completed = [ended]
            }
            // The highest is completed first.
            let inOrder = Array(completed.reversed())
            for vector in inOrder {
                after.shadow[vector] = false
                if vector != ended { broken.insert("attribution") }
            }
            for vector in exitSlots.map({ Array(inOrder.suffix($0)) }) ?? inOrder {
                if vector != ended { broken.insert("no-premature-ack") }
                completions += 1
                // Every delivery of this configuration is level, so TMR and memory agree.
                if state.softwareTMR[vector] {
                    after.remoteIRR[vector] = false
                    if after.line[vector] { after.service(vector) }
                }
            }
        }
        if isLevel, completions != 1 { broken.insert("exactly-once") }
        return (after, broken)
    }

    private func brokenStateInvariants(_ state: State) -> Set<String> {
        var broken: Set<String> = []
        for index in 0..<count {
            let injected =
                state.requested[index] || state.pageIRR[index] || state.pageISR[index]
            if state.remoteIRR[index], !injected, !state.softwareIRR[index] {
                broken.insert("no-orphaned-remote-irr")
            }
            if state.shadow[index], !injected { broken.insert("no-stale-shadow") }
            if state.line[index], !state.remoteIRR[index] { broken.insert("no-lost-level") }
        }
        return broken
    }
}
