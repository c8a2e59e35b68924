internal import Synchronization

/// One thread's part of a search, with buffers that last from depth to depth.
final class Worker<Word: StateWord>: Sendable {
    enum Task { case expand, judge }

    private struct Desk: Sendable {
        var families: [Family<Word>] = []
        var expansion = Expansion<Word>()
        var buckets: Buckets<Word>
        var result = DepthResult<Word>()
    }

    private let system: TransitionSystem<Word>
    private let store: StateStore<Word>
    private let desk: Mutex<Desk>

    init(
        _ system: TransitionSystem<Word>, _ store: StateStore<Word>, _ defect: ExplorerDefect?
    ) {
        self.system = system
        self.store = store
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
                    expand(task, interest, &desk)
                } else if task == .expand {
                    desk.buckets.flush(into: store)
                }
                let (found, bytes) = desk.buckets.takeCounts()
                desk.result.states += found
                let goesOn = supervisor.goesOn(expanded: states, found: found, bytes: bytes)
                if states == 0 || !goesOn && task == .expand { return }
            }
        }
    }

    private func expand(_ task: Task, _ interest: PropertyBits, _ desk: inout Desk) {
        desk.expansion.begin(interest: interest, wantsSuccessors: task == .expand)
        system.expand(desk.families, &desk.expansion)
        desk.result.note(desk.expansion.broken, in: desk.families)
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

/// What came of the states of one depth.
struct DepthResult<Word: StateWord>: Sendable {
    var transitions = 0
    /// States not known before.
    var states = 0
    /// For each property the least that breaks it.
    private var least: [Departure<Word>?] = Array(repeating: nil, count: PropertyBits.bitWidth)

    mutating func note(_ broken: [BrokenProperties], in families: [Family<Word>]) {
        for each in broken {
            let family = Family(word: families[each.family].word, members: each.members)
            let found = Departure(action: each.action, state: family.least)
            for property in least.indices where each.properties >> property & 1 != 0 {
                note(found, property)
            }
        }
    }

    private mutating func note(_ found: Departure<Word>, _ property: Int) {
        least[property] = min(least[property] ?? found, found)
    }

    mutating func add(_ other: Self) {
        transitions += other.transitions
        states += other.states
        for property in least.indices {
            if let found = other.least[property] { note(found, property) }
        }
    }

    func violations(at depth: Int) -> [Violation<Word>] {
        least.indices.compactMap { property in
            least[property].map {
                Violation(
                    property: property, depth: depth, state: $0.state, action: $0.action)
            }
        }
    }
}
