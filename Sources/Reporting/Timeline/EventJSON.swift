package import InterruptModel

/// What an event is called in documents, which are read back by it.
package enum EventName: String, CaseIterable {
    case delivered, accepted, ended, eoiRead, completed, vectorMinusOne, ioapicEOI, eoiExit
    case exitRequested, exitBegins, eoiSuppressed, acknowledged, resampled, delayed, lineStatus
    case faulted, lostEdge, takenElsewhere, hostWarning
}

extension Event {
    /// `{"event": "completed", "vector": 65, "vcpu": 0}`.
    /// - Parameter vcpu: the vCPU that the step is about; a delivery names its own.
    package func json(on vcpu: UInt8) -> JSONText {
        let place = if case .delivered(_, _, let receiver) = self { receiver } else { vcpu }
        func event(_ name: EventName, _ members: JSONText.Member...) -> JSONText {
            .object(
                [JSONText.Member("event", .string(name.rawValue))] + members
                    + [JSONText.Member("vcpu", .int(Int(place)))])
        }
        func number(_ name: String, _ value: some BinaryInteger) -> JSONText.Member {
            JSONText.Member(name, .int(Int(value)))
        }
        func of(_ vector: UInt8) -> JSONText.Member { number("vector", vector) }
        return switch self {
        case .delivered(let vector, let level, _):
            event(.delivered, of(vector), JSONText.Member("level", .bool(level)))
        case .accepted(let vector): event(.accepted, of(vector))
        case .ended(let vector, let level):
            event(.ended, of(vector), JSONText.Member("level", .bool(level)))
        case .eoiRead: event(.eoiRead)
        case .completed(let vector): event(.completed, of(vector))
        case .vectorMinusOne: event(.vectorMinusOne)
        case .ioapicEOI(let vector): event(.ioapicEOI, of(vector))
        case .eoiExit(let vector): event(.eoiExit, of(vector))
        case .exitRequested(let vector): event(.exitRequested, of(vector))
        case .exitBegins(let vector): event(.exitBegins, of(vector))
        case .eoiSuppressed(let vector): event(.eoiSuppressed, of(vector))
        case .acknowledged(let pin, let vector):
            event(.acknowledged, number("pin", pin), of(vector))
        case .resampled(let pin): event(.resampled, number("pin", pin))
        case .delayed(let pin): event(.delayed, number("pin", pin))
        case .lineStatus(let status): event(.lineStatus, number("status", status))
        case .faulted: event(.faulted)
        case .lostEdge(let vector): event(.lostEdge, of(vector))
        case .takenElsewhere(let pin): event(.takenElsewhere, number("pin", pin))
        case .hostWarning(let warning):
            event(.hostWarning, JSONText.Member("warning", .string(warning.spelling)))
        }
    }
}
