internal import ArgumentParser
internal import InterruptModel
internal import Reporting
internal import Verdicts

/// `savic-eoi probe`.
struct ProbeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "probe",
        abstract: "Say what this host has and lacks for each backend, and what to do about it.",
        discussion: """
            EXAMPLES
              savic-eoi probe
              savic-eoi probe --require emulator    status 4 where it cannot run
              savic-eoi probe --json
            """)

    @Option(help: "Exit with 4 unless everything for this backend is there.")
    var require: RequiredBackend?

    @OptionGroup var printing: PrintOptions<PrintFormat>

    func run() throws {
        let readiness = Readiness.current
        let kernel = KernelLook(readiness)
        try printing.tell({ table(readiness, kernel, $0) }, document(readiness, kernel))
        if let require, !readiness.isReady(for: require.kind) {
            throw ExitCode(ExitStatus.nothingRan.rawValue)
        }
    }

    private func table(
        _ readiness: Readiness, _ kernel: KernelLook, _ palette: Palette
    ) -> String {
        let console = Console.current
        var text = HostReport.list.map { "\($0.name): \($0.value)\n" }.joined() + "\n"
        var columns = Columns()
        for check in readiness.checks {
            columns.add(check.status.rawValue, check.name, check.detail)
        }
        let lines = columns.lines(width: console.width) { row, column, cell in
            column == 0 ? palette.paint(cell, readiness.checks[row].status.role) : cell
        }
        text += lines.joined(separator: "\n") + "\n" + kernel.text(width: console.width)
        let remedies = readiness.checks.filter { !$0.remedy.isEmpty }
        if !remedies.isEmpty {
            var advice = Columns()
            for check in remedies { advice.add(check.name, check.remedy) }
            text += "\nwhat to do:\n"
            text += advice.lines(indent: 2, width: console.width).joined(separator: "\n") + "\n"
        }
        return text + Self.ending(of: readiness)
    }

    /// Which backends can run, and which one `auto` takes.
    static func ending(of readiness: Readiness) -> String {
        var text = "\n"
        for backend in BackendKind.allCases {
            let miss = readiness.firstMiss(for: backend)
            let simulator = backend == .savic ? readiness.simulatedBy : nil
            let state =
                miss.map { "not ready (\($0.name))" }
                ?? BackendKind.shown("ready", simulatedBy: simulator)
            text += "\(backend.rawValue): \(state)\n"
        }
        return text + "auto takes \(readiness.shownBackend): \(readiness.reason)\n"
    }

    func document(_ readiness: Readiness, _ kernel: KernelLook) -> JSONText {
        .document(
            by: .current, on: HostReport.list,
            [
                "backend": .string(readiness.backend.rawValue),
                "simulatedBy": readiness.backendSimulatedBy.map { .string($0) },
                "reason": .string(readiness.reason),
                "ready": .object(
                    RequiredBackend.allCases.map {
                        JSONText.Member($0.rawValue, .bool(readiness.isReady(for: $0.kind)))
                    }),
                "checks": .array(
                    readiness.checks.map {
                        [
                            "name": .string($0.name),
                            "level": .string($0.level.rawValue),
                            "status": .string($0.status.rawValue),
                            "detail": .string($0.detail),
                            "remedy": .string($0.remedy),
                        ]
                    }),
                "kernelRules": .object(
                    kernel.rules.map { .init($0.rule.rawValue, .bool($0.holds)) }),
                "peculiarities": .strings(kernel.remarks),
                "kernelFailure": kernel.failure.map { .string($0) },
            ])
    }
}

/// A backend that needs something of the host.
enum RequiredBackend: String, ExpressibleByArgument, CaseIterable, Sendable {
    case kvm, emulator, savic

    var kind: BackendKind { self == .kvm ? .kvm : self == .emulator ? .emulator : .savic }
}

extension ProbeCheck.Status {
    fileprivate var role: Palette.Role {
        switch self {
        case .found: .good
        case .missing: .absent
        case .forbidden: .bad
        case .unknown: .late
        }
    }
}
