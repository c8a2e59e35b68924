internal import InterruptModel
internal import Scenarios

/// Makes random machines and random steps that are enabled on them, from one seed.
struct FuzzGenerator {
    let options: FuzzOptions
    /// The machine that the backend really makes of a setup.
    let actual: (MachineSetup) -> MachineSetup

    /// Vectors of the pins: two of one class, others apart.
    private static let vectors: [UInt8] = [0x31, 0x41, 0x44, 0x51, 0x61, 0x91]

    /// Run number `run`: always the same for the same seed, whatever ran before it.
    func scenario(_ run: UInt64) -> Scenario {
        var random = FuzzRandom(seed: options.seed, run: run)
        let setup = machine(&random)
        let real = actual(setup)
        let machine = RunningMachine(real, design: options.design)
        var record = StepRecord()
        var actions: [Action] = []
        let alphabet = alphabet(setup)
        // Some choices are not enabled; the bound only keeps a dead end from lasting for ever.
        for _ in 0..<options.steps * 8 where actions.count < options.steps {
            let action = action(from: alphabet, setup, &random)
            if machine.step(action, into: &record) { actions.append(action) }
        }
        return Scenario(
            found: "fuzz-\(options.seed)-\(run)",
            summary: "random steps, seed \(options.seed), run \(run)",
            source: "savic-eoi fuzz --seed \(options.seed)", setup: setup, actions: actions)
    }

    private func machine(_ random: inout FuzzRandom) -> MachineSetup {
        var setup = MachineSetup(kind: options.kind, irqchip: options.irqchip)
        let count = 1 + random.below(4)
        for pin in 0..<count {
            setup.pins.append(
                PinSetup(
                    pin: UInt8(2 + pin), vector: random.pick(Self.vectors),
                    trigger: random.once(in: 4) ? .edge : .level, masked: random.once(in: 8)))
        }
        setup.nesting = random.once(in: 2)
        setup.interruptsEnabled = !random.once(in: 4)
        if options.kind == .secure {
            setup.guestEOI = random.pick(options.isHostile ? GuestEOI.allCases : [.linux, .native])
            setup.assumptions = options.assumptions ?? randomAssumptions(&random)
        }
        return setup
    }

    private func randomAssumptions(_ random: inout FuzzRandom) -> Assumptions {
        Assumptions(
            pageTMR: random.pick(PageTMR.allCases),
            nativeLevelEOI: random.pick(NativeLevelEOI.allCases),
            disallowed: random.pick(RequestFate.allCases),
            beforeEnable: random.pick(RequestFate.allCases))
    }

    /// Kinds of steps, as often as they are to come.
    private enum Choice {
        case assert, deassert, reassert, message, mask, unmask, trigger, vector, run, sti, cli, eoi
        case taskPriority, allow, disallow, ipi
        case readEOI, nonzeroEOI, spuriousEOI
        case disable, enable, reset
    }

    private func alphabet(_ setup: MachineSetup) -> [Choice] {
        var choices: [Choice] = []
        func add(_ choice: Choice, _ weight: Int) {
            choices += Array(repeating: choice, count: weight)
        }
        for (choice, weight) in [
            (Choice.assert, 8), (.deassert, 6), (.reassert, 1), (.message, 1), (.mask, 1),
            (.unmask, 2), (.run, 6), (.sti, 6), (.cli, 1), (.eoi, 8), (.taskPriority, 1),
        ] { add(choice, weight) }
        // KVM up to 6.1 loses EOIs when a route changes in flight: on request only.
        if options.changesRoutes {
            add(.trigger, 1)
            add(.vector, 1)
        }
        if setup.kind == .secure {
            add(.allow, 1)
            add(.ipi, 1)
        }
        guard options.isHostile else { return choices }
        for choice in [Choice.readEOI, .nonzeroEOI, .spuriousEOI, .disable, .enable, .reset] {
            add(choice, 1)
        }
        if setup.kind == .secure { add(.disallow, 1) }
        return choices
    }

    private func action(
        from alphabet: [Choice], _ setup: MachineSetup, _ random: inout FuzzRandom
    ) -> Action {
        let pin = random.pick(setup.pins)
        let vector = random.pick(setup.pins).vector
        switch random.pick(alphabet) {
        case .assert: return .assert(pin: pin.pin)
        case .deassert: return .deassert(pin: pin.pin)
        case .reassert: return .reassert(pin: pin.pin)
        // A message on a level pin's vector is what hazard 11 is about, and not a legal guest.
        case .message: return .msi(vector: options.isHostile ? vector : 0x71)
        case .mask: return .mask(pin: pin.pin)
        case .unmask: return .unmask(pin: pin.pin)
        case .trigger: return .trigger(pin: pin.pin, random.once(in: 2) ? .edge : .level)
        case .vector: return .vector(pin: pin.pin, vector: random.pick(Self.vectors))
        case .run: return .run
        case .sti: return .sti
        case .cli: return .cli
        case .eoi: return .eoi
        case .taskPriority: return .tpr(random.pick([0, 0x30, 0x40, 0x50]))
        case .allow: return .allow(vector: vector)
        case .disallow: return .disallow(vector: vector)
        case .ipi: return .ipi(vector: options.isHostile ? vector : 0x71)
        case .readEOI: return .readEOI
        case .nonzeroEOI: return .nonzeroEOI
        case .spuriousEOI: return .spuriousEOI
        case .disable: return .disableAPIC
        case .enable: return .enableAPIC
        case .reset: return .reset
        }
    }
}
