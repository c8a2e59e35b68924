public import InterruptModel

/// What a fuzzing campaign holds fixed.
public struct FuzzOptions: Sendable {
    public var seed: UInt64
    /// Steps of a run.
    public var steps: Int
    public var design: EOIDesignEntry
    public var kind: MachineKind
    public var irqchip: IRQChip
    /// The assumptions of every run; nil makes them random where the backend plays any.
    public var assumptions: Assumptions?
    /// What the kernel is taken to do; nil leaves it to what the backend finds.
    public var kernelRules: KernelRules?
    /// Guests that break the rules of the interrupt path.
    public var isHostile: Bool
    /// Redirection entries that change in flight, and messages on the vectors of lines.
    public var changesRoutes: Bool
    /// Whether an invariant that does not hold is a finding, though backend and model agree.
    public var isStrict: Bool
    /// How often a finding is run again, to say how reliably it shows.
    public var repeats: Int
    /// Whether somebody wants a run to end before its time.
    public var isStopped: @Sendable () -> Bool = { false }

    public init(
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
        return scopes
    }
}
