internal import InterruptModel
internal import Lockstep
internal import Scenarios

/// Makes random machines and random steps that are enabled on them, from one seed.
///
/// What a backend cannot do it says itself (`Backend.obstacle`): it is asked while a scenario is
/// made, so that a run is not lost to one step in it. So the same seed makes the same runs on
/// every host, as long as a backend can do the same there and the kernel goes by the same rules.
struct FuzzGenerator {
    let options: FuzzOptions
    /// Whose obstacles and peculiarities count.
    let backend: any Backend

    /// The vectors that a scenario file takes.
    static let vectors: ClosedRange<UInt8> = 16...255
    /// Times that something is drawn again before there is none of it.
    private static let patience = 64

    /// Run number `run`: always the same for the same seed, whatever ran before it.
    func scenario(_ run: UInt64) -> Scenario {
        var random = FuzzRandom(seed: options.seed, run: run)
        let machine = machine(&random)
        let actions = actions(on: machine, &random)
        return Scenario(
            found: "fuzz-\(options.seed)-\(run)",
            summary: "random steps, seed \(options.seed), run \(run)",
            source: "savic-eoi fuzz --seed \(options.seed)", setup: machine.setup,
            actions: actions)
    }

    // MARK: - Machines

    private struct Machine {
        var setup: MachineSetup
        /// Vectors that no pin has.
        var spare: [UInt8]
        /// Whether the backend can make it.
        var isPossible: Bool
    }

    private func machine(_ random: inout FuzzRandom) -> Machine {
        var setup = pinned(&random)
        var isPossible = isPossible([.run], on: setup)
        for _ in 0..<Self.patience where !isPossible {
            setup = pinned(&random)
            isPossible = self.isPossible([.run], on: setup)
        }
        for variation in FuzzVariation.all(in: options) {
            let varied = variation.varied(setup, &random)
            if varied != setup, !isPossible || self.isPossible([.run], on: varied) {
                setup = varied
            }
        }
        let spare = (0..<2).map { _ in
            vector(related: setup.pins.map(\.vector), mayBeSame: false, &random)
        }
        return Machine(setup: setup, spare: spare, isPossible: isPossible)
    }

    /// A machine with nothing but one to four pins.
    private func pinned(_ random: inout FuzzRandom) -> MachineSetup {
        var setup = MachineSetup(kind: options.kind, irqchip: options.irqchip)
        if let assumptions = options.assumptions { setup.assumptions = assumptions }
        if let rules = options.kernelRules { setup.kernelRules = rules }
        let count = 1 + random.below(4)
        while setup.pins.count < count {
            // The RTC's pin has rules of its own.
            let pin = random.once(in: 8) ? 8 : UInt8(random.below(24))
            guard !setup.pins.contains(where: { $0.pin == pin }) else { continue }
            let vector = vector(related: setup.pins.map(\.vector), mayBeSame: true, &random)
            setup.pins.append(PinSetup(pin: pin, vector: vector))
        }
        return setup
    }

    /// A vector that often has to do with one of `others`: the same, or one of its class.
    private func vector(
        related others: [UInt8], mayBeSame: Bool, _ random: inout FuzzRandom
    ) -> UInt8 {
        let legal = Self.vectors
        if mayBeSame, !others.isEmpty, random.once(in: 4) { return random.pick(others) }
        let isNear = random.once(in: 3)
        while true {
            let any = legal.lowerBound + UInt8(random.below(legal.count))
            let base = isNear && !others.isEmpty ? random.pick(others) & 0xF0 : any & 0xF0
            let vector = base | any & 0x0F
            if legal.contains(vector), !others.contains(vector) { return vector }
        }
    }

    // MARK: - Steps

    private func actions(on machine: Machine, _ random: inout FuzzRandom) -> [Action] {
        let choices = choices(on: machine)
        var course = Course(actual(machine.setup), options.design)
        for _ in 0..<options.steps + Self.patience {
            while course.actions.count < options.steps { course.step(choices, &random) }
            guard machine.isPossible,
                let obstacle = firstObstacle(in: course.actions, on: machine.setup)
            else { break }
            // What comes behind has seen a step that is not to be.
            course = Course(
                actual(machine.setup), options.design, after: course.actions.prefix(obstacle))
        }
        return course.actions
    }

    /// What steps are drawn from, each row as often as it weighs; without what the backend cannot
    /// do on this machine whatever comes before it.
    private func choices(on machine: Machine) -> [[Action]] {
        var rows = FuzzAlphabet.rows(in: options.scopes).map { row in
            (row.weight, row.actions(on: machine.setup, spare: machine.spare))
        }
        if machine.isPossible, !isPossible(rows.flatMap(\.1), on: machine.setup) {
            rows = rows.map { ($0, $1.filter { isPossible([$0], on: machine.setup) }) }
        }
        return rows.flatMap { Array(repeating: $1, count: $1.isEmpty ? 0 : $0) }
    }

    /// Steps on the machine that the backend really makes.
    private struct Course {
        private(set) var actions: [Action] = []
        private let machine: RunningMachine
        private var seen = Observation()

        init(
            _ setup: MachineSetup, _ design: EOIDesignEntry, after actions: ArraySlice<Action> = []
        ) {
            machine = RunningMachine(setup, design: design)
            for action in actions where machine.step(action, into: &seen) != nil {
                self.actions.append(action)
            }
        }

        /// Adds a random step that is enabled. To run on is what a guest always can.
        mutating func step(_ choices: [[Action]], _ random: inout FuzzRandom) {
            for _ in 0..<FuzzGenerator.patience {
                let action = random.pick(random.pick(choices))
                guard machine.step(action, into: &seen) != nil else { continue }
                actions.append(action)
                return
            }
            _ = machine.step(.run, into: &seen)
            actions.append(.run)
        }
    }

    /// The machine that the backend makes of it, with the kernel that the run goes by.
    private func actual(_ setup: MachineSetup) -> MachineSetup {
        var setup = backend.actual(setup)
        if let rules = options.kernelRules { setup.kernelRules = rules }
        return setup
    }

    private func isPossible(
        _ actions: some Sequence<Action>, on setup: MachineSetup
    ) -> Bool {
        let scenario = Scenario(
            found: "draft", summary: "", source: "", setup: setup, actions: Array(actions))
        return backend.obstacle(to: scenario, setup, options.design) == nil
    }

    /// The index of the first step that the backend cannot do behind those before it. What is an
    /// obstacle to a scenario is one to every longer one.
    private func firstObstacle(in actions: [Action], on setup: MachineSetup) -> Int? {
        guard !isPossible(actions, on: setup) else { return nil }
        var possible = 0
        var impossible = actions.count
        while impossible - possible > 1 {
            let middle = (possible + impossible) / 2
            if isPossible(actions.prefix(middle), on: setup) {
                possible = middle
            } else {
                impossible = middle
            }
        }
        return possible
    }
}
