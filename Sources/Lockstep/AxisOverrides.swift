public import InterruptModel

/// What a run assumes instead of what its scenarios say; nil leaves an axis to them.
public struct AxisOverrides: Hashable, Sendable {
    public var pageTMR: PageTMR?
    public var nativeLevelEOI: NativeLevelEOI?
    public var disallowed: RequestFate?
    public var beforeEnable: RequestFate?
    public var guestEOI: GuestEOI?

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

    /// All that is assumed of the hardware, settled; the guest's own choice is left open.
    public init(_ assumptions: Assumptions, guestEOI: GuestEOI? = nil) {
        self.init(
            pageTMR: assumptions.pageTMR, nativeLevelEOI: assumptions.nativeLevelEOI,
            disallowed: assumptions.disallowed, beforeEnable: assumptions.beforeEnable,
            guestEOI: guestEOI)
    }

    /// Whether everything is left to the scenarios.
    public var isEmpty: Bool { self == AxisOverrides() }

    /// The same, with the axes that are nil taken from `other`.
    public func completed(by other: AxisOverrides) -> AxisOverrides {
        AxisOverrides(
            pageTMR: pageTMR ?? other.pageTMR,
            nativeLevelEOI: nativeLevelEOI ?? other.nativeLevelEOI,
            disallowed: disallowed ?? other.disallowed,
            beforeEnable: beforeEnable ?? other.beforeEnable,
            guestEOI: guestEOI ?? other.guestEOI)
    }

    /// The assumptions that are left when nobody else says anything.
    public var assumptions: Assumptions {
        var setup = MachineSetup()
        apply(to: &setup)
        return setup.assumptions
    }

    /// Puts the axes that are not nil into a machine.
    public func apply(to setup: inout MachineSetup) {
        if let pageTMR { setup.assumptions.pageTMR = pageTMR }
        if let nativeLevelEOI { setup.assumptions.nativeLevelEOI = nativeLevelEOI }
        if let disallowed { setup.assumptions.disallowed = disallowed }
        if let beforeEnable { setup.assumptions.beforeEnable = beforeEnable }
        if let guestEOI { setup.guestEOI = guestEOI }
    }

    /// Name and value of every axis, in a fixed order; the names are the options' of `run`.
    public var list: [(name: String, value: String?)] {
        [
            ("page-tmr", pageTMR?.rawValue), ("native-level-eoi", nativeLevelEOI?.rawValue),
            ("disallowed", disallowed?.rawValue), ("before-enable", beforeEnable?.rawValue),
            ("guest-eoi", guestEOI?.rawValue),
        ]
    }
}
