/// `levels(n)` of a guest without Secure AVIC, from the words of model-contract alone: lines and
/// service as ever (§2), and a local APIC whose ISR says which vector an EOI ends (§1).
struct PlainReference {
    struct State: Hashable {
        var line: [Bool]
        var remoteIRR: [Bool]
        var irr: [Bool]
        var isr: [Bool]
        var tmr: [Bool]
        var interruptFlag = false

        init(_ count: Int) {
            let clear = Array(repeating: false, count: count)
            line = clear
            remoteIRR = clear
            irr = clear
            isr = clear
            tmr = clear
        }

        mutating func service(_ pin: Int) {
            if !remoteIRR[pin] {
                tmr[pin] = true
                irr[pin] = true
                remoteIRR[pin] = true
            }
        }
    }

    let count: Int
    let nesting: Bool

    func report() -> SlowReport {
        var found = SlowReport()
        var report = SlowSearch.breadthFirst(from: State(count)) { state, depth in
            let successors = successors(state)
            for successor in successors {
                for pin in 0..<count {
                    let inFlight = successor.irr[pin] || successor.isr[pin]
                    if successor.remoteIRR[pin], !inFlight {
                        found.note("no-orphaned-remote-irr", after: depth + 1)
                    }
                    if successor.line[pin], !successor.remoteIRR[pin] {
                        found.note("no-lost-level", after: depth + 1)
                    }
                }
            }
            return successors
        }
        report.broken = found.broken
        return report
    }

    private func successors(_ state: State) -> [State] {
        var result: [State] = []
        func add(_ change: (inout State) -> Void) {
            var successor = state
            change(&successor)
            result.append(successor)
        }
        for pin in 0..<count {
            add {
                $0.line[pin].toggle()
                if $0.line[pin] { $0.service(pin) }
            }
        }
        let serving = state.isr.lastIndex(of: true)
        if let pending = state.irr.lastIndex(of: true), state.interruptFlag,
            pending > serving ?? -1
        {
            add {
                $0.irr[pending] = false
                $0.isr[pending] = true
                $0.interruptFlag = false
            }
        }
        if let serving {
            add {
                $0.isr[serving] = false
                if $0.tmr[serving] {
                    $0.remoteIRR[serving] = false
                    if $0.line[serving] { $0.service(serving) }
                }
            }
        }
        if state.interruptFlag {
            add { $0.interruptFlag = false }
        } else if nesting || serving == nil {
            add { $0.interruptFlag = true }
        }
        return result
    }
}
