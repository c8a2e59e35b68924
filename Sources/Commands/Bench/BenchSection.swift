internal import KVMHost
internal import Reporting
internal import Verdicts

/// One kind of measurement. `bench` goes through its sections, shows each when it is done, and
/// makes one document of all.
protocol BenchSection {
    /// The name of its member in the JSON document.
    var key: String { get }

    /// Measures, to the end or until Ctrl-C; what fails on the way is part of the result.
    mutating func measure()

    /// The result for people, with a blank line above.
    /// - Parameter width: of the terminal, in characters.
    func text(width: Int, _ palette: Palette) -> String

    var document: JSONText { get }

    var status: ExitStatus { get }
}

/// What a bench says beside its sections: where it was made.
struct BenchReport {
    /// Without the optimizer the model is slower by an order of magnitude.
    #if DEBUG
        private static let build = "debug"
        private static let advice = "; “-c release” makes one that is worth measuring"
    #else
        private static let build = "release"
        private static let advice = ""
    #endif

    var heading: String {
        var columns = Columns()
        for fact in HostReport.list { columns.add(fact.name, fact.value) }
        columns.add("build", Self.build + Self.advice)
        return "\(Tool.current.name)\n"
            + columns.lines(width: Console.current.width)
            .joined(separator: "\n") + "\n"
    }

    func document(of sections: [any BenchSection]) -> JSONText {
        .document(
            by: .current, on: HostReport.list,
            .object(
                [.init("build", .string(Self.build))]
                    + sections.map { JSONText.Member($0.key, $0.document) }
                    + [.init("interrupted", .bool(Interruption.requested))]))
    }

    /// The worst status of the sections. That a section could not run here only counts where none
    /// could.
    func status(of sections: [any BenchSection]) -> ExitStatus {
        if Interruption.requested { return .interrupted }
        return sections.map(\.status).filter { $0 != .nothingRan }
            .max { $0.rawValue < $1.rawValue } ?? .nothingRan
    }
}
