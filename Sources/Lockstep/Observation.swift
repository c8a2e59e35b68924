public import InterruptModel

/// Something that a backend may be able to see. The order is the order of telling: where several
/// fields differ, the first names the mismatch.
public enum ObservedField: UInt8, Sendable, CaseIterable {
    case eoiExits
    case accepted
    case acknowledgements
    case resamples
    case lineStatus
    case faults
    case remoteIRR
    case isr
    case irr
    case tmr
    case ppr
    case requested
    case pageISR
    case pageIRR
    case pageTMR
    case interruptFlag

    /// The name in reports: KVM's registers mean other things in the two kinds of machine.
    public func name(on kind: MachineKind) -> String {
        switch self {
        case .eoiExits: "EOI exits"
        case .accepted: "interrupts taken"
        case .acknowledgements: "acks"
        case .resamples: "resamples"
        case .lineStatus: "line status"
        case .faults: "#GP"
        case .remoteIRR: "Remote IRR"
        case .isr: kind == .secure ? "shadow ISR" : "ISR"
        case .irr: kind == .secure ? "software IRR" : "IRR"
        case .tmr: kind == .secure ? "software TMR" : "TMR"
        case .ppr: "PPR"
        case .requested: "RequestedIRR"
        case .pageISR: "page ISR"
        case .pageIRR: "page IRR"
        case .pageTMR: "page TMR"
        case .interruptFlag: "IF"
        }
    }

    /// What the field's register holds, for people; nil where the field is a list of events.
    package func spelling(in snapshot: Snapshot, of vcpu: Int = 0) -> String? {
        register(in: snapshot, of: vcpu)?.spelling
    }

    /// Whether each vCPU has one of it: Remote IRR is shared, and a step's events are its vCPU's.
    package var isOfEachVCPU: Bool {
        switch self {
        case .eoiExits, .accepted, .acknowledgements, .resamples, .lineStatus, .faults, .remoteIRR:
            false
        case .isr, .irr, .tmr, .ppr, .requested, .pageISR, .pageIRR, .pageTMR, .interruptFlag: true
        }
    }

    /// The field's register; nil where the field is a list of events.
    /// - Parameter vcpu: whose, where each vCPU has one.
    package func register(in snapshot: Snapshot, of vcpu: Int = 0) -> RegisterValue? {
        if self == .remoteIRR { return .pins(snapshot.remoteIRR) }
        let registers = snapshot[vcpu: vcpu]
        return switch self {
        case .eoiExits, .accepted, .acknowledgements, .resamples, .lineStatus, .faults, .remoteIRR:
            nil
        case .isr: .vectors(registers.isr)
        case .irr: .vectors(registers.irr)
        case .tmr: .vectors(registers.tmr)
        case .ppr: .vector(registers.ppr)
        case .requested: .vectors(registers.requested)
        case .pageISR: .vectors(registers.pageISR)
        case .pageIRR: .vectors(registers.pageIRR)
        case .pageTMR: .vectors(registers.pageTMR)
        case .interruptFlag: .flag(registers.interruptFlag)
        }
    }
}

/// What a register holds.
package enum RegisterValue: Equatable {
    case pins(PinSet)
    case vectors(WideVectors)
    case vector(UInt8)
    case flag(Bool)

    /// The value for people.
    package var spelling: String {
        switch self {
        case .pins(let pins): Spelling.pins(pins)
        case .vectors(let vectors): Spelling.vectors(vectors)
        case .vector(let vector): Spelling.vector(vector)
        case .flag(let isSet): isSet ? "1" : "0"
        }
    }

    /// Its numbers, ascending: a set's members, or the one value.
    package var numbers: [Int] {
        switch self {
        case .pins(let pins): pins.elements
        case .vectors(let vectors): vectors.elements.map { Int($0) }
        case .vector(let vector): [Int(vector)]
        case .flag(let isSet): [isSet ? 1 : 0]
        }
    }
}

/// A set of fields.
public struct FieldSet: OptionSet, Sendable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }
    public init(_ fields: some Sequence<ObservedField>) {
        rawValue = fields.reduce(0) { $0 | 1 << UInt32($1.rawValue) }
    }

    public func contains(_ field: ObservedField) -> Bool {
        rawValue >> UInt32(field.rawValue) & 1 != 0
    }

    public var count: Int { rawValue.nonzeroBitCount }

    private static let everything = FieldSet(ObservedField.allCases)
    private static let secureOnly = FieldSet([.requested, .pageISR, .pageIRR, .pageTMR])

    /// All that a machine of this kind has.
    public static func all(of kind: MachineKind) -> FieldSet {
        kind == .secure ? everything : everything.subtracting(secureOnly)
    }
}

extension Event {
    /// The field that shows this event, if any.
    var field: ObservedField? {
        switch self {
        case .accepted: .accepted
        case .eoiExit: .eoiExits
        case .acknowledged: .acknowledgements
        case .resampled: .resamples
        case .lineStatus: .lineStatus
        case .faulted: .faults
        case .delivered, .ended, .eoiRead, .completed, .vectorMinusOne, .ioapicEOI, .eoiSuppressed,
            .exitRequested, .exitBegins, .delayed, .lostEdge, .takenElsewhere, .hostWarning:
            nil
        }
    }

    /// The event without the field's name: `0x31`, `pin 2`.
    var value: String {
        switch self {
        case .accepted(let vector), .eoiExit(let vector): Spelling.vector(vector)
        case .acknowledged(let pin, _), .resampled(let pin): "pin \(pin)"
        case .lineStatus(let status): "\(status)"
        default: spelling
        }
    }
}
