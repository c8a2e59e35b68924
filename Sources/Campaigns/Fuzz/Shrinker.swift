internal import InterruptModel
internal import Lockstep
internal import Scenarios
internal import Verdicts

/// Makes a scenario that shows a mismatch smaller, as long as the same mismatch shows: fewer
/// and plainer steps, then a machine with less about it, then smaller numbers.
struct Shrinker {
    private let lockstep: Lockstep
    private let design: EOIDesignEntry
    private let isStopped: @Sendable () -> Bool
    private let fingerprint: Fingerprint
    /// The smallest scenario so far that shows it.
    private(set) var scenario: Scenario
    /// How that scenario shows it.
    private(set) var mismatch: Mismatch
    /// The invariants that break in it, by their names.
    private(set) var broken: [String]

    init(_ difference: FuzzDifference, _ lockstep: Lockstep, _ options: FuzzOptions) {
        self.lockstep = lockstep
        design = options.design
        isStopped = options.isStopped
        fingerprint = difference.fingerprint
        scenario = difference.scenario
        mismatch = difference.mismatch
        broken = difference.broken
    }

    /// Shrinks until nothing can be left out any more, or somebody wants it to end.
    mutating func shrink(on backend: inout any Backend) {
        var hasChanged = true
        while hasChanged {
            let before = scenario
            leaveOutSteps(&backend)
            makeStepsPlain(&backend)
            leaveOutPins(&backend)
            leaveOutVCPUs(&backend)
            settle(&backend)
            makeNumbersSmall(&backend)
            endAtMismatch(&backend)
            hasChanged = scenario.setup != before.setup || scenario.actions != before.actions
        }
    }

    /// Runs a candidate, and takes it for the scenario if it shows the same.
    private mutating func takes(
        _ candidate: Scenario, _ backend: inout any Backend
    ) -> Bool {
        guard !candidate.steps.isEmpty, !isStopped() else { return false }
        let outcome = lockstep.run(candidate, on: &backend)
        guard let difference = FuzzDifference(outcome, of: candidate),
            difference.fingerprint == fingerprint
        else { return false }
        scenario = candidate
        mismatch = difference.mismatch
        broken = difference.broken
        return true
    }

    /// Delta debugging (Zeller, Hildebrandt 2002): ever smaller pieces are left out. Steps that
    /// the rest does not enable any more fall out with them.
    private mutating func leaveOutSteps(_ backend: inout any Backend) {
        var pieces = 2
        while scenario.steps.count >= 2, !isStopped() {
            let size = (scenario.steps.count + pieces - 1) / pieces
            var start = 0
            var hasShrunk = false
            while start < scenario.steps.count, !isStopped() {
                let actions = scenario.actions
                let end = min(start + size, actions.count)
                if takes(scenario.with(Array(actions[..<start] + actions[end...])), &backend) {
                    hasShrunk = true
                    pieces = max(2, pieces - 1)
                } else {
                    start = end
                }
            }
            if !hasShrunk {
                if size == 1 { break }
                pieces = min(scenario.steps.count, pieces * 2)
            }
        }
    }

    /// A step that need not be what it is becomes one that says less.
    private mutating func makeStepsPlain(_ backend: inout any Backend) {
        for index in scenario.steps.indices where !isStopped() {
            for plainer in scenario.actions[index].plainer {
                var actions = scenario.actions
                actions[index] = plainer
                if takes(scenario.with(actions), &backend) { break }
            }
        }
    }

    /// A pin that no step names goes.
    private mutating func leaveOutPins(_ backend: inout any Backend) {
        for pin in scenario.setup.pins.map(\.pin) where scenario.setup.pins.count > 1 {
            // Its steps cannot be written without it.
            guard !scenario.actions.contains(where: { $0.names(pin: pin) }) else { continue }
            var setup = scenario.setup
            setup.pins.removeAll { $0.pin == pin }
            _ = takes(scenario.on(setup), &backend)
        }
    }

    /// The last vCPU goes, if no step happens on it.
    private mutating func leaveOutVCPUs(_ backend: inout any Backend) {
        while scenario.setup.vcpus > 1 {
            var setup = scenario.setup
            setup.vcpus -= 1
            guard scenario.actions.allSatisfy({ $0.vcpu < setup.vcpus }),
                takes(scenario.on(setup), &backend)
            else { return }
        }
    }

