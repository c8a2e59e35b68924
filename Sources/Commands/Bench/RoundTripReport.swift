internal import Backends
internal import InterruptModel
internal import Lockstep
internal import Reporting
internal import Verdicts

/// What round trips took on each backend, and which could not be measured.
struct RoundTripReport {
    enum Outcome {
        case measured(RoundTripMeasurement)
        case notRun(Skip)
        case failed(String)
        /// Ctrl-C came after this many rounds, those of the warm-up too.
        case unfinished(rounds: Int)
    }

    /// One backend with one irqchip.
    struct Entry {
        var backend: BackendKind
        /// Who plays the hardware that a backend of this kind ordinarily has.
        var simulatedBy: String?
        var irqchip: String
        var machine: String
        var design: String
        var outcome: Outcome

        /// The backend for people.
        var shownBackend: String { backend.shown(simulatedBy: simulatedBy) }
    }

    let rounds: Int
    let warmUp: Int
    /// What is assumed of secure machines.
    let axes: PartialAssumptions
    /// Nanoseconds that a reading of the clock takes.
    var clockCost = 0.0
    var entries: [Entry] = []

    private var measured: [(entry: Entry, measurement: RoundTripMeasurement)] {
        entries.compactMap { entry in
            if case .measured(let measurement) = entry.outcome { (entry, measurement) } else { nil }
        }
    }

    /// The worst wins, except that not all has to run.
    var status: ExitStatus {
        var status = measured.isEmpty ? ExitStatus.nothingRan : .passed
        for entry in entries {
            switch entry.outcome {
            case .unfinished: return .interrupted
            case .failed: status = .internalError
            case .measured, .notRun: break
            }
        }
        return status
    }

    // MARK: - Text

    func text(width: Int, _ palette: Palette) -> String {
        let parts = [heading(palette), table(palette), remarks(width: width, palette)]
        return parts.filter { !$0.isEmpty }.map { "\n" + $0.joined(separator: "\n") + "\n" }
            .joined()
    }

    private func heading(_ palette: Palette) -> [String] {
        let steps = RoundTrip.steps.map(\.description)
        var facts = Columns()
        facts.add("rounds", "\(rounds) each, after \(warmUp) to warm up")
        facts.add("a round", steps.joined(separator: ", "))
        if !axes.isEmpty {
            let chosen = axes.list.compactMap { axis in axis.value.map { "\(axis.name) \($0)" } }
            facts.add("assumed", chosen.joined(separator: ", "))
        }
        let cost = Self.short(clockCost)
        facts.add("clock", "a reading takes \(cost); three are in a round, one in an eoi")
        if !measured.isEmpty { facts.add("seen", evidence) }
        return [palette.paint("EOI round trips", .strong) + ", times in µs"] + facts.lines()
    }

    private var evidence: String {
        func sum(_ count: (RoundTripMeasurement) -> Int) -> Int {
            measured.reduce(0) { $0 + count($1.measurement) }
        }
        return "\(sum(\.deliveries)) interrupts taken and \(sum(\.endings)) EOIs in "
            + "\(sum(\.round.count)) rounds, each as the model has it"
    }

    private func table(_ palette: Palette) -> [String] {
        guard !measured.isEmpty else { return [] }
        let right = Array(repeating: Columns.Alignment.right, count: Self.figures.count)
        var columns = Columns([.left, .left, .left, .right, .left] + right)
        columns.add(
            ["backend", "irqchip", "design", "rounds/s", ""] + Self.figures.map(\.name))
        for (entry, measurement) in measured {
            columns.add(
                [
                    entry.shownBackend, entry.irqchip, entry.design,
                    "\(Int(measurement.roundsPerSecond.rounded()))", "round",
                ] + Self.figures.map { Self.short(Double($0.value(measurement.round))) })
            guard let eoi = measurement.eoi else { continue }
            columns.add(
                ["", "", "", "", "eoi"] + Self.figures.map { Self.short(Double($0.value(eoi))) })
        }
        return columns.lines { row, _, cell in row == 0 ? palette.paint(cell, .strong) : cell }
    }

    /// What the figures do not say.
    private func remarks(width: Int, _ palette: Palette) -> [String] {
        var rows: [Remark] = []
        for entry in entries {
            guard let next = remark(on: entry) else { continue }
            // What is true of a backend with both irqchips is said once.
            if let last = rows.last, last.backend == next.backend, last.sentence == next.sentence {
                rows[rows.count - 1].irqchips += ", " + next.irqchips
            } else {
                rows.append(next)
            }
        }
        var columns = Columns()
        for row in rows { columns.add(row.label, row.backend, row.irqchips, row.sentence) }
        return columns.lines(width: width) { row, column, cell in
            column == 0 ? palette.paint(cell, rows[row].role) : cell
        }
    }

