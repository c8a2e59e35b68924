package import InterruptModel

/// What a fuzzing campaign holds fixed.
package struct FuzzOptions: Sendable {
    package var seed: UInt64
    /// Steps of a run.
    package var steps: Int
    package var design: EOIDesignEntry
    package var kind: MachineKind
    package var irqchip: IRQChip
    /// The assumptions of every run; nil makes them random where the backend plays any.
    package var assumptions: Assumptions?
    /// What the kernel is taken to do; nil leaves it to what the backend finds.
    package var kernelRules: KernelRules?
    /// Guests that break the rules of the interrupt path.
    package var isHostile: Bool
    /// Redirection entries that change in flight, and messages on the vectors of lines.
    package var changesRoutes: Bool
    /// The most vCPUs that a machine has, 1…4.
    package var vcpus = 1
    /// Whether an invariant that does not hold is a finding, though backend and model agree.
    package var isStrict: Bool
    /// How often a finding is run again, to say how reliably it shows.
    package var repeats: Int
    /// Whether somebody wants a run to end before its time.
    package var isStopped: @Sendable () -> Bool = { false }

    package init(
        seed: UInt64, steps: Int = 24, design: EOIDesignEntry = EOIDesigns.standard,
        kind: MachineKind = .secure, irqchip: IRQChip = .split, assumptions: Assumptions? = nil,
        kernelRules: KernelRules? = nil, isHostile: Bool = false, changesRoutes: Bool = false,
        isStrict: Bool = false, repeats: Int = 10
    ) {
        self.seed = seed
        self.steps = steps
        self.design = design
        self.kind = kind
        self.irqchip = irqchip
        self.assumptions = assumptions
        self.kernelRules = kernelRules
        self.isHostile = isHostile
        self.changesRoutes = changesRoutes
        self.isStrict = isStrict
        self.repeats = repeats
    }

    var scopes: FuzzScope {
        var scopes: FuzzScope = []
        if changesRoutes { scopes.insert(.routes) }
        if isHostile { scopes.insert(.hostile) }
        if vcpus > 1 { scopes.insert(.several) }
        return scopes
    }
}
