/// The words that scenario files, traces and reports spell actions with: a verb and its operands.
/// This table is the only place where words and actions meet.
public enum ActionVerb: String, Sendable, CaseIterable {
    /// What userspace does to a line (model-contract §2.1).
    case assert, reassert, deassert
    /// As `assert`, by KVM_IRQ_LINE_STATUS.
    case assertStatus = "assert-status"
    /// A resample irqfd, a message, and writes of an entry (model-contract §2.1, §2.2).
    case irqfd, msi, mask, unmask, trigger, retarget, vector, rewrite
    /// What the 10,000th successive EOI scheduled (kvm-interrupts §6.1).
    case delayedWork = "delayed-work"
    /// A new life of the vCPU, as are the next two lines' (model-contract §2.5).
    case reset
    /// INIT, for plain machines.
    case initSignal = "init"
    /// The 8259 asks, on secure machines with KVM's irqchip.
    case extINT = "ext-int"
    /// An EOI exit by itself, where a configuration says so (model-contract §6.3).
    case lateExit = "late-exit"
    /// What KVM and the hardware do (model-contract §2.3).
    case scan, inject, vmrun, accept
    /// What every guest does (model-contract §2.4).
    case run, sti, cli, eoi
    /// An EOI during which a line rises.
    case eoiRaising = "eoi-raising"
    /// A write of the EOI register that the x2APIC architecture forbids.
    case nonzeroEOI = "nonzero-eoi"
    /// A read of the EOI register, which it forbids too.
    case readEOI = "read-eoi"
    /// An EOI with nothing in service.
    case spuriousEOI = "spurious-eoi"
    /// A write of the IOAPIC's EOI register (kvm-interrupts §6.3).
    case directedEOI = "directed-eoi"
    /// A write of TPR.
    case tpr
    /// SAVIC_CONTROL.EN is set (secure-avic §1).
    case enableSAVIC = "enable-savic"
    /// Bits of ALLOWED_IRR, and a self-IPI.
    case allow, disallow, ipi
    /// SPIV is written with bit 8 set.
    case enableAPIC = "enable-apic"
    /// SPIV is written with bit 8 clear.
    case disableAPIC = "disable-apic"
    /// SPIV is written with bits 8 and 12 set (kvm-interrupts §6.2).
    case suppressBroadcast = "suppress-broadcast"

    /// What an operand stands for, and so which values it may have.
    public enum Operand: Sendable {
        /// A pin of the machine.
        case pin
        /// A vector that a local APIC takes, 16…255 (model-contract §1).
        case vector
        /// `edge` or `level`.
        case trigger
        /// A physical APIC identifier, 0…255.
        case destination
        /// 0…255.
        case value
    }

    /// What the words behind it stand for.
    public var operands: [Operand] { [facts.first, facts.second].compactMap { $0 } }

    /// The action with these operands, as many as `operands` says. A trigger is 0 for edge.
    public func action(_ first: UInt8 = 0, _ second: UInt8 = 0) -> Action {
        switch self {
        case .assert: .assert(pin: first)
        case .reassert: .reassert(pin: first)
        case .deassert: .deassert(pin: first)
        case .assertStatus: .assertStatus(pin: first)
        case .irqfd: .irqfd(pin: first)
        case .msi: .msi(vector: first)
        case .mask: .mask(pin: first)
        case .unmask: .unmask(pin: first)
        case .trigger: .trigger(pin: first, second == 0 ? .edge : .level)
        case .retarget: .retarget(pin: first, destination: second)
        case .vector: .vector(pin: first, vector: second)
        case .rewrite: .rewrite(pin: first)
        case .delayedWork: .delayedWork
        case .reset: .reset
        case .initSignal: .initSignal
        case .extINT: .extINT
        case .lateExit: .lateExit
        case .scan: .scan
        case .inject: .inject
        case .vmrun: .vmrun
        case .accept: .accept
        case .run: .run
        case .sti: .sti
        case .cli: .cli
        case .eoi: .eoi
        case .eoiRaising: .eoiRaising(pin: first)
        case .nonzeroEOI: .nonzeroEOI
        case .readEOI: .readEOI
        case .spuriousEOI: .spuriousEOI
        case .directedEOI: .directedEOI(vector: first)
        case .tpr: .tpr(first)
        case .enableSAVIC: .enableSAVIC
        case .allow: .allow(vector: first)
        case .disallow: .disallow(vector: first)
        case .ipi: .ipi(vector: first)
        case .enableAPIC: .enableAPIC
        case .disableAPIC: .disableAPIC
        case .suppressBroadcast: .suppressBroadcast
        }
    }
}

