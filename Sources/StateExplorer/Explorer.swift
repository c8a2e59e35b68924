/// Breadth-first search over all reachable states.
///
/// Depth by depth, threads take batches of the states of one depth, expand them, and put what is
/// new into the next. Nothing that is reported depends on which thread takes what: states and
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

    /// Searches for the shortest ways alone.
    func search(for properties: PropertyBits, checksLiveness: Bool = false) -> SearchReport {
        search(for: SearchQuestion(properties, checksLiveness: checksLiveness))
    }

    /// Searches; once for each explorer.
    public func search(for question: SearchQuestion) -> SearchReport {
        var report = SearchReport()
        var open = OpenProperties(question)
        let workers = (0..<threads).map { _ in Worker(system, store, question, defect) }
        let supervisor = Supervisor(limits, pulse)
        let paths = Predecessors(system, store, supervisor, threads: threads)
        report.states = 1
        store.insertStart()
        report.bytes = store.bytes

        /// Expands or judges the states of the depth that the report has come to.
        func work(_ task: Worker<Word>.Task) -> DepthResult<Word> {
            let frontier = Frontier(store, depth: report.depth)
            supervisor.begin(
                task == .expand ? .states : .judging, depth: report.depth,
                states: report.states, size: frontier.count, bytes: store.bytes)
            Parallel.perform(frontier.useful(threads)) { [interest = open.interest] index in
                workers[index].perform(task, frontier, interest: interest, supervisor)
            }
            var result = DepthResult<Word>()
            for worker in workers { result.add(worker.takeResult()) }
            return result
        }

        /// Takes what a whole depth has shown. The ways are found again at once, so that whatever
        /// ends the search later costs none of them.
        func note(_ result: DepthResult<Word>) {
            let violations = open.close(result.violations(at: report.depth))
            guard !violations.isEmpty else { return }
            report.counterexamples += paths.counterexamples(violations)
            report.stop = report.stop ?? supervisor.stop
        }

        while true {
            if report.stop == nil, report.depth == limits.depth {
                if defect == .skipsLastDepth { break }
                report.stop = .depth
            }
            if report.stop != nil {
                // The transitions from these states are not followed; what is wrong with the
                // states themselves is said.
                let result = work(.judge)
                if supervisor.stop == nil {
                    report.judgedDepth = report.depth
                    note(result)
                }
                break
            }
            let result = work(.expand)
            if let stop = supervisor.stop {
                report.stop = stop
                continue
            }
            report.judgedDepth = report.depth
            report.transitions += result.transitions
            note(result)
            if result.states == 0 {
                report.visitsAll = true
                break
            }
            report.states += result.states
            report.depth += 1
            store.close(report.depth)
            report.bytes = store.bytes
            if defect == .losesState, report.depth == 2 { store.loseState(ofDepth: 2) }
        }
        report.counterexamples.sort {
            ($0.property, $0.length, $0.actions?.last ?? -1)
                < ($1.property, $1.length, $1.actions?.last ?? -1)
        }
        if question.checksLiveness, report.isComplete, let liveness = system.liveness,
            LivenessCheck.fits(liveness, report, limits)
        {
            report.stuck = LivenessCheck(liveness, store, report, supervisor)?.stuck(paths)
            report.stop = supervisor.stop
        }
        return report
    }
}
