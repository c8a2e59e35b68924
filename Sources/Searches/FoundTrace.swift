package import InterruptModel
package import Scenarios

/// Actions that a search has found, as a scenario that says of every design what it violates.
package struct FoundTrace: Sendable {
    package var name: String
    package var summary: String
    package var source: String
    package var setup: MachineSetup
    /// The design that it was found with.
    package var design: EOIDesignEntry
    package var actions: [Action]
    package var granularity: Granularity
    /// The pin whose line is stuck behind the last action, if that is what was found.
    package var stuck: UInt8?

    package init(
        name: String, summary: String, source: String, setup: MachineSetup,
        design: EOIDesignEntry, actions: [Action], granularity: Granularity,
        stuck: UInt8? = nil
    ) {
        self.name = name
        self.summary = summary
        self.source = source
        self.setup = setup
        self.design = design
        self.actions = actions
        self.granularity = granularity
        self.stuck = stuck
    }

    private var isAtomic: Bool { granularity == .atomic }

    /// What each design violates on a machine of this kind and irqchip, and which steps one of
    /// them does not enable.
    private struct Judgement: Equatable {
        var hazards: [String: InvariantSet] = [:]
        var withReentry: [String: InvariantSet] = [:]
        var disabled: Set<Int> = []
        /// Whether the line that was found stuck is.
        var isStuck = false
    }

    private func judgement(_ kind: MachineKind, _ irqchip: IRQChip) -> Judgement {
        var setup = setup
        setup.kind = kind
        setup.irqchip = irqchip
        var found = Judgement()
        let designs = kind == .plain ? [design] : EOIDesigns.all
        for design in designs {
            let name = kind == .plain ? Scenario.plainDesign : design.name
            let trace = ModelTrace(actions, on: setup, design: design, isAtomic: isAtomic)
            found.hazards[name] = trace.violated
            found.disabled.formUnion(trace.disabled)
            guard !isAtomic else { continue }
            var entered = setup
            entered.entersAfterExit = true
            let again = ModelTrace(actions, on: entered, design: design, isAtomic: false)
            found.disabled.formUnion(again.disabled)
            if again.violated != trace.violated { found.withReentry[name] = again.violated }
        }
        if let stuck {
            let fate = try? LineFate.of(
                stuck, on: setup, design: design, after: actions, granularity: granularity)
            found.isStuck = fate == .stuck
        }
        return found
    }

    /// The scenario: it runs on every machine where the same steps violate the same. Steps that
    /// some design does not enable are optional.
    package var scenario: Scenario {
        let own = judgement(setup.kind, setup.irqchip)
        var (hazards, withReentry, disabled) = (own.hazards, own.withReentry, own.disabled)
        var scenario = Scenario(
            found: name, summary: summary, source: source, setup: setup, actions: actions,
            granularity: granularity)
        scenario.irqchips = IRQChip.allCases.filter {
            $0 == setup.irqchip || judgement(setup.kind, $0) == own
        }
        let endangers = (Array(hazards.values) + Array(withReentry.values)).contains {
            $0.contains(InvariantSet(.memorySafety))
        }
        if endangers {
            scenario.danger = .host
            scenario.dangerousMachines = [.secure]
        }
        let isForEveryMachine = !actions.contains(where: \.needsSecureMachine)
        if setup.kind == .secure, !isAtomic, stuck == nil, isForEveryMachine {
            let plain = scenario.irqchips.map { judgement(.plain, $0) }
            if plain.allSatisfy({ $0 == plain[0] }) {
                scenario.machines.append(.plain)
                hazards.merge(plain[0].hazards) { old, _ in old }
                withReentry.merge(plain[0].withReentry) { old, _ in old }
                disabled.formUnion(plain[0].disabled)
            }
        }
        let place = scenario.location
        scenario.steps = actions.enumerated().map {
            .action($1, isOptional: disabled.contains($0), place)
        }
        let name = setup.kind == .plain ? Scenario.plainDesign : design.name
        scenario.hazards = hazards.filter { !$0.value.isEmpty || $0.key == name }
        scenario.hazardsWithReentry = withReentry
        scenario.explanation = explanation
        scenario.design = setup.kind == .plain ? nil : design.name
        scenario.stuck = stuck
        return scenario
    }

    /// What a single interleaving needs: where KVM and the hardware come between the guest's acts.
    private var explanation: String {
        guard isAtomic else { return "" }
        let words = actions.map(\.description)
        var between: [String] = []
        var start = 0
        while start < actions.count {
            guard actions[start].actor == .hypervisor, actions[start] != .accept else {
                start += 1
                continue
            }
            let end =
                actions[start...].firstIndex {
                    $0.actor != .hypervisor || $0 == .accept
                } ?? actions.count
            let before = start == 0 ? "the start" : "“\(words[start - 1])” (\(start))"
            let after = end == actions.count ? "the end" : "“\(words[end])” (\(end + 1))"
            between.append(
                "\(words[start..<end].joined(separator: ", ")) between \(before) and "
                    + after)
            start = end
        }
        return "Needs this interleaving, which no host program can force on a real KVM: "
            + between.joined(separator: "; ") + "."
    }
}
