internal import Backends
internal import InterruptModel
internal import Reporting
internal import Scenarios

/// Whose document a file is, told by the members that it has and by nothing else.
enum ReportKind: String, CaseIterable {
    case run, matrix, characterize
    case merge, fuzz, explore, probe, bench, compare, show, mutants, list
    case skipped = "list --why-skipped"

    /// What `compare` takes.
    static let comparable: [ReportKind] = [.run, .matrix, .characterize]

    static let expected =
        "what run --format json, matrix --format json or characterize --json prints"

    /// In the order of the cases no earlier kind has all members of a later one.
    private var members: [String] {
        switch self {
        case .run: ["scenarios", "totals"]
        case .matrix: ["cells"]
        case .characterize: ["probes"]
        case .merge: ["merged"]
        case .fuzz: ["shard"]
        case .explore: ["violations"]
        case .probe: ["checks"]
        case .bench: ["roundTrips"]
        case .compare: ["columns"]
        case .show: ["start", "steps"]
        case .mutants: ["mutants"]
        case .list: ["scenarios"]
        case .skipped: ["skipped"]
        }
    }

    /// Refuses what is no document of this program's.
    init(of report: ReportMembers) throws(ScenarioError) {
        guard let kind = Self.allCases.first(where: { report.contains($0.members) }) else {
            throw report.error("nothing tells whose report this is; expected \(Self.expected)")
        }
        self = kind
    }
}

/// Reports that can be held against each other.
enum ComparableReports {
    case runs([RunReportFile])
    case matrices([MatrixReportFile])
    case hosts([HostReportFile])

    /// A file whose document is JSON of this version's schema.
    private struct Document {
        let file: String
        let kind: ReportKind
        let members: ReportMembers
    }

    /// Reads all of them. They have to be of one kind.
    init(reading paths: [String]) throws {
        let documents = try paths.map { path in
            try InputFile.parse(path) { bytes, file throws(ScenarioError) in
                let members = try ReportMembers(bytes, file: file, kind: ReportKind.expected)
                return Document(file: file, kind: try ReportKind(of: members), members: members)
            }
        }
        do throws(ScenarioError) {
            try Self.refuseOthers(documents)
            try self.init(documents)
        } catch {
            throw CommandFailure.input(error)
        }
    }

    private init(_ documents: [Document]) throws(ScenarioError) {
        switch documents.first?.kind {
        case .run:
            self = .runs(
                try documents.map { document throws(ScenarioError) in
                    try RunReportFile(document.members, file: document.file)
                })
        case .matrix:
            self = .matrices(
                try documents.map { document throws(ScenarioError) in
                    try MatrixReportFile(document.members, file: document.file)
                })
        default:
            self = .hosts(
                try documents.map { document throws(ScenarioError) in
                    try HostReportFile(document.members, file: document.file)
                })
        }
    }

    private static func refuseOthers(_ documents: [Document]) throws(ScenarioError) {
        for document in documents where !ReportKind.comparable.contains(document.kind) {
            throw document.members.error(
                "this is a report of \(document.kind.rawValue), which compare does not take; "
                    + "expected \(ReportKind.expected)")
        }
        guard let first = documents.first,
            let other = documents.first(where: { $0.kind != first.kind })
        else { return }
        let kinds = ReportKind.comparable.compactMap { kind -> String? in
            let files = documents.filter { $0.kind == kind }.map(\.file)
            return files.isEmpty ? nil : "\(files.joined(separator: ", ")) of \(kind.rawValue)"
        }
        throw other.members.error(
            "expected reports of one kind, found \(kinds.joined(separator: "; "))")
    }

    /// - Parameter models: columns beside those of hosts; nothing else has a place for them.
    func comparison(with models: [Assumptions]) throws -> ReportComparison {
        let takesModels = if case .hosts = self { true } else { false }
        guard models.isEmpty || takesModels else {
            throw CommandFailure.usage(
                "--model stands beside reports of characterize; these are of another command")
        }
        switch self {
        case .runs(let reports): return ReportComparison(reports)
        case .matrices(let reports): return ReportComparison(reports)
        case .hosts(let reports): return ReportComparison(reports, models)
        }
    }
}
