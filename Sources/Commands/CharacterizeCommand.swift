internal import ArgumentParser
internal import InterruptModel
internal import Lockstep
internal import Reporting
internal import Verdicts

/// `savic-eoi characterize`.
struct CharacterizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "characterize",
        abstract: "Find out on hardware what nobody has published: the assumptions to run under.",
        discussion: """
            Runs a fixed series of probes in a secure guest, each on a fresh one. None of them \
            sends KVM an EOI that it has nothing noted for. The JSON is what “run --assumptions \
            FILE” reads. On the emulator and on the kernel lab the assumptions below are what it \
            plays, and the answers are to be those again.
            """)

    @Option(name: .shortAndLong, help: "Where the guest runs.")
    var backend: SecureBackendChoice = .savic

    @Option(help: "Who plays the IOAPIC: userspace or KVM.")
    var irqchip: OneIRQChip = .split

    @OptionGroup(title: "What the emulator or the kernel lab plays")
    var axes: AxisOptions

    @Option(name: .shortAndLong, help: "The EOI design that the emulator or the kernel lab plays.")
    var design = DesignArgument(entry: EOIDesigns.standard)

    @Flag(help: "Print JSON.")
    var json = false

    @Option(help: "Seconds that one KVM_RUN may take.")
    var timeout = RunOptions.standardTimeout

    @Option(name: .customLong("color"), help: "Colour the table.")
    var colour: ColourChoice = .auto

    func validate() throws {
        guard (1...86_400).contains(timeout) else {
            throw ValidationError("--timeout takes 1 to 86400 seconds.")
        }
    }

    func run() throws {
        let host = try ProbeHosts.host(backend, timeout: UInt64(timeout))
        if let obstacle = host.obstacleToProbes(of: design.entry) {
            throw CommandFailure(
                status: .nothingRan,
                message: "nothing to characterize here: it \(obstacle.reason)"
                    + (obstacle.hint.isEmpty ? "" : "; \(obstacle.hint)"))
        }
        let found: Characterization
        do {
            found = try host.characterize(
                irqchip: irqchip.axis, played: axes.overrides.assumptions, design: design.entry)
        } catch {
            throw CommandFailure(failure: error)
        }
        try Output.print(
            json ? document(found, on: host).pretty : table(found, on: host))
        if found.findings.contains(where: { $0.answer == nil }) {
            throw ExitCode(ExitStatus.failed.rawValue)
        }
    }

    func table(_ found: Characterization, on host: any ProbeHost) -> String {
        let console = Console.current
        let palette = Palette(colour: console.colours(colour))
        var columns = Columns()
        for finding in found.findings {
            columns.add(finding.name, finding.answer?.spelling ?? "unknown", finding.question)
            columns.add("", "", finding.evidence)
        }
        // Two rows for each finding: the answer to its question, and what was seen.
        let lines = columns.lines(width: console.width) { row, column, cell in
            guard row % 2 == 0 else { return palette.paint(cell, .faint) }
            let isKnown = found.findings[row / 2].answer != nil
            return column == 1 ? palette.paint(cell, isKnown ? .good : .bad) : cell
        }
        var text =
            "\(Tool.name)\nbackend  \(host.shownName)\n\n"
            + lines.joined(separator: "\n") + "\n"
        let options = found.assumptions.list.compactMap { axis in
            axis.value.map { "--\(axis.name) \($0)" }
        }
        text += "\nrun with: savic-eoi run \(options.joined(separator: " "))\n"
        return text
    }

    func document(_ found: Characterization, on host: any ProbeHost) -> JSONText {
        [
            "schemaVersion": .int(1),
            "tool": .string(Tool.name),
            "host": .object(HostReport.list.map { JSONText.Member($0.name, .string($0.value)) }),
            "backend": .string(host.name),
            "simulatedBy": host.simulatedBy.map { .string($0) },
            "irqchip": .string(irqchip.rawValue),
            "assumptions": .object(
                found.assumptions.list.compactMap { axis in
                    axis.value.map { JSONText.Member(axis.name, .string($0)) }
                }),
            "findings": .array(
                found.findings.map {
                    [
                        "name": .string($0.name),
                        "question": .string($0.question),
                        "answer": $0.answer.map { .string($0.spelling) } ?? .null,
                        "evidence": .string($0.evidence),
                    ]
                }),
        ]
    }
}

/// The backend of a characterization.
enum ProbeHosts {
    static func host(_ choice: SecureBackendChoice, timeout: UInt64) throws -> any ProbeHost {
        if choice == .emulator {
            let backend = EmulatorBackend(limit: timeout)
            try check(backend.refusal)
            return backend
        }
        let backend = SavicBackend(
            lack: Readiness.current.lack(for: .savic), limit: timeout)
        try check(backend.refusal)
        return backend
    }

    private static func check(_ refusal: String?) throws {
        if let refusal { throw CommandFailure(status: .internalError, message: refusal) }
    }
}

/// Backends with a secure guest.
enum SecureBackendChoice: String, ExpressibleByArgument, CaseIterable, Sendable {
    case emulator, savic
}

/// One irqchip.
enum OneIRQChip: String, ExpressibleByArgument, CaseIterable, Sendable {
    case split, kernel

    var axis: IRQChip { self == .split ? .split : .kernel }
}
