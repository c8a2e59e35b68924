/// What KVM does in some kernels and not in others. A rule is found by what a kernel does, never
/// by its version: stable kernels and distributions take changes over.
public enum KernelRule: String, Sendable, CaseIterable {
    /// KVM's own IOAPIC asks the irqfd resampler at an unmask, instead of serving a stored level.
    case unmaskResamples = "unmask-resamples"
    /// With a split irqchip a vector stays handled while it is in flight, though no route has it
    /// any more.
    case splitKeepsInFlight = "split-keeps-in-flight"
    /// A vector that only an interrupt in flight keeps handled leaves with that interrupt's EOI.
    case staleVectorForgotten = "stale-vector-forgotten"

    /// What brought it.
    public var source: String {
        switch self {
        case .unmaskResamples: "Linux fef8f2b90edb, in 6.3"
        case .splitKeepsInFlight: "Linux fceb3a36c29a, in 6.2"
        case .staleVectorForgotten: "Linux 87e4951e250b, in 6.16"
        }
    }

    /// What a kernel with the rule does, for `explain` and `probe`.
    public var explanation: String {
        switch self {
        case .unmaskResamples:
            "Where an irqfd resampler is on the pin, KVM's own IOAPIC drops a stored level at the "
                + "unmask and signals the resamplefd: the device raises its line again if it "
                + "still needs service. A kernel without the rule serves the stored level, which "
                + "may be outdated."
        case .splitKeepsInFlight:
            "With a split irqchip the EOI of a vector in flight still makes an exit when its "
                + "route has been changed away meanwhile. Without the rule userspace never hears "
                + "of that EOI, and the line's Remote IRR stays set for ever."
        case .staleVectorForgotten:
            "A vector that only an interrupt in flight keeps intercepted is forgotten with that "
                + "interrupt's EOI. Without the rule it stays intercepted until the next scan, and "
                + "the EOI of an unrelated interrupt on the same vector exits too."
        }
    }

    /// The irqchips on which a machine can show it. On a split irqchip the IOAPIC, and so what an
    /// unmask does, is userspace's own.
    public var irqchips: [IRQChip] {
        switch self {
        case .unmaskResamples: [.kernel]
        case .splitKeepsInFlight: [.split]
        case .staleVectorForgotten: IRQChip.allCases
        }
    }
}

/// The kernel rules that hold of a KVM.
public struct KernelRules: OptionSet, Hashable, Sendable, BitwiseCopyable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// These, in whatever order.
    public init(_ rules: some Sequence<KernelRule>) {
        rawValue = rules.reduce(0) { $0 | Self.bit($1) }
    }

    private static func bit(_ rule: KernelRule) -> UInt8 {
        1 << UInt8(truncatingIfNeeded: KernelRule.allCases.firstIndex(of: rule) ?? 0)
    }

    /// Whether a KVM with these rules has this one.
    public func contains(_ rule: KernelRule) -> Bool { rawValue & Self.bit(rule) != 0 }

    /// All of them, as the newest kernels have them.
    public static let newest = KernelRules(KernelRule.allCases)

    /// The classes that 17 Debian kernels from 6.1 to 7.3 fell into, each named by the first
    /// series that was seen in it.
    public static let classes: [(name: String, rules: KernelRules)] = [
        ("6.1", []),
        ("6.12", KernelRules([.unmaskResamples, .splitKeepsInFlight])),
        ("6.16", .newest),
    ]

    /// The members, in a fixed order.
    public var members: [KernelRule] { KernelRule.allCases.filter(contains) }

    /// A class by its name, or rules by theirs, separated by commas; `none` is no rule at all.
    public init?(spelling: String) {
        if let named = Self.classes.first(where: { $0.name == spelling }) {
            self = named.rules
            return
        }
        guard spelling != "none" else {
            self = []
            return
        }
        var rules: [KernelRule] = []
        for word in spelling.split(separator: ",", omittingEmptySubsequences: false) {
            guard let rule = KernelRule(rawValue: String(word)) else { return nil }
            rules.append(rule)
        }
        self.init(rules)
    }

    /// As `init(spelling:)` reads it: the class where there is one.
    public var spelling: String {
        if let known = Self.classes.first(where: { $0.rules == self }) { return known.name }
        return members.map(\.rawValue).joined(separator: ",")
    }
}
