package import Verdicts

/// What all shards of one fuzzing campaign have in common: the same settings make the same runs.
package struct FuzzSettings: Sendable {
    /// Another version or commit may make other runs of the same seed.
    package var tool: Tool
    package var seed: UInt64
    package var backend: BackendKind
    /// Who plays the hardware that a backend of this kind ordinarily has; nil where nobody does.
    package var simulatedBy: String?
    package var irqchip: String
    package var design: String
    /// What the kernel was taken to do and how that is known; empty where nobody asked.
    package var kernelRules: String
    /// Steps of a run.
    package var steps: Int
    /// Runs of all shards together.
    package var runs: Int
    package var isHostile: Bool
    package var changesRoutes: Bool
    /// The most vCPUs of a machine.
    package var vcpus: Int
    package var isStrict: Bool
    /// The number of shards.
    package var shards: Int

    package init(
        tool: Tool, seed: UInt64, backend: BackendKind, simulatedBy: String? = nil,
        irqchip: String, design: String,
        kernelRules: String, steps: Int, runs: Int, isHostile: Bool, changesRoutes: Bool,
        vcpus: Int = 1, isStrict: Bool, shards: Int
    ) {
        self.tool = tool
        self.seed = seed
        self.backend = backend
        self.simulatedBy = simulatedBy
        self.irqchip = irqchip
        self.design = design
        self.kernelRules = kernelRules
        self.steps = steps
        self.runs = runs
        self.isHostile = isHostile
        self.changesRoutes = changesRoutes
        self.vcpus = vcpus
        self.isStrict = isStrict
        self.shards = shards
    }

    /// The backend for people.
    package var shownBackend: String { backend.shown(simulatedBy: simulatedBy) }

    /// Where a part of the report says that it is none of hardware; nil where nothing is simulated.
    package var simulation: String? { backend.place(simulatedBy: simulatedBy) }

    /// Each by its name in the report, in the report's order; `shard.count` is the number of
    /// shards.
    package var list: [(name: String, value: String)] {
        [
            ("tool.version", tool.version), ("tool.commit", tool.shownCommit),
            ("seed", "\(seed)"), ("backend", backend.rawValue),
            ("simulatedBy", simulatedBy ?? "nobody"), ("irqchip", irqchip),
            ("design", design), ("kernelRules", kernelRules), ("steps", "\(steps)"),
            ("runs", "\(runs)"), ("hostile", "\(isHostile)"), ("routes", "\(changesRoutes)"),
            ("vcpus", "\(vcpus)"), ("strict", "\(isStrict)"), ("shard.count", "\(shards)"),
        ]
    }
}
