import StateExplorer

/// A transition system made by hand: states are small numbers.
struct Graph: Sendable {
    struct Edge: Hashable, Sendable {
        var action: Int
        var target: UInt64
        /// Properties that the transition breaks.
        var broken: PropertyBits = 0
    }

    var start: UInt64 = 0
    var stateBits: Int
    var actions: Int
    /// In the order of their actions.
    var edges: @Sendable (UInt64) -> [Edge]
    /// Properties that a state breaks.
    var broken: @Sendable (UInt64) -> PropertyBits = { _ in 0 }

    /// The same for the explorer, its states moved up by so many bits.
    ///
    /// Members of a family that an action changes in the same bits are told of together.
    func system<Word: StateWord>(shifted places: Int = 0) -> TransitionSystem<Word> {
        TransitionSystem(
            start: Word(start).shiftedUp(places), stateBits: stateBits + places
        ) { families, expansion in
            let interest = expansion.interest
            var found: [BrokenProperties] = []
            if expansion.wantsSuccessors {
                let count = families.reduce(0) { $0 + $1.count }
                expansion.fill(upTo: count * actions) { transitions in
                    var count = 0
                    for (number, family) in families.enumerated() {
                        for (edge, members) in groups(family, places) {
                            transitions[count] = Transition(
                                in: number, of: members, by: edge.action,
                                changing: Word(edge.target).shiftedUp(places))
                            count += 1
                            guard edge.broken & interest != 0 else { continue }
                            found.append(
                                BrokenProperties(
                                    family: number, members: members, action: edge.action,
                                    properties: edge.broken))
                        }
                    }
                    return count
                }
            }
            for (number, family) in families.enumerated() {
                var members: [PropertyBits: UInt64] = [:]
                for word in family.states {
                    let properties = broken(word.shiftedDown(places).low)
                    members[properties, default: 0] |= 1 << (word.low & 63)
                }
                for (properties, members) in members where properties & interest != 0 {
                    found.append(
                        BrokenProperties(
                            family: number, members: members, action: -1, properties: properties))
                }
            }
            expansion.note(found)
        }
    }

    /// The edges from a family, each once for all members that it changes in the same bits; the
    /// target stands for these bits.
    private func groups<Word: StateWord>(
        _ family: Family<Word>, _ places: Int
    ) -> [Edge: UInt64] {
        var groups: [Edge: UInt64] = [:]
        for word in family.states {
            let state = word.shiftedDown(places).low
            for edge in edges(state) {
                let change = Edge(
                    action: edge.action, target: state ^ edge.target, broken: edge.broken)
                groups[change, default: 0] |= 1 << (word.low & 63)
            }
        }
        return groups
    }

    /// Whether the actions, taken one by one, end with the property broken, and not before.
    func isShown(by example: Counterexample) -> Bool {
        let bit: PropertyBits = 1 << PropertyBits(example.property)
        var state = start
        var isBroken = broken(state) & bit != 0
        for action in example.actions ?? [] {
            guard !isBroken, let edge = edges(state).first(where: { $0.action == action }) else {
                return false
            }
            state = edge.target
            isBroken = (edge.broken | broken(state)) & bit != 0
        }
        return isBroken && example.actions?.count == example.length
    }

    /// Processes in a ring that enter a section only with a token; two there break property 0.
    ///
    /// Each is idle (0), trying (1) or inside (2): two bits, above them a bit for each token's
    /// place. Actions: try, then go on (enter, leave, or pass the token), for each process.
    static func ring(_ size: Int, tokens: UInt64) -> Graph {
        @Sendable func edges(_ state: UInt64) -> [Edge] {
            var found: [Edge] = []
            func phase(_ process: Int) -> UInt64 { state >> UInt64(2 * process) & 3 }
            for process in 0..<size where phase(process) == 0 {
                found.append(Edge(action: process, target: state + 1 << UInt64(2 * process)))
            }
            for process in 0..<size where state >> UInt64(2 * size + process) & 1 != 0 {
                let one: UInt64 = 1 << UInt64(2 * process)
                let next = (process + 1) % size
                let places: UInt64 = 1 << UInt64(2 * size + process) | 1 << UInt64(2 * size + next)
                switch phase(process) {
                case 1: found.append(Edge(action: size + process, target: state + one))
                case 2: found.append(Edge(action: size + process, target: state - 2 * one))
                // A place with a token takes no second one.
                default:
                    guard state & places != places else { continue }
                    found.append(Edge(action: size + process, target: state ^ places))
                }
            }
            return found
        }
        return Graph(
            start: tokens << UInt64(2 * size), stateBits: 3 * size, actions: 2 * size,
            edges: edges,
            broken: { state in
                let inside = (0..<size).filter { state >> UInt64(2 * $0) & 3 == 2 }.count
                return inside > 1 ? 1 : 0
            })
    }

