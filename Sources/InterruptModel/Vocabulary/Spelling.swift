extension Action: CustomStringConvertible {
    /// The action in words, in the numbers that it has: `assert 2`, `msi 0x31`, `eoi @1`.
    public var description: String {
        let operands = zip(verb.operands, [UInt16(first), second]).map { operand, number in
            switch operand {
            case .pin: "\(number)"
            case .destination: "\(Destination(code: number))"
            case .ipiDestination: "\(IPIDestination(code: number))"
            case .vector, .value: Spelling.vector(UInt8(truncatingIfNeeded: number))
            case .trigger: (number == 0 ? Trigger.edge : .level).rawValue
            }
        }
        let place = vcpu == 0 ? [] : ["@\(vcpu)"]
        return ([verb.word] + operands + place).joined(separator: " ")
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
        case .delivered(let vector, let level, let vcpu):
            "deliver \(Spelling.vector(vector)) \(level ? "level" : "edge")"
                + (vcpu == 0 ? "" : " to vCPU \(vcpu)")
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
        case .takenElsewhere(let pin): "pin \(pin)'s interrupt is another vCPU's"
        case .acknowledged(let pin, _): "ack pin \(pin)"
        case .resampled(let pin): "resample pin \(pin)"
        case .delayed(let pin): "delay pin \(pin)"
        case .lineStatus(let status): "line status \(status)"
        case .faulted: "#GP"
        }
    }
}
