/// The word that scenario files, traces and reports begin an action with, by who performs it.
public enum ActionVerb: Hashable, Sendable, BitwiseCopyable, CaseIterable {
    /// Userspace and the devices that it plays, at the IOAPIC.
    case ioapic(IOAPICVerb)
    /// Userspace, at the vCPU.
    case vmm(VMMVerb)
    /// KVM and the hardware.
    case hypervisor(HypervisorVerb)
    /// The guest.
    case guest(GuestVerb)
    /// The guest, at its local APIC's registers.
    case access(AccessVerb)

    /// Every verb, in the order in which searches try them.
    public static let allCases: [ActionVerb] =
        IOAPICVerb.allCases.map(ActionVerb.ioapic) + VMMVerb.allCases.map(ActionVerb.vmm)
        + HypervisorVerb.allCases.map(ActionVerb.hypervisor)
        + GuestVerb.allCases.map(ActionVerb.guest) + AccessVerb.allCases.map(ActionVerb.access)

    /// The verb of this word.
    public init?(word: String) {
        guard let verb = Self.allCases.first(where: { $0.word == word }) else { return nil }
        self = verb
    }

    /// Its word, `assert-status`.
    public var word: String {
        switch self {
        case .ioapic(let verb): verb.rawValue
        case .vmm(let verb): verb.rawValue
        case .hypervisor(let verb): verb.rawValue
        case .guest(let verb): verb.rawValue
        case .access(let verb): verb.rawValue
        }
    }

    /// Its row.
    var facts: VerbFacts {
        switch self {
        case .ioapic(let verb): verb.facts
        case .vmm(let verb): verb.facts
        case .hypervisor(let verb): verb.facts
        case .guest(let verb): verb.facts
        case .access(let verb): verb.facts
        }
    }

    /// Who performs it.
    public var actor: Actor {
        switch self {
        case .ioapic, .vmm: .host
        case .hypervisor: .hypervisor
        case .guest, .access: .guest
        }
    }

    /// Whether it happens on a vCPU, which may be said: host steps at the IOAPIC do not, and the
    /// 8259 asks vCPU 0.
    package var happensOnVCPU: Bool {
        switch self {
        case .ioapic, .vmm(.extINT): false
        case .vmm, .hypervisor, .guest, .access: true
        }
    }

    /// What the words behind it stand for.
    public var operands: [VerbFacts.Operand] { [facts.first, facts.second].compactMap { $0 } }
}

/// Who acts. A *guest step* wraps what a guest does in KVM's entry and the hardware's evaluation
/// (model-contract §6.2).
public enum Actor: Sendable {
    /// Userspace and the devices that it plays: model-contract §2.1, §2.2 and §2.5.
    case host
    /// KVM and the hardware: model-contract §2.3.
    case hypervisor
    /// The guest: model-contract §2.4.
    case guest
}
