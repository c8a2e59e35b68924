internal import InterruptModel
internal import Lockstep

/// A part of the program that is there only where something calls it. The template names them so.
enum SelftestPart: String, CaseIterable {
    // What the guest does.
    case command, run, sti, cli, wrmsr, rdmsr, eoi, store
    // What it writes into the IOAPIC.
    case entry, directedEOI
    // What the host does.
    case lineStatus, message, msi, resampler, irqfd, register, reset, suppress, initSignal

    /// What it calls.
    private var needs: Set<Self> {
        switch self {
        case .run, .sti, .cli, .wrmsr, .rdmsr, .store: [.command]
        case .eoi: [.wrmsr]
        case .entry: [.store]
        case .directedEOI: [.store, .run]
        case .msi: [.message]
        case .initSignal: [.message, .wrmsr]
        case .irqfd: [.resampler]
        case .reset: [.register]
        case .suppress: [.register, .run]
        case .command, .lineStatus, .message, .resampler, .register: []
        }
    }

    /// Parts with all that they call.
    static func complete(_ parts: Set<Self>) -> Set<Self> {
        let more = parts.union(parts.flatMap(\.needs))
        return more == parts ? parts : complete(more)
    }
}

/// One step of the program: a line, and what is expected behind it.
struct SelftestStep {
    private let number: Int
    private let action: String
    private let line: String
    private let expectation: SelftestExpectation
    let parts: Set<SelftestPart>

    init(_ step: Timeline.Step) throws(SelftestObstacle) {
        number = step.number
        action = step.action.description
        guard let (line, parts) = Self.code(of: step) else {
            throw .step(number: step.number, step.action.description)
        }
        (self.line, self.parts) = (line, parts)
        expectation = SelftestExpectation(step.events, step.own.portrait.registers)
    }

    /// What the template names.
    var content: [String: Any] {
        ["number": number, "action": action, "line": line, "expectation": expectation.lines]
    }

    /// A line, and what it calls.
    private typealias Code = (line: String, parts: Set<SelftestPart>)

    private static func code(of step: Timeline.Step) -> Code? {
        let action = step.action
        switch action.verb {
        case .ioapic(let verb): return code(of: verb, action, step.events)
        case .vmm(let verb): return code(of: verb, action)
        case .guest(let verb): return code(of: verb, action)
        case .access(let verb): return code(of: verb, action)
        case .hypervisor: return nil
        }
    }

    private static func code(
        of verb: IOAPICVerb, _ action: Action, _ events: [Event]
    ) -> Code? {
        let pin = action.first
        switch verb {
        case .assert, .reassert: return ("kvm_irq_line(vm, \(pin), 1);", [])
        case .deassert: return ("kvm_irq_line(vm, \(pin), 0);", [])
        case .assertStatus:
            let told = events.compactMap { event in
                if case .lineStatus(let told) = event { told } else { nil }
            }
            return told.first.map {
                ("TEST_ASSERT_EQ(irq_line_status(\(pin), 1), \($0));", [.lineStatus])
            }
        case .irqfd: return ("irqfd_signal(\(pin));", [.irqfd])
        case .mask: return ("ioapic_mask(\(pin));", [.entry])
        case .unmask: return ("ioapic_unmask(\(pin));", [.entry])
        case .rewrite: return ("ioapic_rewrite(\(pin));", [.entry])
        case .trigger: return ("ioapic_set_level(\(pin), \(action.second != 0));", [.entry])
        case .vector:
            let vector = Spelling.vector(UInt8(truncatingIfNeeded: action.second))
            return ("ioapic_set_vector(\(pin), \(vector));", [.entry])
        case .retarget:
            let destination = Destination(code: action.second)
            guard !destination.isLogical else { return nil }
            return ("ioapic_set_destination(\(pin), \(destination.number));", [.entry])
        // KVM does it by itself, and soon.
        case .delayedWork: return nil
        }
    }

