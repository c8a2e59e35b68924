/// The guest's APIC backing page and what Secure AVIC hardware does with it (secure-avic §1, §6).
/// The hypervisor sees none of it.
public struct BackingPage<Space: VectorSpace>: Hashable, Sendable, BitwiseCopyable {
    /// IRR, at 0x200 + 0x10·n: what the guest will be given.
    public internal(set) var irr = Space.Vectors()
    /// ISR, at 0x100 + 0x10·n: what the guest has in service.
    public internal(set) var isr = Space.Vectors()
    /// TMR, at 0x180 + 0x10·n; who sets a bit is assumed (model-contract §4.1).
    public internal(set) var tmr = Space.Vectors()
    /// ALLOWED_IRR, at 0x204 + 0x10·n of the page.
    public internal(set) var allowed = Space.Vectors()
    /// TPR bits 7:0, at 0x80.
    public internal(set) var tpr: UInt8 = 0

    /// The page of a new vCPU: nothing is pending, in service or allowed.
    public init() {}

    /// The page as a guest's memory holds it.
    package init(
        irr: Space.Vectors, isr: Space.Vectors, tmr: Space.Vectors, allowed: Space.Vectors,
        tpr: UInt8
    ) {
        (self.irr, self.isr, self.tmr, self.allowed) = (irr, isr, tmr, allowed)
        self.tpr = tpr
    }

    /// What VMRUN does when UpdateIRR is set: IRR takes the requested vectors that are allowed.
    /// - Returns: the vectors that stay requested.
    mutating func take(
        _ requested: Space.Vectors, softwareTMR: Space.Vectors, isEnabled: Bool,
        _ configuration: Configuration<Space>
    ) -> Space.Vectors {
        let space = configuration.space
        let assumptions = configuration.assumptions
        guard isEnabled || space.breaks(.enableGatesPage) else {
            return assumptions.beforeEnable == .kept ? requested : Space.Vectors()
        }
        let taken =
            space.breaks(.allowedFiltersRequested)
            ? requested : requested.intersection(allowed)
        irr = irr.union(taken)
        if !space.breaks(.vmrunWritesPageTMR) {
            switch assumptions.pageTMR {
            case .always: tmr = tmr.union(taken)
            case .accurate: tmr = tmr.subtracting(taken).union(taken.intersection(softwareTMR))
            case .never: tmr = tmr.subtracting(taken)
            case .guest: break
            }
        }
        return assumptions.disallowed == .kept ? requested.subtracting(taken) : Space.Vectors()
    }

    /// The vector that the hardware would deliver now, or −1.
    func deliverable(_ space: Space) -> Int {
        Priority.deliverable(irr: irr, isr: isr, tpr: tpr, space)
    }

    /// Moves a vector from IRR to ISR.
    mutating func enter(_ vector: Int, _ space: Space) {
        if !space.breaks(.acceptClearsIRR) { irr.remove(vector) }
        isr.insert(vector)
    }

    /// The vector that an EOI ends now, or −1.
    func ending(_ space: Space) -> Int {
        space.breaks(.eoiEndsHighest) ? isr.lowest : isr.highest
    }

    /// Whether a native EOI of `vector` ends in hardware, without an exit
    /// (APM 15.29.9.2: unless its TMR bit is set).
    func accelerates(_ vector: Int, _ configuration: Configuration<Space>) -> Bool {
        let isLevel = tmr.contains(vector) && configuration.assumptions.nativeLevelEOI == .traps
        return !isLevel && !configuration.space.breaks(.nativeEdgeEOIIsAccelerated)
    }

    /// Clears the in-service bit of a vector that the guest ends.
    mutating func end(_ vector: Int, _ space: Space) {
        if !space.breaks(.eoiClearsPageISR) { isr.remove(vector) }
    }
}
