/// The words that scenario files, traces and reports spell actions with: a verb and its operands.
/// This table is the only place where words and actions meet.
public enum ActionVerb: String, Sendable, CaseIterable {
    case assert, reassert, deassert
    case assertStatus = "assert-status"
    case irqfd, msi, mask, unmask, trigger, retarget, vector, rewrite
    case delayedWork = "delayed-work"
    case reset
    case initSignal = "init"
    case extINT = "ext-int"
    case lateExit = "late-exit"
    case scan, inject, vmrun, accept
    case run, sti, cli, eoi
    case eoiRaising = "eoi-raising"
    case nonzeroEOI = "nonzero-eoi"
    case readEOI = "read-eoi"
    case spuriousEOI = "spurious-eoi"
    case directedEOI = "directed-eoi"
    case tpr
    case enableSAVIC = "enable-savic"
    case allow, disallow, ipi
    case enableAPIC = "enable-apic"
    case disableAPIC = "disable-apic"
    case suppressBroadcast = "suppress-broadcast"

    /// What an operand stands for, and so which values it may have.
    public enum Operand: Sendable {
        /// A pin of the machine.
        case pin
        /// 16…255.
        case vector
        /// `edge` or `level`.
        case trigger
        /// A physical APIC identifier, 0…255.
        case destination
        /// 0…255.
        case value
    }

    public var operands: [Operand] {
        switch self {
        case .assert, .reassert, .deassert, .assertStatus, .irqfd, .mask, .unmask, .rewrite,
            .eoiRaising:
            [.pin]
        case .msi, .directedEOI, .allow, .disallow, .ipi: [.vector]
        case .trigger: [.pin, .trigger]
        case .retarget: [.pin, .destination]
        case .vector: [.pin, .vector]
        case .tpr: [.value]
        case .delayedWork, .reset, .initSignal, .extINT, .lateExit, .scan, .inject, .vmrun,
            .accept, .run, .sti, .cli, .eoi, .nonzeroEOI, .readEOI, .spuriousEOI, .enableSAVIC,
            .enableAPIC, .disableAPIC, .suppressBroadcast:
            []
        }
    }

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
    /// The action in words, in real pin and vector numbers of `space`: `assert 2`, `msi 0x31`.
    public func spelling(in space: some VectorSpace) -> String {
        func pin(_ index: UInt8) -> String { "\(space.pin(Int(index)))" }
        func vector(_ index: UInt8) -> String { Spelling.vector(space.vector(Int(index))) }
        func words(_ verb: ActionVerb, _ operands: String...) -> String {
            ([verb.rawValue] + operands).joined(separator: " ")
        }
        return switch self {
        case .assert(let index): words(.assert, pin(index))
        case .reassert(let index): words(.reassert, pin(index))
        case .deassert(let index): words(.deassert, pin(index))
        case .assertStatus(let index): words(.assertStatus, pin(index))
        case .irqfd(let index): words(.irqfd, pin(index))
        case .msi(let index): words(.msi, vector(index))
        case .mask(let index): words(.mask, pin(index))
        case .unmask(let index): words(.unmask, pin(index))
        case .trigger(let index, let trigger): words(.trigger, pin(index), trigger.rawValue)
        case .retarget(let index, let destination):
            words(.retarget, pin(index), "\(destination)")
        case .vector(let index, let number): words(.vector, pin(index), vector(number))
        case .rewrite(let index): words(.rewrite, pin(index))
        case .delayedWork: words(.delayedWork)
        case .reset: words(.reset)
        case .initSignal: words(.initSignal)
        case .extINT: words(.extINT)
        case .lateExit: words(.lateExit)
        case .scan: words(.scan)
        case .inject: words(.inject)
        case .vmrun: words(.vmrun)
        case .accept: words(.accept)
        case .run: words(.run)
        case .sti: words(.sti)
        case .cli: words(.cli)
        case .eoi: words(.eoi)
        case .eoiRaising(let index): words(.eoiRaising, pin(index))
        case .nonzeroEOI: words(.nonzeroEOI)
        case .readEOI: words(.readEOI)
        case .spuriousEOI: words(.spuriousEOI)
        case .directedEOI(let index): words(.directedEOI, vector(index))
        case .tpr(let value): words(.tpr, Spelling.vector(value))
        case .enableSAVIC: words(.enableSAVIC)
        case .allow(let index): words(.allow, vector(index))
        case .disallow(let index): words(.disallow, vector(index))
        case .ipi(let index): words(.ipi, vector(index))
        case .enableAPIC: words(.enableAPIC)
        case .disableAPIC: words(.disableAPIC)
        case .suppressBroadcast: words(.suppressBroadcast)
        }
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
