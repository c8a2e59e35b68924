internal import AgentFace
package import InterruptModel

/// Which assumption sets can be told from each other by what a guest and a host can do and see,
/// one step at a time, and by which steps soonest.
package struct Separation: Sendable {
    /// The shortest there are; each tells the pairs apart that no earlier one does.
    package let traces: [TellingTrace]
    /// What no trace tells apart.
    package let inseparable: [Pair]

    /// Two assumption sets, the one first that comes first in reports.
    package struct Pair: Hashable, Sendable {
        package let one: Assumptions
        package let other: Assumptions
    }

    /// Steps with whose last one observations differ.
    package struct TellingTrace: Sendable {
        package let steps: [String]
        package let pairs: [Pair]
    }

    /// What may be done.
    package enum Alphabet: Sendable {
        /// What scenarios say: the guest writes the page's TMR only where that is assumed of it.
        case scenarios
        /// What probes do: the guest can set a TMR bit itself, whatever is assumed.
        case probes
    }

    package static let all: [Pair] = {
        let sets = Assumptions.all
        return sets.indices.flatMap { one in
            sets[(one + 1)...].map { Pair(one: sets[one], other: $0) }
        }
    }()

    /// Those that the fixed probes tell apart.
    package static var byProbes: [Pair] {
        let words = Dictionary(
            uniqueKeysWithValues: Prediction.all.map { prediction in
                (
                    prediction.assumptions,
                    Probe.all.filter { !$0.isOfDesign }.map { prediction.words[$0.name] }
                )
            })
        return all.filter { words[$0.one] != words[$0.other] }
    }

    /// Goes through all traces, shortest first, on one machine of each assumption set at once,
    /// until every pair is told apart or no state is new. A trace that would bring KVM an EOI with
    /// nothing noted under any of the sets is not gone on with: nobody knows which one holds.
    package init(_ alphabet: Alphabet, design: EOIDesignEntry = EOIDesigns.standard) {
        var search = Search(alphabet, design)
        search.run()
        traces = search.traces
        inseparable = search.open
    }
}

/// The search behind it, by breadth.
private struct Search {
    private let steps: [Step]
    private var frontier: [Node]
    private var seen: Set<[StateKey]> = []
    private(set) var open = Separation.all
    private(set) var traces: [Separation.TellingTrace] = []

    /// All machines behind the same steps.
    private struct Node {
        var guests: [ModelledGuest]
        var steps: [String]
    }

    /// All that can differ between two states of one machine: the entries of the IOAPIC stay as
    /// they are, and its count of EOIs decides nothing so soon.
    private struct StateKey: Hashable {
        let snapshot: Snapshot
        let page: BackingPage<WideSpace>
        let lines: PinSet
        let isEnabled: Bool

        init(_ guest: ModelledGuest) {
            snapshot = guest.parts.snapshot
            page = guest.parts.page
            lines = guest.parts.highLines
            isEnabled = guest.parts.isEnabled
        }
    }

    /// What a backend sees of a step.
    private struct Observed: Hashable {
        var accepted: UInt8?
        var endings: [UInt8] = []
        var traps: UInt64 = 0
        var registers = Snapshot()
    }

    private struct Step {
        let name: String
        /// Nil where it is the host's.
        let command: ((Assumptions) -> AgentCommand)?
        let action: Action

        static func host(_ action: Action) -> Step {
            Step(name: action.description, command: nil, action: action)
        }

        static func guest(
            _ name: String, _ command: @escaping (Assumptions) -> AgentCommand
        ) -> Step { Step(name: name, command: command, action: .run) }
    }

    init(_ alphabet: Separation.Alphabet, _ design: EOIDesignEntry) {
        func allow(_ vector: UInt8, isLevel: Bool) -> Step {
            .guest("allow \(Spelling.vector(vector))") { assumptions in
                let writes = alphabet == .scenarios && assumptions.pageTMR == .guest
                return .allow(vector, !writes ? .leave : isLevel ? .set : .clear)
            }
        }
        steps =
            [
                .host(.assert(pin: 2)), .host(.assert(pin: 3)),
                allow(ProbeBench.low, isLevel: true), allow(ProbeBench.high, isLevel: false),
                .guest("enable-savic") { _ in .enable }, .guest("run") { _ in .run },
                .guest("sti") { _ in .sti }, .guest("eoi (WRMSR)") { _ in .eoi(0, by: .native) },
            ]
            + (alphabet == .probes
                ? [.guest("allow 0x31 with its TMR bit") { _ in .allow(ProbeBench.low, .set) }]
                : [])
        var setup = MachineSetup(
            pins: [
                PinSetup(pin: 2, vector: ProbeBench.low, trigger: .level),
                PinSetup(pin: 3, vector: ProbeBench.high, trigger: .edge),
            ], allowed: [], savicEnabled: false, interruptsEnabled: false)
        setup.entersAfterExit = true
        frontier = [
            Node(
                guests: Assumptions.all.map { assumptions in
                    setup.assumptions = assumptions
                    return ModelledGuest(setup, design)
                }, steps: [])
        ]
    }

    mutating func run() {
        while !frontier.isEmpty, !open.isEmpty {
            var next: [Node] = []
            for node in frontier {
                for step in steps {
                    guard let (reached, observed) = perform(step, on: node) else { continue }
                    separate(reached.steps, observed)
                    guard seen.insert(reached.guests.map(StateKey.init)).inserted else { continue }
                    next.append(reached)
                }
            }
            frontier = next
        }
    }

    /// - Returns: nil where it would hurt a host.
    private func perform(_ step: Step, on node: Node) -> (Node, [Observed])? {
        var reached = Node(guests: [], steps: node.steps + [step.name])
        var all: [Observed] = []
        for (guest, assumptions) in zip(node.guests, Assumptions.all) {
            let guest = ModelledGuest(copying: guest)
            var observed = Observed()
            if let command = step.command {
                let before = guest.vcCount
                guard let answer = try? guest.tell(command(assumptions)) else { return nil }
                observed.accepted = answer.acceptedVector
                observed.endings = guest.endings()
                observed.traps = guest.vcCount - before
                observed.registers = guest.registers()
            } else {
                guest.host(step.action)
            }
            reached.guests.append(guest)
            all.append(observed)
        }
        return (reached, all)
    }

    private mutating func separate(_ steps: [String], _ observed: [Observed]) {
        guard observed.contains(where: { $0 != observed[0] }) else { return }
        let seen = Dictionary(uniqueKeysWithValues: zip(Assumptions.all, observed))
        let told = open.filter { seen[$0.one] != seen[$0.other] }
        guard !told.isEmpty else { return }
        open.removeAll { seen[$0.one] != seen[$0.other] }
        traces.append(Separation.TellingTrace(steps: steps, pairs: told))
    }
}