extension Action {
    /// The verb and its operands, 0 where it has none: the only way in which actions are taken
    /// apart. A trigger is 0 for edge.
    package var words: (verb: ActionVerb, first: UInt8, second: UInt8) {
        switch self {
        case .assert(let pin): (.assert, pin, 0)
        case .reassert(let pin): (.reassert, pin, 0)
        case .deassert(let pin): (.deassert, pin, 0)
        case .assertStatus(let pin): (.assertStatus, pin, 0)
        case .irqfd(let pin): (.irqfd, pin, 0)
        case .msi(let vector): (.msi, vector, 0)
        case .mask(let pin): (.mask, pin, 0)
        case .unmask(let pin): (.unmask, pin, 0)
        case .trigger(let pin, let trigger): (.trigger, pin, trigger == .edge ? 0 : 1)
        case .retarget(let pin, let destination): (.retarget, pin, destination)
        case .vector(let pin, let vector): (.vector, pin, vector)
        case .rewrite(let pin): (.rewrite, pin, 0)
        case .delayedWork: (.delayedWork, 0, 0)
        case .reset: (.reset, 0, 0)
        case .initSignal: (.initSignal, 0, 0)
        case .extINT: (.extINT, 0, 0)
        case .lateExit: (.lateExit, 0, 0)
        case .scan: (.scan, 0, 0)
        case .inject: (.inject, 0, 0)
        case .vmrun: (.vmrun, 0, 0)
        case .accept: (.accept, 0, 0)
        case .run: (.run, 0, 0)
        case .sti: (.sti, 0, 0)
        case .cli: (.cli, 0, 0)
        case .eoi: (.eoi, 0, 0)
        case .eoiRaising(let pin): (.eoiRaising, pin, 0)
        case .nonzeroEOI: (.nonzeroEOI, 0, 0)
        case .readEOI: (.readEOI, 0, 0)
        case .spuriousEOI: (.spuriousEOI, 0, 0)
        case .directedEOI(let vector): (.directedEOI, vector, 0)
        case .tpr(let value): (.tpr, value, 0)
        case .enableSAVIC: (.enableSAVIC, 0, 0)
        case .allow(let vector): (.allow, vector, 0)
        case .disallow(let vector): (.disallow, vector, 0)
        case .ipi(let vector): (.ipi, vector, 0)
        case .enableAPIC: (.enableAPIC, 0, 0)
        case .disableAPIC: (.disableAPIC, 0, 0)
        case .suppressBroadcast: (.suppressBroadcast, 0, 0)
        }
    }

    /// The action in words, in real pin and vector numbers of `space`: `assert 2`, `msi 0x31`.
    public func spelling(in space: some VectorSpace) -> String {
        let (verb, first, second) = renumbered(
            pin: { space.pin(Int($0)) }, vector: { space.vector(Int($0)) }
        ).words
        let operands = zip(verb.operands, [first, second]).map { operand, number in
            switch operand {
            case .pin, .destination: "\(number)"
            case .vector, .value: Spelling.vector(number)
            case .trigger: (number == 0 ? Trigger.edge : .level).rawValue
            }
        }
        return ([verb.rawValue] + operands).joined(separator: " ")
    }

    /// The same action with other numbers for its pin and vector.
    package func renumbered(
        pin: (UInt8) -> UInt8, vector: (UInt8) -> UInt8
    ) -> Action {
        let (verb, first, second) = words
        func other(_ operand: ActionVerb.Operand?, _ number: UInt8) -> UInt8 {
            switch operand {
            case .pin: pin(number)
            case .vector: vector(number)
            case .trigger, .destination, .value, nil: number
            }
        }
        return verb.action(other(verb.facts.first, first), other(verb.facts.second, second))
    }
}

/// How numbers are written for people.
public enum Spelling {
    /// `0x31`, as the APM and KVM's tracepoints write vectors.
    public static func vector(_ vector: UInt8) -> String {
        let digits = String(vector, radix: 16)
        return "0x" + (digits.count < 2 ? "0" + digits : digits)
    }

    /// `{0x31, 0x41}`, or `–` for none.
    public static func vectors(_ vectors: WideVectors) -> String {
        list(vectors.elements.map(vector))
    }

    /// `{2, 3}`, or `–` for none.
    public static func pins(_ pins: PinSet) -> String {
        list(pins.elements.map(String.init))
    }

    private static func list(_ members: [String]) -> String {
        members.isEmpty ? "–" : "{" + members.joined(separator: ", ") + "}"
    }
}

extension Event {
    /// The event in words, for histories; the wide space's numbers.
    public var spelling: String {
        switch self {
        case .delivered(let vector, let level):
            "deliver \(Spelling.vector(vector)) \(level ? "level" : "edge")"
        case .accepted(let vector): "accept \(Spelling.vector(vector))"
        case .ended(let vector, _): "guest ends \(Spelling.vector(vector))"
        case .eoiRead: "read of EOI"
        case .completed(let vector): "KVM completes \(Spelling.vector(vector))"
        case .vectorMinusOne: "KVM uses vector −1"
        case .ioapicEOI(let vector): "IOAPIC EOI \(Spelling.vector(vector))"
        case .eoiSuppressed(let vector): "EOI broadcast of \(Spelling.vector(vector)) suppressed"
        case .eoiExit(let vector): "EOI exit \(Spelling.vector(vector))"
        case .exitRequested(let vector): "EOI exit \(Spelling.vector(vector)) asked for"
        case .exitBegins(let ended): "exit for the EOI of \(Spelling.vector(ended))"
        case .lostEdge(let vector): "edge \(Spelling.vector(vector)) lost"
        case .hostWarning(let warning): warning.spelling
        case .acknowledged(let pin, _): "ack pin \(pin)"
        case .resampled(let pin): "resample pin \(pin)"
        case .delayed(let pin): "delay pin \(pin)"
        case .lineStatus(let status): "line status \(status)"
        case .faulted: "#GP"
        }
    }
}
