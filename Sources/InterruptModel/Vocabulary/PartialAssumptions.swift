/// Assumptions of which some are left open, and how the guest ends interrupts: what an option, a
/// file or a probe settles. Names and values in words go by `AxisEntry.all`.
public struct PartialAssumptions: Hashable, Sendable {
    /// Who writes the page's TMR (model-contract §4.1).
    public var pageTMR: PageTMR?
    /// What a WRMSR of EOI does to a level vector (model-contract §4.2).
    public var nativeLevelEOI: NativeLevelEOI?
    /// What VMRUN does with a vector that is not allowed (model-contract §4.3).
    public var disallowed: RequestFate?
    /// What VMRUN does with a vector before Secure AVIC is enabled (model-contract §4.4).
    public var beforeEnable: RequestFate?
    /// The guest's own choice, and no matter of the hardware.
    public var guestEOI: GuestEOI?

    /// Every axis open, but for what is said.
    public init(
        pageTMR: PageTMR? = nil, nativeLevelEOI: NativeLevelEOI? = nil,
        disallowed: RequestFate? = nil, beforeEnable: RequestFate? = nil,
        guestEOI: GuestEOI? = nil
    ) {
        self.pageTMR = pageTMR
        self.nativeLevelEOI = nativeLevelEOI
        self.disallowed = disallowed
        self.beforeEnable = beforeEnable
        self.guestEOI = guestEOI
    }

    /// All that is assumed of the hardware, settled.
    public init(_ assumptions: Assumptions, guestEOI: GuestEOI? = nil) {
        self.init(
            pageTMR: assumptions.pageTMR, nativeLevelEOI: assumptions.nativeLevelEOI,
            disallowed: assumptions.disallowed, beforeEnable: assumptions.beforeEnable,
            guestEOI: guestEOI)
    }

    /// Puts the axes that are settled into a machine.
    public func apply(to setup: inout MachineSetup) {
        if let pageTMR { setup.assumptions.pageTMR = pageTMR }
        if let nativeLevelEOI { setup.assumptions.nativeLevelEOI = nativeLevelEOI }
        if let disallowed { setup.assumptions.disallowed = disallowed }
        if let beforeEnable { setup.assumptions.beforeEnable = beforeEnable }
        if let guestEOI { setup.guestEOI = guestEOI }
    }
}

extension PartialAssumptions {
    /// Whether every axis is open.
    public var isEmpty: Bool { self == PartialAssumptions() }

    /// The value of an axis in words, nil where it is open.
    public subscript(_ axis: AxisEntry) -> String? { axis.read(self) }

    /// Settles an axis by the word for its value.
    /// - Returns: whether the axis has such a value.
    public mutating func settle(_ axis: AxisEntry, _ word: String) -> Bool {
        axis.write(word, &self)
    }

    /// The same, with the axes that are open taken from `other`.
    public func completed(by other: PartialAssumptions) -> PartialAssumptions {
        var all = self
        for axis in AxisEntry.all where all[axis] == nil {
            if let word = other[axis] { _ = all.settle(axis, word) }
        }
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
    public var axes: PartialAssumptions { PartialAssumptions(assumptions, guestEOI: guestEOI) }
}
