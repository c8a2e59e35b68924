internal import InterruptModel
internal import Lockstep
internal import Reporting
internal import Scenarios
internal import Verdicts

/// The scenarios that a backend does not run on this host, each with what it lacks.
struct SkipList {
    private let kind: BackendKind
    private let reason: String
    private let asked: Int
    private var skips: [(name: String, skip: Skip)] = []

    /// A scenario is skipped that can be run on none of the irqchips that it is written for.
    ///
    /// Errors: the backend cannot be asked.
    init(_ scenarios: [Scenario], on chosen: ChosenBackend) throws {
        if let refusal = chosen.refusal {
            throw CommandFailure(status: .internalError, message: refusal)
        }
        (kind, reason, asked) = (chosen.backend.kind, chosen.reason, scenarios.count)
        var backend = chosen.backend
        for scenario in scenarios {
            let skips = try scenario.irqchips.map { try Self.skip(scenario, $0, on: &backend) }
            guard skips.allSatisfy({ $0 != nil }), let first = skips.first, let skip = first else {
                continue
            }
            self.skips.append((scenario.name, skip))
        }
    }

    private static func skip(
        _ scenario: Scenario, _ irqchip: IRQChip, on backend: inout any Backend
    ) throws -> Skip? {
        let options = LockstepOptions(design: scenario.design(chosen: nil), irqchip: irqchip)
        return try Lockstep(options).skip(scenario, on: &backend)
    }

    /// Those that lack the same stand together.
    func text(_ palette: Palette) -> String {
        let width = Console.current.width
        var groups: [(skip: Skip, names: [String])] = []
        for (name, skip) in skips {
            if let known = groups.firstIndex(where: { $0.skip == skip }) {
                groups[known].names.append(name)
            } else {
                groups.append((skip, [name]))
            }
        }
        var lines: [String] = []
        for group in groups {
            lines += group.skip.text.printable.wrapped(at: width)
                .map { palette.paint($0, .strong) }
            lines += group.names.joined(separator: ", ").printable.wrapped(at: width - 2)
                .map { "  " + $0 }
            lines.append("")
        }
        let place = "\(kind.rawValue) (\(reason))"
        lines += "\(skips.count) of \(counted(asked, "scenario")) cannot run on \(place)"
            .printable.wrapped(at: width)
        return lines.map { $0 + "\n" }.joined()
    }

    var document: JSONText {
        .document(
            by: .current,
            [
                "backend": .string(kind.rawValue), "backendReason": .string(reason),
                "asked": .int(asked),
                "skipped": .array(
                    skips.map { name, skip in
                        [
                            "name": .string(name), "reason": .string(skip.reason),
                            "hint": .string(skip.hint),
                        ]
                    }),
            ])
    }
}
