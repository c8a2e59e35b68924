/// What nobody has published about Secure AVIC hardware, as one value (model-contract §4). Each
/// axis is an assumption, never a fact of the model; `characterize` finds out which of them hold.
public struct Assumptions: Hashable, Sendable, BitwiseCopyable {
    /// Who writes the page's TMR (model-contract §4.1).
    public var pageTMR: PageTMR
    /// What a WRMSR of EOI does to a level vector (model-contract §4.2).
    public var nativeLevelEOI: NativeLevelEOI
    /// What VMRUN does with requested vectors that are not in ALLOWED_IRR. Dropping them is what
    /// the RFC's selftests 32 and 35 expect.
    public var disallowed: RequestFate
    /// What VMRUN does with requested vectors before the guest has enabled Secure AVIC
    /// (hazard F31, unverified).
    public var beforeEnable: RequestFate

    /// The default of each axis, but for what is said.
    public init(
        pageTMR: PageTMR = .accurate, nativeLevelEOI: NativeLevelEOI = .traps,
        disallowed: RequestFate = .dropped, beforeEnable: RequestFate = .dropped
    ) {
        self.pageTMR = pageTMR
        self.nativeLevelEOI = nativeLevelEOI
        self.disallowed = disallowed
        self.beforeEnable = beforeEnable
    }
}

extension Assumptions {
    /// Every assumption set, the axes in the order of reports.
    public static let all: [Assumptions] = PageTMR.allCases.flatMap { pageTMR in
        NativeLevelEOI.allCases.flatMap { native in
            RequestFate.allCases.flatMap { disallowed in
                RequestFate.allCases.map { beforeEnable in
                    Assumptions(
                        pageTMR: pageTMR, nativeLevelEOI: native, disallowed: disallowed,
                        beforeEnable: beforeEnable)
                }
            }
        }
    }

    /// `accurate/traps/dropped/dropped`, in the order of the axes.
    public var spelling: String {
        [
            pageTMR.rawValue, nativeLevelEOI.rawValue, disallowed.rawValue, beforeEnable.rawValue,
        ].joined(separator: "/")
    }
}

/// Who writes the TMR in the guest's APIC backing page. Nobody has published which holds
/// (secure-avic §6, unverified), so it is an axis and not a fact (model-contract §4.1).
public enum PageTMR: String, Sendable, CaseIterable, BitwiseCopyable {
    /// Every vector that VMRUN takes is level in the page: UpdateIRR sets its bit.
    case always
    /// At VMRUN the hardware takes KVM's TMR bit for each vector that it takes. The published VMCB
    /// fields have no channel for it (RFC patch 06): it is the best case.
    case accurate
    /// Nobody: the bit of a vector that VMRUN takes is clear, whatever the guest has written, and
    /// every guest EOI is accelerated.
    case never
    /// The guest, when it sets the vector in ALLOWED_IRR; the hardware leaves the bit alone.
    case guest
}

/// What a WRMSR of EOI does while the page's TMR has the highest vector in service.
public enum NativeLevelEOI: String, Sendable, CaseIterable, BitwiseCopyable {
    /// It is a #VC, AVIC_NOACCEL: what AVIC does (APM 15.29.9.2) and the Linux guest expects.
    case traps
    /// The hardware ends it like an edge, without an exit.
    case ends
}

/// What becomes of a vector in RequestedIRR that VMRUN cannot give to the page.
public enum RequestFate: String, Sendable, CaseIterable, BitwiseCopyable {
    /// VMRUN clears the request all the same: the vector is gone.
    case dropped
    /// The request waits for a VMRUN that can take it.
    case kept
}