    private static func code(of verb: VMMVerb, _ action: Action) -> Code? {
        switch verb {
        case .msi: ("signal_msi(\(Spelling.vector(action.first)));", [.msi])
        case .reset: ("reset_lapic();", [.reset])
        case .initSignal: ("signal_init();", [.initSignal])
        case .extINT: nil
        }
    }

    private static func code(of verb: GuestVerb, _ action: Action) -> Code? {
        switch verb {
        case .run: ("guest_run();", [.run])
        case .sti: ("guest_sti();", [.sti])
        case .cli: ("guest_cli();", [.cli])
        case .eoi: ("guest_eoi();", [.eoi])
        case .directedEOI:
            ("ioapic_directed_eoi(\(Spelling.vector(action.first)));", [.directedEOI])
        // Nobody can act in the middle of an EOI that KVM handles itself; and there is one vCPU.
        case .eoiRaising, .sendIPI: nil
        }
    }

    private static func code(
        of verb: AccessVerb, _ action: Action
    ) -> Code? {
        func wrmsr(_ register: String, _ value: String) -> Code {
            ("guest_wrmsr(\(register), \(value));", [.wrmsr])
        }
        return switch verb {
        case .spuriousEOI: ("guest_eoi();", [.eoi])
        case .nonzeroEOI: wrmsr("APIC_EOI", "1")
        case .readEOI: ("guest_rdmsr(APIC_EOI);", [.rdmsr])
        case .tpr: wrmsr("APIC_TASKPRI", Spelling.vector(action.first))
        case .ipi:
            wrmsr("APIC_ICR", "APIC_DEST_SELF | APIC_DM_FIXED | \(Spelling.vector(action.first))")
        case .enableAPIC: wrmsr("APIC_SPIV", "APIC_SPIV_APIC_ENABLED | 0xff")
        case .disableAPIC: wrmsr("APIC_SPIV", "0xff")
        case .suppressBroadcast: ("suppress_broadcast();", [.suppress])
        case .enableSAVIC, .allow, .disallow: nil
        }
    }
}

/// What the machine has to look like behind a step, as arguments of the program's `expect`.
struct SelftestExpectation {
    private let fields: [String]

    init(_ events: [Event], _ registers: Snapshot) {
        var fields: [String] = []
        for case .accepted(let vector) in events {
            fields.append(".taken = \(Spelling.vector(vector))")
        }
        if events.contains(.faulted) { fields.append(".fault = GP_VECTOR") }
        for (name, vectors) in [
            ("irr", registers.irr), ("isr", registers.isr), ("tmr", registers.tmr),
        ] where !vectors.isEmpty {
            let list = vectors.elements.map(Spelling.vector).joined(separator: ", ")
            fields.append(".\(name) = { \(list) }")
        }
        let pins = registers.remoteIRR.elements
        if !pins.isEmpty {
            fields.append(".remote_irr = \(pins.map { "BIT(\($0))" }.joined(separator: " | "))")
        }
        var resampled: [UInt8: Int] = [:]
        for case .resampled(let pin) in events { resampled[pin, default: 0] += 1 }
        for (pin, count) in resampled.sorted(by: { $0.key < $1.key }) {
            fields.append(".resampled[\(pin)] = \(count)")
        }
        self.fields = fields
    }

    /// The call, in lines of at most 80 columns with the tab of eight before them.
    var lines: [String] {
        let call = "expect("
        let room = 80 - 8 - ");".count
        let margin = String(repeating: " ", count: call.count)
        var lines = [call]
        var last: String {
            get { lines[lines.count - 1] }
            set { lines[lines.count - 1] = newValue }
        }
        for (index, field) in fields.enumerated() {
            let text = field + (index + 1 < fields.count ? "," : "")
            // Only a field that is too long for a line is broken itself.
            let width = room - call.count
            for piece in text.count <= width ? [text] : text.wrapped(at: width) {
                if last == call {
                    last += piece
                } else if last.count + 1 + piece.count <= room {
                    last += " " + piece
                } else {
                    lines.append(margin + piece)
                }
            }
        }
        last += ");"
        return lines
    }
}
