/// Why an action is not enabled, in words for people. Whether it is stands in the rules; a test
/// holds each of these sentences to a state in which they refuse.
struct Refusal {
    let ioapic: IOAPIC<WideSpace>
    let apic: SoftwareAPIC<WideSpace>
    let configuration: Configuration<WideSpace>
    /// What an EOI of the guest would end.
    let inService: WideVectors
    let interruptFlag: Bool

    func sentence(_ action: Action) -> String {
        if apic.owesExit(configuration), action.actor != .host,
            action.verb != .hypervisor(.lateExit)
        {
            return "an EOI exit comes first"
        }
        return switch action.verb {
        case .ioapic(let verb): sentence(verb, pin: action.first)
        case .vmm(.initSignal): "an SEV-SNP vCPU takes no INIT"
        case .vmm(.extINT): extINT
        case .hypervisor(let verb): sentence(verb)
        case .guest(.sti):
            interruptFlag
                ? "the interrupt flag is set already"
                : "\(highest) is in service, and the machine has no nesting"
        case .guest(.cli): "the interrupt flag is clear already"
        case .guest(.eoiRaising) where ioapic.lines.contains(Int(action.first)):
            sentence(.assert, pin: action.first)
        case .guest(.eoi), .guest(.eoiRaising), .access(.nonzeroEOI): "nothing is in service"
        case .access(.spuriousEOI): "\(highest) is in service"
        case .access(.enableSAVIC) where configuration.kind == .secure:
            "Secure AVIC is enabled already"
        case .access(.enableSAVIC), .access(.allow), .access(.disallow):
            "a plain machine has no Secure AVIC"
        case .guest(.run): "it is a guest step, and this is single actions"
        case .vmm, .guest, .access: Self.never
        }
    }

    private func sentence(_ verb: IOAPICVerb, pin: UInt8) -> String {
        switch verb {
        case .assert: "line \(pin) is high already"
        case .reassert, .deassert: "line \(pin) is low already"
        case .irqfd: "pin \(pin) has no resampler"
        case .delayedWork: "no delivery is delayed"
        default: Self.never
        }
    }

    private func sentence(_ verb: HypervisorVerb) -> String {
        switch verb {
        case .lateExit: "no EOI exit is owed"
        case .scan: "no scan is asked for"
        case .inject: "there is nothing that injection may move"
        case .vmrun: "nothing is requested"
        case .accept:
            interruptFlag ? "nothing is deliverable" : "the guest's interrupt flag is clear"
        }
    }

    /// What is said of actions that every machine performs. A test searches for a state that
    /// refuses one nevertheless, so that a new verb does not stay without its sentence.
    static let never = "nothing of this machine has it"

    private var highest: String {
        let vector = inService.highest
        return vector < 0 ? "nothing" : Spelling.vector(UInt8(truncatingIfNeeded: vector))
    }

    private var extINT: String {
        configuration.kind == .plain
            ? "the 8259 of a plain machine is not modelled"
            : configuration.irqchip == .split
                ? "with a split irqchip KVM has no 8259" : "the 8259 asks already"
    }
}

extension Machine where CPU: WideCPU {
    /// Why an action that is not enabled now is not, as a clause.
    func refusal(of action: Action) -> String {
        let vcpu = state.vcpus[Int(action.vcpu)]
        return Refusal(
            ioapic: state.ioapic, apic: vcpu.apic, configuration: configuration,
            inService: vcpu.inService, interruptFlag: vcpu.interruptFlag
        ).sentence(action)
    }
}
