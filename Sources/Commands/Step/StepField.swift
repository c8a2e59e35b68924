internal import InterruptModel
internal import Lockstep

/// What can be asked of a machine and its latest step. The words are those of scenario files and
/// reports where these have one.
enum StepField: String, CaseIterable {
    case lines
    case remoteIRR = "remote-irr"
    case irr
    case requested
    case pageIRR = "page-irr"
    case interruptFlag = "if"
    case ppr
    case pageISR = "page-isr"
    case shadowISR = "shadow-isr"
    case isr
    case tmr
    case pageTMR = "page-tmr"
    case guestWouldEnd = "guest-would-end"
    case kvmWouldComplete = "kvm-would-complete"
    case orphans
    case unserved
    case stale
    case taken
    case ended
    case completed
    case eoiExits = "eoi-exits"
    case acks
    case resamples
    case lineStatus = "line-status"
    case faults

    /// What it holds, for help.
    var meaning: String {
        switch self {
        case .lines: "pins whose line is high"
        case .remoteIRR: "pins whose Remote IRR is set"
        case .irr: "vectors in KVM's IRR"
        case .requested: "vectors in RequestedIRR"
        case .pageIRR: "vectors in the page's IRR"
        case .interruptFlag: "the guest's interrupt flag, 0 or 1"
        case .ppr: "the processor priority class, PPR bits 7:4"
        case .pageISR: "vectors in the page's ISR: what the guest has in service"
        case .shadowISR: "vectors in KVM's shadow of it"
        case .isr: "vectors in KVM's ISR, on a secure machine the shadow"
        case .tmr: "vectors in KVM's TMR"
        case .pageTMR: "vectors in the page's TMR"
        case .guestWouldEnd: "the vector that an EOI would end"
        case .kvmWouldComplete: "the vectors that KVM would complete then"
        case .orphans: "pins whose Remote IRR waits for an EOI that cannot come"
        case .unserved: "level pins that ask for service and will not get it"
        case .stale: "noted vectors that are nowhere on their way"
        case .taken: "vectors that the guest took in the latest step"
        case .ended: "vectors that the guest ended in it"
        case .completed: "vectors that KVM completed in it"
        case .eoiExits: "vectors of EOIs that reached the IOAPIC in it"
        case .acks: "pins that were acknowledged in it"
        case .resamples: "pins whose resamplefd was signalled in it"
        case .lineStatus: "what KVM_IRQ_LINE_STATUS answered in it"
        case .faults: "whether the guest took a #GP in it, 0 or 1"
        }
    }

    /// Those of a machine of this kind.
    static func all(of kind: MachineKind) -> [StepField] {
        allCases.filter { kind == .secure || !$0.needsSecureMachine }
    }

    private var needsSecureMachine: Bool {
        switch self {
        case .requested, .pageIRR, .pageISR, .shadowISR, .pageTMR, .stale: true
        default: false
        }
    }

    /// What it holds.
    /// - Parameters:
    ///   - portrait: the machine behind the step.
    ///   - events: those of the step.
    func value(_ portrait: Portrait, _ events: [Event]) -> StepValue {
        let registers = portrait.registers
        func vectors(_ read: (Event) -> UInt8?) -> RegisterValue {
            .vectors(WideVectors(events.compactMap(read)))
        }
        func pins(_ read: (Event) -> UInt8?) -> RegisterValue {
            .pins(PinSet(events.compactMap(read).map(Int.init)))
        }
        let register: RegisterValue
        switch self {
        case .lines: register = .pins(portrait.lines)
        case .remoteIRR: register = .pins(registers.remoteIRR)
        case .irr: register = .vectors(registers.irr)
        case .requested: register = .vectors(registers.requested)
        case .pageIRR: register = .vectors(registers.pageIRR)
        case .interruptFlag: register = .flag(registers.interruptFlag)
        case .ppr: register = .vector(registers.ppr)
        case .pageISR: register = .vectors(registers.pageISR)
        case .shadowISR, .isr: register = .vectors(registers.isr)
        case .tmr: register = .vectors(registers.tmr)
        case .pageTMR: register = .vectors(registers.pageTMR)
        case .guestWouldEnd:
            register = .vectors(WideVectors([portrait.guestWouldEnd].compactMap { $0 }))
        case .kvmWouldComplete:
            register = .vectors(portrait.kvmWouldComplete ?? WideVectors())
        case .orphans: register = .pins(portrait.orphans)
        case .unserved: register = .pins(portrait.unserved)
        case .stale: register = .vectors(portrait.stale)
        case .taken:
            register = vectors { if case .accepted(let vector) = $0 { vector } else { nil } }
        case .ended:
            register = vectors { if case .ended(let vector, _) = $0 { vector } else { nil } }
        case .completed:
            register = vectors { if case .completed(let vector) = $0 { vector } else { nil } }
        // As scenario files expect them: with a split irqchip each is an exit.
        case .eoiExits:
            register = vectors { if case .ioapicEOI(let vector) = $0 { vector } else { nil } }
        case .acks:
            register = pins { if case .acknowledged(let pin, _) = $0 { pin } else { nil } }
        case .resamples:
            register = pins { if case .resampled(let pin) = $0 { pin } else { nil } }
        case .faults: register = .flag(events.contains(.faulted))
        case .lineStatus:
            return .answers(
                events.compactMap { if case .lineStatus(let it) = $0 { Int(it) } else { nil } })
        }
        return .register(register)
    }
}

/// What a field holds.
enum StepValue: Equatable {
    case register(RegisterValue)
    /// Answers of the kernel, in order.
    case answers([Int])

    /// The value for people.
    var spelling: String {
        switch self {
        case .register(let value): value.spelling
        case .answers(let list): list.isEmpty ? "–" : list.map(String.init).joined(separator: ", ")
        }
    }

    /// The numbers in it.
    var numbers: Set<Int> {
        switch self {
        case .register(let value): Set(value.numbers)
        case .answers(let list): Set(list)
        }
    }

    /// Whether it is one number, and no set of them.
    var isSingle: Bool {
        switch self {
        case .register(.flag), .register(.vector): true
        case .register(.pins), .register(.vectors), .answers: false
        }
    }
}