    private struct Remark {
        var label: String
        var role: Palette.Role
        var backend: String
        var irqchips: String
        var sentence: String
    }

    private func remark(on entry: Entry) -> Remark? {
        let (label, role, sentence): (String, Palette.Role, String)
        switch entry.outcome {
        case .measured(let measurement):
            guard measurement.setup.endsAtDelivery else { return nil }
            (label, role, sentence) = ("peculiar", .late, Self.peculiarity)
        case .notRun(let skip):
            let parts = [skip.reason, skip.hint].filter { !$0.isEmpty }
            (label, role, sentence) = ("not run", .absent, parts.joined(separator: "; "))
        case .failed(let reason): (label, role, sentence) = ("failed", .bad, reason)
        case .unfinished(let done):
            let reason = done == 0 ? "interrupted" : "interrupted after \(done) rounds"
            (label, role, sentence) = ("unfinished", .late, reason)
        }
        return Remark(
            label: label, role: role, backend: entry.shownBackend, irqchips: entry.irqchip,
            sentence: sentence)
    }

    private static let peculiarity =
        "this KVM ends every interrupt itself at delivery, so the EOI reaches the IOAPIC in the "
        + "step that takes the interrupt; the guest's own ends nothing and is not shown"

    // MARK: - JSON

    var document: JSONText {
        [
            "steps": .strings(RoundTrip.steps.map(\.description)),
            "clockMicroseconds": .double(clockCost / 1_000),
            "measurements": .array(measured.map(document)),
            "notRun": .array(
                entries.compactMap { entry in
                    guard case .notRun(let skip) = entry.outcome else { return nil }
                    return Self.document(
                        entry,
                        [
                            .init("reason", .string(skip.reason)),
                            .init("hint", .string(skip.hint)),
                        ])
                }),
            "failures": .array(
                entries.compactMap { entry in
                    guard case .failed(let sentence) = entry.outcome else { return nil }
                    return Self.document(entry, [.init("failure", .string(sentence))])
                }),
            "unfinished": .array(
                entries.compactMap { entry in
                    guard case .unfinished(let done) = entry.outcome else { return nil }
                    return Self.document(entry, [.init("roundsDone", .int(done))])
                }),
        ]
    }

    private func document(
        _ entry: Entry, _ measurement: RoundTripMeasurement
    ) -> JSONText {
        var members: [JSONText.Member] = [
            .init("machine", .string(entry.machine)), .init("design", .string(entry.design)),
        ]
        if measurement.setup.kind == .secure {
            members.append(
                .init(
                    "assumptions", .assumptions(PartialAssumptions(axes.assumptions).list)))
        }
        members += [
            .init("rounds", .int(measurement.round.count)), .init("warmUp", .int(warmUp)),
            .init("deliveries", .int(measurement.deliveries)),
            .init("eois", .int(measurement.endings)),
            .init("endsAtDelivery", .bool(measurement.setup.endsAtDelivery)),
            .init("roundsPerSecond", .double((measurement.roundsPerSecond * 10).rounded() / 10)),
            .init("roundMicroseconds", Self.document(measurement.round)),
        ]
        if let eoi = measurement.eoi {
            members.append(.init("eoiMicroseconds", Self.document(eoi)))
        }
        return Self.document(entry, members)
    }

    private static func document(_ latencies: Latencies) -> JSONText {
        .object(
            figures.map {
                JSONText.Member($0.name, .double(Double($0.value(latencies)) / 1_000))
            })
    }

    private static func document(_ entry: Entry, _ members: [JSONText.Member]) -> JSONText {
        .object(
            [.init("backend", .string(entry.backend.rawValue))]
                + (entry.simulatedBy.map { [.init("simulatedBy", .string($0))] } ?? [])
                + [.init("irqchip", .string(entry.irqchip))] + members)
    }

    // MARK: - Figures

    /// What is told of a list of times, each in nanoseconds.
    private static let figures: [(name: String, value: @Sendable (Latencies) -> UInt64)] = [
        ("min", { $0.min }), ("p50", { $0.percentile(50) }), ("p90", { $0.percentile(90) }),
        ("p99", { $0.percentile(99) }), ("p99.9", { $0.percentile(99.9) }), ("max", { $0.max }),
    ]

    /// Nanoseconds as microseconds, in the three or more digits that the histogram keeps.
    static func short(_ nanoseconds: Double) -> String {
        func rounded(to unit: Double) -> Int { Int((nanoseconds / unit).rounded()) }
        let hundredths = rounded(to: 10)
        if hundredths < 1_000 {
            let fraction = hundredths % 100
            return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)"
        }
        let tenths = rounded(to: 100)
        return tenths < 1_000 ? "\(tenths / 10).\(tenths % 10)" : "\(rounded(to: 1_000))"
    }
}
