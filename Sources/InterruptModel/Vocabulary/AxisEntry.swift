/// An axis as `explain`, the options and the probes tell of it: the one place for its prose.
public struct AxisEntry: Sendable {
    /// The name of the option, and of the key in files.
    public let name: String
    /// What it is about, without a question mark.
    public let question: String
    /// What each value says.
    public let values: [Value]
    /// Why it matters.
    public let explanation: String
    /// What is published about it, in the words of InterruptModel.md, “How sources are cited”.
    public let source: String
    /// What is not known, and why the default is what it is.
    public let unverified: String
    /// What a value of it is called where one is wrong.
    public let subject: String
    let read: @Sendable (PartialAssumptions) -> String?
    let write: @Sendable (String, inout PartialAssumptions) -> Bool

    /// One answer.
    public struct Value: Sendable {
        /// The word for it in options and files.
        public let name: String
        /// What it says, as a clause.
        public let meaning: String
    }

    /// All axes, in the order of reports.
    public static let all = ofHardware + [guestEOI]

    /// Those that nobody but the hardware decides.
    public static let ofHardware = [pageTMR, nativeLevelEOI, disallowed, beforeEnable]

    /// The axis of this name, or nil.
    public static func named(_ name: String) -> AxisEntry? { all.first { $0.name == name } }

    private init<Axis: RawRepresentable & CaseIterable & SendableMetatype>(
        _ name: String, _ path: any WritableKeyPath<PartialAssumptions, Axis?> & Sendable,
        subject: String, _ question: String, _ meaning: (Axis) -> String, explanation: String,
        source: String, unverified: String
    ) where Axis.RawValue == String {
        self.subject = subject
        read = { $0[keyPath: path]?.rawValue }
        write = { word, assumptions in
            guard let value = Axis(rawValue: word) else { return false }
            assumptions[keyPath: path] = value
            return true
        }
        self.name = name
        self.question = question
        values = Axis.allCases.map { Value(name: $0.rawValue, meaning: meaning($0)) }
        self.explanation = explanation
        self.source = source
        self.unverified = unverified
    }

    /// `page-tmr` (model-contract §4.1).
    public static let pageTMR = AxisEntry(
        "page-tmr", \.pageTMR, subject: "page TMR", "who writes the TMR of the guest's page",
        { (value: PageTMR) in
            switch value {
            case .always: "UpdateIRR: each vector that VMRUN takes is level in the page"
            case .accurate: "at VMRUN the hardware takes KVM's TMR bit of each vector it takes"
            case .never: "nobody: the bit of a vector that VMRUN takes is clear"
            case .guest: "the guest, when it allows the vector; the hardware leaves the bit alone"
            }
        },
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
        "native-level-eoi", \.nativeLevelEOI, subject: "native EOI of a level vector",
        "what a WRMSR of EOI does while the page's TMR says level",
        { (value: NativeLevelEOI) in
            switch value {
            case .traps: "it is a #VC with error code 0x402, whose handler tells KVM"
            case .ends: "the hardware ends the interrupt like an edge; KVM hears nothing"
            }
        },
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
        "disallowed", \.disallowed, subject: "fate of a disallowed vector",
        "what VMRUN does with a requested vector that the guest has not allowed",
        fate,
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
        "before-enable", \.beforeEnable, subject: "fate of an early vector",
        "what VMRUN does with a requested vector before the guest enables "
            + "Secure AVIC",
        fate,
        explanation:
            "From its launch on KVM treats such a guest's APIC as protected, but the guest "
            + "registers its page and sets SAVIC_CONTROL only later. A line that rises in between "
            + "is handed off to a page that is not there yet.",
        source: "hazard F31",
        unverified:
            "Nothing is published about it, and AMD's selftests 30, 31, 32 and 35 allow both: each "
            + "enables Secure AVIC first. “dropped” is the worse case, so the default. Hardware "
            + "may also end the vCPU here; characterize tells that as an outcome of its probe.")

    /// `guest-eoi` (model-contract §4.5).
    public static let guestEOI = AxisEntry(
        "guest-eoi", \.guestEOI, subject: "guest EOI", "how the guest ends an interrupt",
        { (value: GuestEOI) in
            switch value {
            case .linux: "page TMR set: it clears its bit and writes EOI by the GHCB; else WRMSR"
            case .native: "always WRMSR; what the hardware gives up, the #VC handler forwards"
            case .ghcb: "always by the GHCB"
            case .both: "WRMSR, then by the GHCB too"
            case .linuxToggle:
                "as linux; where page TMR was clear, each level pin's entry is then masked and "
                    + "edge for a moment"
            }
        },
        explanation:
            "The guest's own choice, and no matter of the hardware: a host has to bear all of "
            + "them. “both” is wrong of the guest unless its WRMSR was accelerated; each EOI too "
            + "many completes whatever KVM has noted. “linux-toggle” is what a Linux guest does "
            + "with its level interrupts: savic_eoi() and, because it takes a clear TMR bit for "
            + "an interrupt that went astray, the entry's toggle, which clears Remote IRR. It "
            + "brings a line back whose EOI KVM never heard of, and leaves KVM's note. An IOAPIC "
            + "of version 0x20 it tells by the EOI register instead.",
        source: "Linux arch/x86/kernel/apic/x2apic_savic.c, savic_eoi(); io_apic.c, "
            + "ioapic_ack_level(); RFC selftest, patch 32",
        unverified: "Nothing: the guest does what it is told.")

    private static func fate(_ value: RequestFate) -> String {
        switch value {
        case .dropped: "VMRUN clears the request all the same: the interrupt is gone"
        case .kept: "the request waits for a VMRUN that can take it"
        }
    }
}