    /// Whatever need not be special about the machine becomes as it is when nobody says anything.
    private mutating func settle(_ backend: inout any Backend) {
        for variation in FuzzVariation.all {
            if takesMachine(variation.settled(scenario.setup), &backend) { continue }
            for pin in scenario.setup.pins.map(\.pin) {
                _ = takesMachine(variation.settled(scenario.setup, pin: pin), &backend)
            }
        }
    }

    private mutating func takesMachine(
        _ setup: MachineSetup, _ backend: inout any Backend
    ) -> Bool {
        setup != scenario.setup && takes(scenario.on(setup), &backend)
    }

    /// Pins and vectors become those that people use first (model-contract §7).
    private mutating func makeNumbersSmall(_ backend: inout any Backend) {
        let pins: [UInt8] = [2, 3, 4, 5, 6, 7]
        for old in scenario.setup.pins.map(\.pin).sorted() {
            for new in pins.prefix(while: { $0 != old })
            where !scenario.setup.pins.contains(where: { $0.pin == new }) {
                if takes(scenario.with(Renumbering(pin: old, to: new)), &backend) { break }
            }
        }
        let vectors: [UInt8] = [0x31, 0x41, 0x51, 0x61, 0x71, 0x32, 0x42, 0x52, 0x62, 0x72]
        for old in scenario.vectors {
            for new in vectors.prefix(while: { $0 != old }) where !scenario.vectors.contains(new) {
                if takes(scenario.with(Renumbering(vector: old, to: new)), &backend) { break }
            }
        }
    }

    /// Steps that were left out, and those behind the mismatch, go.
    private mutating func endAtMismatch(_ backend: inout any Backend) {
        let machine = RunningMachine(backend.actual(scenario.setup), design: design)
        var seen = Observation()
        let performed = scenario.actions.filter { machine.step($0, into: &seen) != nil }
        let actions = Array(performed.prefix(mismatch.step == 0 ? .max : mismatch.step))
        _ = takes(scenario.with(actions, isOptional: false), &backend)
    }
}

/// Another number for a pin or a vector.
private struct Renumbering {
    var pin: (UInt8) -> UInt8 = { $0 }
    var vector: (UInt8) -> UInt8 = { $0 }
    /// A task priority is the class of a vector.
    var priority: (UInt8) -> UInt8 = { $0 }

    init(pin old: UInt8, to new: UInt8) {
        pin = { $0 == old ? new : $0 }
    }

    init(vector old: UInt8, to new: UInt8) {
        vector = { $0 == old ? new : $0 }
        priority = { $0 & 0xF0 == old & 0xF0 ? new & 0xF0 : $0 }
    }

    func callAsFunction(_ action: Action) -> Action {
        if action.verb == .access(.tpr) { return .tpr(priority(action.first)) }
        return action.renumbered(pin: pin, vector: vector)
    }
}

extension Scenario {
    /// The vectors of pins and steps, ascending.
    fileprivate var vectors: [UInt8] {
        var vectors = Set(setup.pins.map(\.vector) + (setup.allowed ?? []))
        for action in actions {
            _ = action.renumbered(pin: \.self) { vector in
                vectors.insert(vector)
                return vector
            }
        }
        return vectors.sorted()
    }

    fileprivate func with(_ renumbering: Renumbering) -> Scenario {
        var setup = setup
        for index in setup.pins.indices {
            setup.pins[index].pin = renumbering.pin(setup.pins[index].pin)
            setup.pins[index].vector = renumbering.vector(setup.pins[index].vector)
        }
        setup.allowed = setup.allowed.map { $0.map(renumbering.vector) }
        return on(setup).with(actions.map { renumbering($0) })
    }
}

extension Action {
    /// What may do as well, the plainest first.
    fileprivate var plainer: [Action] {
        let elsewhere = vcpu == 0 ? [] : [on(0)]
        let here: [Action] =
            switch verb {
            case .guest(.run): []
            case .ioapic(.assertStatus): [.assert(pin: first)]
            case .guest(.eoiRaising), .access(.nonzeroEOI), .access(.spuriousEOI): [.run, .eoi]
            default: actor == .guest ? [.run] : []
            }
        return here.map { $0.on(vcpu) } + elsewhere
    }
}