    /// Sixteen layers of 64 states, in which many states lead to one by the same action: only a
    /// rule tells which of them is the predecessor.
    static let funnel = Graph(
        stateBits: 10, actions: 3,
        edges: { state in
            let (layer, place) = (state >> 6, state & 63)
            guard layer < 15 else { return [] }
            return (0..<3 as Range<UInt64>).map { action in
                let target = (place / 4 + action * 23 + layer * 11) % 64
                return Edge(action: Int(action), target: (layer + 1) << 6 | target)
            }
        },
        broken: { state in
            guard state >> 6 == 12 else { return 0 }
            return 1 << PropertyBits(state % 16)
        })

    /// Random edges from a seed, with rare properties broken.
    static func random(seed: UInt64, states: UInt64, actions: Int) -> Graph {
        @Sendable func mix(_ value: UInt64) -> UInt64 {
            var mixed = value &+ 0x9E37_79B9_7F4A_7C15
            mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
            return mixed ^ mixed >> 31
        }
        return Graph(
            stateBits: 64 - (states - 1).leadingZeroBitCount, actions: actions,
            edges: { state in
                (0..<actions).compactMap { action in
                    let random = mix(seed ^ mix(state) ^ UInt64(action) << 56)
                    guard random % 4 != 0 else { return nil }
                    let broken: PropertyBits = random % 97 == 5 ? 1 << (random >> 32 % 3) : 0
                    return Edge(action: action, target: random >> 8 % states, broken: broken)
                }
            },
            broken: { mix($0 ^ seed &+ 1) % 211 == 7 ? 1 << 5 : 0 })
    }
}

/// A slow and obvious breadth-first search that shares nothing with the explorer.
struct Reference {
    var states = 0
    var transitions = 0
    var depth = 0
    /// States of the depth that has most.
    var widest = 0
    var counterexamples: [Counterexample] = []

    /// - Parameter deepest: states at this depth are judged, but not expanded.
    init(_ graph: Graph, deepest: Int = .max) {
        var depths = [graph.start: 0]
        var origins: [UInt64: (action: Int, state: UInt64)] = [:]
        var frontier: Set<UInt64> = [graph.start]
        var ways: [Int: [Int]] = [:]

        func path(to state: UInt64) -> [Int] {
            guard let origin = origins[state] else { return [] }
            return path(to: origin.state) + [origin.action]
        }
        /// The least action, then state, for each property; −1 is the state itself.
        func note(_ found: [(property: Int, action: Int, state: UInt64)]) {
            for property in Set(found.map(\.property)) where ways[property] == nil {
                let least = found.filter { $0.property == property }
                    .min { ($0.action, $0.state) < ($1.action, $1.state) }
                guard let least else { continue }
                ways[property] =
                    path(to: least.state) + (least.action < 0 ? [] : [least.action])
            }
        }
        func properties(_ bits: PropertyBits) -> [Int] { (0..<16).filter { bits >> $0 & 1 != 0 } }

        while !frontier.isEmpty {
            widest = max(widest, frontier.count)
            var found: [(property: Int, action: Int, state: UInt64)] = []
            for state in frontier {
                found += properties(graph.broken(state)).map { ($0, -1, state) }
            }
            if depth == deepest {
                note(found)
                break
            }
            var next: Set<UInt64> = []
            for state in frontier {
                for edge in graph.edges(state) {
                    transitions += 1
                    found += properties(edge.broken).map { ($0, edge.action, state) }
                    if depths[edge.target] == nil || depths[edge.target] == depth + 1 {
                        depths[edge.target] = depth + 1
                        next.insert(edge.target)
                        if let known = origins[edge.target],
                            (known.action, known.state) < (edge.action, state)
                        {
                            continue
                        }
                        origins[edge.target] = (edge.action, state)
                    }
                }
            }
            note(found)
            if !next.isEmpty { depth += 1 }
            frontier = next
        }
        states = depths.count
        counterexamples = ways.sorted { $0.key < $1.key }.map {
            Counterexample(property: $0.key, actions: $0.value)
        }
    }
}
