public import ArgumentParser
public import InterruptModel
public import Reporting
internal import Scenarios
public import Verdicts

/// `--color`.
enum ColourChoice: String, ExpressibleByArgument, CaseIterable, Sendable {
    case auto, always, never
}

/// `--backend` where the host may decide.
enum BackendChoice: String, ExpressibleByArgument, CaseIterable, Sendable {
    case auto, model, kvm, emulator, savic

    /// Nil for `auto`.
    var kind: BackendKind? { BackendKind(rawValue: rawValue) }
}

extension BackendKind: ExpressibleByArgument {
    /// The machine that it makes unless a scenario wants another.
    var machine: MachineKind { self == .kvm ? .plain : .secure }

    /// The design that such a machine is reported with: a plain one has KVM's own.
    func design(_ chosen: String) -> String { self == .kvm ? Scenario.plainDesign : chosen }
}

/// `--irqchip`.
enum IRQChipChoice: String, ExpressibleByArgument, CaseIterable, Sendable {
    case split, kernel, both

    var axes: [IRQChip] {
        switch self {
        case .split: [.split]
        case .kernel: [.kernel]
        case .both: [.split, .kernel]
        }
    }
}

/// `--exit-style`.
enum ExitStyle: String, ExpressibleByArgument, CaseIterable, Sendable {
    /// The codes of this program's own table.
    case full
    /// kselftest's: 0 passed, 1 failed, 4 skipped.
    case ksft
    /// That of `git bisect run`: 0 good, 1 bad, 125 cannot be tested.
    case bisect

    /// How a process exits that has come to this.
    func code(of status: ExitStatus) -> Int32 {
        switch (self, status) {
        case (.full, _): status.rawValue
        case (_, .passed): 0
        case (.ksft, .nothingRan): ExitStatus.nothingRan.rawValue
        case (_, .failed), (.ksft, _): ExitStatus.failed.rawValue
        // git stops a bisection at whatever is above 127. What is mistyped is so at every commit.
        case (.bisect, .interrupted): ExitStatus.interrupted.rawValue
        case (.bisect, .usage): 128 + ExitStatus.usage.rawValue
        case (.bisect, _): 125
        }
    }

    /// That of a command line which cannot be read as a whole.
    init(readFrom arguments: [String]) {
        let option = "--exit-style"
        let pairs = zip(arguments, arguments.dropFirst())
        let asked = Self.allCases.first { style in
            arguments.contains("\(option)=\(style.rawValue)")
                || pairs.contains { $0 == option && $1 == style.rawValue }
        }
        self = asked ?? .full
    }
}

extension GuestEOI: ExpressibleByArgument {}
extension Granularity: ExpressibleByArgument {}
extension MachineKind: ExpressibleByArgument {}
extension IRQChip: ExpressibleByArgument {}

extension [DesignArgument] {
    /// The designs, each once.
    var entries: [EOIDesignEntry] {
        var names: Set<String> = []
        return map(\.entry).filter { names.insert($0.name).inserted }
    }
}

/// A design by name.
struct DesignArgument: ExpressibleByArgument, Sendable {
    var entry: EOIDesignEntry

    init(entry: EOIDesignEntry) { self.entry = entry }

    init?(argument: String) {
        guard let entry = EOIDesigns.named(argument) else { return nil }
        self.entry = entry
    }

    static var allValueStrings: [String] { EOIDesigns.all.map(\.name) }
    static var defaultCompletionKind: CompletionKind { .list(allValueStrings) }
    var defaultValueDescription: String { entry.name }
}

/// `--format`: what a command's result can be written as, text and JSON among it.
protocol ResultFormat: ExpressibleByArgument, CaseIterable, Equatable, Sendable {
    static var text: Self { get }
    static var json: Self { get }
}

extension OutputFormat: ResultFormat {}

/// `--format` of what is told as text or as one JSON document.
enum PrintFormat: String, ResultFormat {
    case text, json
}

/// How and where a command writes its result.
struct PrintOptions<Format: ResultFormat>: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: "How to write the result; may be repeated, each with an --output.")
    var format: [Format] = []

    @Flag(help: "The same as --format json.")
    var json = false

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "File for the --format of the same rank; - is stdout.", valueName: "file"),
        completion: .file())
    var output: [String] = []

    @Flag(help: "Replace files that exist.")
    var overwrite = false

    @Option(name: .customLong("color"), help: "Colour the text.")
    var colour: ColourChoice = .auto

    /// All that are asked for.
    var formats: [Format] { format + (json ? [.json] : []) }

    var palette: Palette { Palette(colour: Console.current.colours(colour)) }
}

extension ParsableArguments {
    /// Refuses a number that an option does not take; nil, where the option is not given, is fine.
    func check(_ option: String, _ value: Int?, in range: ClosedRange<Int>) throws {
        guard let value, !range.contains(value) else { return }
        throw ValidationError("\(option) takes \(range.lowerBound) to \(range.upperBound).")
    }

    /// The same without an upper bound.
    func check(_ option: String, _ value: Int?, in range: PartialRangeFrom<Int>) throws {
        guard let value, !range.contains(value) else { return }
        throw ValidationError("\(option) takes \(range.lowerBound) or more.")
    }
}
