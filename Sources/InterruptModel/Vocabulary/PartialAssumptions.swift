/// Values of some axes, the others left open: what an option, a file or a probe settles.
public struct PartialAssumptions: Hashable, Sendable {
    /// The words for the values.
    private var words: [AxisEntry: String] = [:]

    /// Every axis open.
    public init() {}

    /// All that is assumed of the hardware, settled.
    public init(_ assumptions: Assumptions) {
        var setup = MachineSetup()
        setup.assumptions = assumptions
        self.init(setup, AxisEntry.ofHardware)
    }

    fileprivate init(_ setup: MachineSetup, _ axes: [AxisEntry]) {
        for axis in axes { words[axis] = setup[axis] }
    }

    /// The word for the value of an axis, nil where it is open. It is set to one of the axis's own.
    public subscript(axis: AxisEntry) -> String? {
        get { words[axis] }
        set { words[axis] = newValue }
    }

    /// Puts the axes that are settled into a machine.
    public func apply(to setup: inout MachineSetup) {
        for (axis, word) in words { setup[axis] = word }
    }

    /// Whether every axis is open.
    public var isEmpty: Bool { words.isEmpty }

    /// The same, with the axes that are open taken from `other`.
    public func completed(by other: PartialAssumptions) -> PartialAssumptions {
        var all = self
        all.words.merge(other.words) { own, _ in own }
        return all
    }

    /// The assumptions that are left when nobody else says anything.
    public var assumptions: Assumptions {
        var setup = MachineSetup()
        apply(to: &setup)
        return setup.assumptions
    }

    /// Name and value of every axis, in the order of reports.
    public var list: [(name: String, value: String?)] {
        AxisEntry.all.map { ($0.name, self[$0]) }
    }
}

extension MachineSetup {
    /// What this machine assumes, all of it settled.
    public var axes: PartialAssumptions { PartialAssumptions(self, AxisEntry.all) }
}
