internal import Synchronization

/// What one thread does in a search, with buffers that last from depth to depth.
final class Worker<Word: StateWord>: Sendable {
    enum Task { case expand, judge }

    private struct Buffers: Sendable {
        var families: [Family<Word>] = []
        var expansion = Expansion<Word>()
        var buckets: Buckets<Word>
        var judge = StepJudge<Word>()
        var result = DepthResult<Word>()
    }

    private let system: TransitionSystem<Word>
    private let store: StateStore<Word>
    private let everyCause: Bool
    private let buffers: Mutex<Buffers>

    init(
        _ system: TransitionSystem<Word>, _ store: StateStore<Word>, _ question: SearchQuestion,
        _ defect: ExplorerDefect?
    ) {
        self.system = system
        self.store = store
        everyCause = question.everyCause
        buffers = Mutex(Buffers(buckets: Buckets(defect)))
    }

    /// Takes batches of a depth until none is left.
    /// - Parameter interest: the properties that nothing nearer to the start breaks.
    func perform(
        _ task: Task, _ frontier: Frontier<Word>, interest: PropertyBits, _ supervisor: Supervisor
    ) {
        buffers.withLock { buffers in
            while true {
                let states = frontier.takeBatch(into: &buffers.families)
                if states > 0 {
                    expand(task, interest, isStart: frontier.depth == 0, &buffers)
                } else if task == .expand {
                    buffers.buckets.flush(into: store)
                }
                let (found, bytes) = buffers.buckets.takeCounts()
                buffers.result.states += found
                let goesOn = supervisor.goesOn(expanded: states, found: found, bytes: bytes)
                if states == 0 || !goesOn { return }
            }
        }
    }

    private func expand(
        _ task: Task, _ interest: PropertyBits, isStart: Bool, _ buffers: inout Buffers
    ) {
        buffers.expansion.begin(interest: interest, wantsSuccessors: task == .expand)
        system.expand(buffers.families, &buffers.expansion)
        if everyCause {
            // A state is broken by the step that led to it; nothing leads to the start.
            buffers.result.note(
                buffers.expansion.broken.filter { isStart || $0.action >= 0 }, in: buffers.families)
            buffers.result.note(
                buffers.judge.broken(by: buffers.expansion, from: buffers.families, system),
                in: buffers.families)
        } else {
            buffers.result.note(buffers.expansion.broken, in: buffers.families)
        }
        buffers.result.transitions += buffers.buckets.add(
            buffers.expansion, of: buffers.families, to: store)
    }

    /// What the thread has found since the last call.
    func takeResult() -> DepthResult<Word> {
        buffers.withLock { buffers in
            defer { buffers.result = DepthResult() }
            return buffers.result
        }
    }
}
