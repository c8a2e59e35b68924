internal import Synchronization

/// One thread's part of a search, with buffers that last from depth to depth.
final class Worker<Word: StateWord>: Sendable {
    enum Task { case expand, judge }

    private struct Desk: Sendable {
        var families: [Family<Word>] = []
        var expansion = Expansion<Word>()
        var buckets: Buckets<Word>
        var judge = StepJudge<Word>()
        var result = DepthResult<Word>()
    }

    private let system: TransitionSystem<Word>
    private let store: StateStore<Word>
    private let everyCause: Bool
    private let desk: Mutex<Desk>

    init(
        _ system: TransitionSystem<Word>, _ store: StateStore<Word>, _ question: SearchQuestion,
        _ defect: ExplorerDefect?
    ) {
        self.system = system
        self.store = store
        everyCause = question.everyCause
        desk = Mutex(Desk(buckets: Buckets(defect)))
    }

    /// Takes shares of a depth until none is left.
    /// - Parameter interest: the properties that nothing nearer to the start breaks.
    func perform(
        _ task: Task, _ share: DepthShare<Word>, interest: PropertyBits, _ supervisor: Supervisor
    ) {
        desk.withLock { desk in
            while true {
                let states = share.take(into: &desk.families)
                if states > 0 {
                    expand(task, interest, isStart: share.depth == 0, &desk)
                } else if task == .expand {
                    desk.buckets.flush(into: store)
                }
                let (found, bytes) = desk.buckets.takeCounts()
                desk.result.states += found
                let goesOn = supervisor.goesOn(expanded: states, found: found, bytes: bytes)
                if states == 0 || !goesOn { return }
            }
        }
    }

    private func expand(
        _ task: Task, _ interest: PropertyBits, isStart: Bool, _ desk: inout Desk
    ) {
        desk.expansion.begin(interest: interest, wantsSuccessors: task == .expand)
        system.expand(desk.families, &desk.expansion)
        if everyCause {
            // A state is broken by the step that led to it; nothing leads to the start.
            desk.result.note(
                desk.expansion.broken.filter { isStart || $0.action >= 0 }, in: desk.families)
            desk.result.note(
                desk.judge.broken(by: desk.expansion, from: desk.families, system),
                in: desk.families)
        } else {
            desk.result.note(desk.expansion.broken, in: desk.families)
        }
        desk.result.transitions += desk.buckets.add(
            desk.expansion, of: desk.families, to: store)
    }

    /// What the thread has found since the last call.
    func takeResult() -> DepthResult<Word> {
        desk.withLock { desk in
            defer { desk.result = DepthResult() }
            return desk.result
        }
    }
}
