/// What nobody has published about Secure AVIC hardware, as one value (model-contract §4). Each
/// axis is an assumption, never a fact of the model; `characterize` finds out which of them hold.
public struct Assumptions: Hashable, Sendable, BitwiseCopyable {
    /// Who writes the page's TMR (model-contract §4.1).
    public var pageTMR = PageTMR.accurate
    /// What a WRMSR of EOI does to a level vector (model-contract §4.2).
    public var nativeLevelEOI = NativeLevelEOI.traps
    /// What VMRUN does with a vector that is not in ALLOWED_IRR (model-contract §4.3).
    public var disallowed = RequestFate.dropped
    /// What VMRUN does with a vector before Secure AVIC is enabled (model-contract §4.4).
    public var beforeEnable = RequestFate.dropped

    /// The default of each axis, but for what is said.
    public init(pageTMR: PageTMR = .accurate) { self.pageTMR = pageTMR }
}

extension Assumptions {
    /// Every assumption set, the axes in the order of reports.
    public static let all: [Assumptions] = AxisEntry.ofHardware.reduce([MachineSetup()]) {
        setups, axis in setups.flatMap { setup in axis.words.map { setup.with(axis, $0) } }
    }.map(\.assumptions)

    /// The words for its values, in the order of the axes.
    public var words: [String] { PartialAssumptions(self).list.compactMap(\.value) }

    /// `accurate/traps/dropped/dropped`.
    public var spelling: String { words.joined(separator: "/") }
}

extension AxisEntry {
    /// Those that nobody but the hardware decides, in the order of reports.
    public static let ofHardware = [pageTMR, nativeLevelEOI, disallowed, beforeEnable]

    /// `page-tmr` (model-contract §4.1).
    public static let pageTMR = AxisEntry(
        "page-tmr", \.assumptions.pageTMR, subject: "page TMR",
        "who writes the TMR of the guest's page",
        explanation:
            "The page's TMR decides how a guest ends an interrupt: Linux sends the EOI to KVM only "
            + "where the bit is set, and the hardware gives up a WRMSR of EOI only there. Where "
            + "nobody sets the bit KVM never hears of a level EOI: its note stays, Remote IRR "
            + "stays set, and the line is dead.",
        source: "secure-avic §3, §5, §6, hazards A6 and C13; RFC patch 13/17",
        unverified:
            "No published text says that hardware writes the bit, and the Linux guest never does. "
            + "The RFC's author wants it to match the guest's and KVM's idea, so “accurate” is "
            + "the default: the best case, for the VMCB fields of RFC patch 06 carry no trigger "
            + "mode; “always” is what hardware can do that is told nothing. AMD's selftest 32 "
            + "ends each level vector by WRMSR and then by the GHCB, and asserts that a lower one "
            + "is still noted: if it passes on silicon as posted, “always” and “accurate” do not "
            + "hold together with native-level-eoi “traps”, and “never” is the likely answer. "
            + "Selftests 30, 31 and 35 allow each value.")

    /// `native-level-eoi` (model-contract §4.2).
    public static let nativeLevelEOI = AxisEntry(
        "native-level-eoi", \.assumptions.nativeLevelEOI, subject: "native EOI of a level vector",
        "what a WRMSR of EOI does while the page's TMR says level",
        explanation:
            "A guest that ends every interrupt by WRMSR depends on the hardware to give level "
            + "vectors up. Where it does not, KVM's note of the vector is stale for ever.",
        source: "APM volume 2, 15.29.9.2 (of AVIC); Linux 43b6687ac877; secure-avic §4.2, §6",
        unverified:
            "AVIC's rule is published, Secure AVIC's is not. The Linux guest expects “traps”, the "
            + "default. AMD's selftest 32 allows “traps” only where the hardware does not set the "
            + "page's TMR of a level vector; 30, 31 and 35 allow both. Whether the in-service bit "
            + "is still set in the #VC is open too: the agent clears it where it is.")

    /// `disallowed` (model-contract §4.3).
    public static let disallowed = AxisEntry(
        "disallowed", \.assumptions.disallowed, subject: "fate of a disallowed vector",
        "what VMRUN does with a requested vector that the guest has not allowed",
        explanation:
            "ALLOWED_IRR says which vectors the host may send. KVM cannot see it, so it goes on "
            + "to wait for the EOI of a level vector that was dropped, and takes the next one "
            + "for it.",
        source: "secure-avic §6, hazard A5; RFC selftests, patches 32 and 35",
        unverified:
            "No manual says it. AMD's selftest 35 demands “dropped”: a message that comes before "
            + "its vector is allowed is gone, and a second one arrives exactly once. If it passes "
            + "on silicon as posted, “kept” does not hold. Selftests 30, 31 and 32 allow both.")

    /// `before-enable` (model-contract §4.4).
    public static let beforeEnable = AxisEntry(
        "before-enable", \.assumptions.beforeEnable, subject: "fate of an early vector",
        "what VMRUN does with a requested vector before the guest enables Secure AVIC",
        explanation:
            "From its launch on KVM treats such a guest's APIC as protected, but the guest "
            + "registers its page and sets SAVIC_CONTROL only later. A line that rises in between "
            + "is handed off to a page that is not there yet.",
        source: "hazard F31",
        unverified:
            "Nothing is published about it, and AMD's selftests 30, 31, 32 and 35 allow both: each "
            + "enables Secure AVIC first. “dropped” is the worse case, so the default. Hardware "
            + "may also end the vCPU here; characterize tells that as an outcome of its probe.")
}

/// Who writes the TMR in the guest's APIC backing page. Nobody has published which holds
/// (secure-avic §6, unverified), so it is an axis and not a fact (model-contract §4.1).
public enum PageTMR: String, AxisValue, BitwiseCopyable {
    /// Every vector that VMRUN takes is level in the page: UpdateIRR sets its bit.
    case always
    /// The hardware, at VMRUN: it takes KVM's TMR bit for each vector that it takes.
    case accurate
    /// Nobody: the bit of a vector that VMRUN takes is clear, whatever the guest has written, and
    /// every guest EOI is accelerated.
    case never
    /// The guest, when it sets the vector in ALLOWED_IRR; the hardware leaves the bit alone.
    case guest

    public var meaning: String {
        switch self {
        case .always: "UpdateIRR: each vector that VMRUN takes is level in the page"
        case .accurate: "at VMRUN the hardware takes KVM's TMR bit of each vector it takes"
        case .never: "nobody: the bit of a vector that VMRUN takes is clear"
        case .guest: "the guest, when it allows the vector; the hardware leaves the bit alone"
        }
    }
}

/// What a WRMSR of EOI does while the page's TMR has the highest vector in service.
public enum NativeLevelEOI: String, AxisValue, BitwiseCopyable {
    /// It is a #VC, AVIC_NOACCEL: what AVIC does (APM 15.29.9.2) and the Linux guest expects.
    case traps
    /// The hardware ends it like an edge, without an exit.
    case ends

    public var meaning: String {
        switch self {
        case .traps: "it is a #VC with error code 0x402, whose handler tells KVM"
        case .ends: "the hardware ends the interrupt like an edge; KVM hears nothing"
        }
    }
}

/// What becomes of a vector in RequestedIRR that VMRUN cannot give to the page.
public enum RequestFate: String, AxisValue, BitwiseCopyable {
    /// VMRUN clears the request all the same: the vector is gone.
    case dropped
    /// The request waits for a VMRUN that can take it.
    case kept

    public var meaning: String {
        switch self {
        case .dropped: "VMRUN clears the request all the same: the interrupt is gone"
        case .kept: "the request waits for a VMRUN that can take it"
        }
    }
}
