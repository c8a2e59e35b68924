/// Breadth-first search over all reachable states.
///
/// Depth by depth: threads take shares of the states of one depth, expand them, and put what is
/// new into the next. Nothing that is reported depends on how the shares fall: states and
/// transitions are counted, and of counterexamples and predecessors the least of their depth are
/// taken.
public struct Explorer<Word: StateWord>: Sendable {
    private let system: TransitionSystem<Word>
    private let store: StateStore<Word>
    private let limits: SearchLimits
    private let threads: Int
    private let pulse: SearchPulse
    private let defect: ExplorerDefect?

    /// - Parameters:
    ///   - threads: how many may work at the same time, at least 1.
    ///   - pulse: called now and then, from any thread, one at a time.
    public init(
        _ system: TransitionSystem<Word>, limits: SearchLimits = SearchLimits(), threads: Int = 1,
        pulse: @escaping SearchPulse = { _ in nil }
    ) {
        self.init(system, limits: limits, threads: threads, defect: nil, pulse: pulse)
    }

    /// - Parameter defect: what is to go wrong.
    package init(
        _ system: TransitionSystem<Word>, limits: SearchLimits = SearchLimits(), threads: Int = 1,
        defect: ExplorerDefect?, pulse: @escaping SearchPulse = { _ in nil }
    ) {
        self.system = system
        self.limits = limits
        self.threads = max(1, threads)
        self.pulse = pulse
        self.defect = defect
        store = StateStore(system)
    }

    /// Searches; once for each explorer.
    /// - Parameters:
    ///   - properties: the properties to look for.
    ///   - checksService: whether to ask of every state if what it owes can be met. It is left out
    ///     where the search is not complete, or the limit has no room for it (`ServiceCheck`).
    public func search(
        for properties: PropertyBits, checksService: Bool = false
    ) -> SearchReport {
        var report = SearchReport()
        var open = properties
        var violations: [Violation<Word>] = []
        let workers = (0..<threads).map { _ in Worker(system, store, defect) }
        let supervisor = Supervisor(limits, pulse)
        report.states = 1
        store.insertStart()
        report.bytes = store.bytes

        /// Expands or judges the states of the depth that the report has come to.
        func work(_ task: Worker<Word>.Task) -> DepthResult<Word> {
            let share = DepthShare(store, depth: report.depth)
            supervisor.begin(
                depth: report.depth, states: report.states, size: share.count,
                bytes: store.bytes)
            Parallel.perform(share.useful(threads)) { [interest = open] index in
                workers[index].perform(task, share, interest: interest, supervisor)
            }
            var result = DepthResult<Word>()
            for worker in workers { result.add(worker.takeResult()) }
            for violation in result.violations(at: report.depth) {
                open &= ~(1 << PropertyBits(violation.property))
                if supervisor.stop == nil || task == .judge { violations.append(violation) }
            }
            return result
        }

        while true {
            if report.depth == limits.depth {
                if defect == .skipsLastDepth { break }
                report.stop = .depth
            }
            if report.stop != nil {
                // The transitions from these states are not followed; what is wrong with the
                // states themselves is said.
                _ = work(.judge)
                break
            }
            let wanted = open
            let result = work(.expand)
            if let stop = supervisor.stop {
                report.stop = stop
                open = wanted
                continue
            }
            report.transitions += result.transitions
            if result.states == 0 { break }
            report.states += result.states
            report.depth += 1
            store.close(report.depth)
            report.bytes = store.bytes
            if defect == .losesState, report.depth == 2 { store.loseState(ofDepth: 2) }
        }
        let paths = Predecessors(system, store, threads: threads)
        report.counterexamples = paths.counterexamples(violations)
        if checksService, report.isComplete, let service = system.service,
            ServiceCheck.fits(service, report, limits)
        {
            report.stuck = ServiceCheck(service, store, report).stuck(paths)
        }
        return report
    }
}

/// A property, the state that breaks it or the transition from that state.
struct Violation<Word: StateWord>: Sendable {
    var property: Int
    var depth: Int
    var state: Word
    /// −1 where the state itself breaks it.
    var action: Int
}
