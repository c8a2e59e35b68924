public import Verdicts

/// What a report to KCIDB says of itself; who runs the tests knows it, and nobody else.
public struct KCIDBIdentity: Equatable, Sendable {
    /// The CI system that reports: lower-case letters, digits and `_`.
    public var origin: String
    /// The build of the kernel that was tested, with the name of the system that has made it in
    /// front: `maestro:6543`.
    public var build: String
    /// What the ids of this run's tests begin with; no other run of the origin has the same.
    public var run: String

    public init(origin: String, build: String, run: String) {
        self.origin = origin
        self.build = build
        self.run = run
    }
}

/// Writes a run as a submission to KCIDB, KernelCI's database of results (reports §13):
/// version 5.3 of its I/O schema, whose only tests are those of the run. Nothing is sent.
///
/// - A test's path is `savic_eoi`, its group, its name: by it results of many runs are one test's.
/// - What went wrong in the tool or took too long is `ERROR`, for it says nothing of the kernel;
///   what was kept from running is `MISS`; what states nothing that could be judged is `DONE`.
/// - On the backends `model` and `emulator` no kernel's interrupt path is tested. What goes well
///   there is `DONE` and what does not `ERROR`: neither says anything of the build.
/// - Every `start_time` is that of the run.
/// - The database is public, so the host's name is not in it.
public struct KCIDBRecorder: Recorder {
    /// Characters of `log_excerpt`, by the schema.
    static let excerptLength = 16_384

    private let identity: KCIDBIdentity
    private let startTime: String?
    private let groups: [String: String]
    private var header: RunHeader?
    private var names = UniqueNames(before: "-", after: "")
    private var tests: [JSONText] = []

    /// - Parameters:
    ///   - startTime: ISO 8601 without a zone, of the whole run; left out when nil.
    ///   - groups: those of the scenarios, by their names.
    public init(
        _ identity: KCIDBIdentity, startTime: String? = nil, groups: [String: String] = [:]
    ) {
        self.identity = identity
        self.startTime = startTime
        self.groups = groups
    }

    public mutating func record(
        _ event: RunEvent, write: (String) throws -> Void
    ) rethrows {
        switch event {
        case .began(let header): self.header = header
        case .scenarioBegan: break
        case .scenarioEnded(let result): add(result)
        case .ended(_, let unfinished):
            for name in unfinished { addUnfinished(name) }
            let document: JSONText = [
                "version": ["major": .int(5), "minor": .int(3)], "tests": .array(tests),
            ]
            try write(document.pretty)
        }
    }

    private mutating func add(_ result: ScenarioResult) {
        add(
            result.name, group: result.group,
            [
                "status": .string(result.kcidbStatus(testsKernel: testsKernel)),
                "duration": .seconds(result.duration.isFinite ? max(0, result.duration) : 0),
                "comment": .text(comment(result)),
                "log_excerpt": result.isBad ? .text(excerpt(result)) : nil,
                "misc": [
                    "summary": .text(result.summary),
                    "verdict": .string(result.verdict.rawValue),
                    "code": (result.mismatch?.code.rawValue).map { .string($0) },
                    "hazards": .array(result.hazards.map { .text($0) }),
                    "compared": result.compared.json,
                    "rerun": .text(result.rerun),
                ],
            ])
    }

    private mutating func addUnfinished(_ name: String) {
        add(
            name, group: groups.group(of: name),
            ["status": "MISS", "comment": "not run or not finished"])
    }

    private mutating func add(_ name: String, group: String?, _ rest: JSONText) {
        let parts = name.nameParts
        let path = ["savic_eoi"] + (group?.nameParts ?? []) + parts
        let unique = names.next(parts.joined(separator: "."))
        let head: JSONText = [
            "id": .string("\(identity.origin):\(identity.run)-\(unique)"),
            "origin": .string(identity.origin),
            "build_id": .string(identity.build),
            "path": .string(path.joined(separator: ".")),
            "start_time": startTime.map { .string($0 + "+00:00") },
            "environment": environment,
        ]
        tests.append(.object(head.members + rest.members))
    }

    private var testsKernel: Bool { header?.backend == .kvm || header?.backend == .savic }

    private var environment: JSONText? {
        guard let header else { return nil }
        return [
            "comment": .text(
                "\(header.shownBackend), irqchip \(header.irqchip), design \(header.design)"),
            "misc": [
                "tool": .text(header.tool.name),
                "facts": .object(header.facts.map { JSONText.Member($0.name, .text($0.value)) }),
                "host": .object(header.host.map { JSONText.Member($0.name, .text($0.value)) }),
            ],
        ]
    }

    private func comment(_ result: ScenarioResult) -> String {
        let remark = testsKernel ? header?.simulation : "no kernel was tested"
        return [result.gist, remark].compactMap(\.self).joined(separator: "; ")
    }

    private func excerpt(_ result: ScenarioResult) -> String {
        let report = FailureReport(result: result, width: 100, simulation: header?.simulation)
        return report.lines.joined(separator: "\n").shortened(to: Self.excerptLength)
    }
}

extension ScenarioResult {
    fileprivate func kcidbStatus(testsKernel: Bool) -> String {
        switch outcome.verdict {
        case .pass: testsKernel ? "PASS" : "DONE"
        case .shown: "DONE"
        case .fail: testsKernel ? "FAIL" : "ERROR"
        case .skip: "SKIP"
        case .timeout, .error: "ERROR"
        }
    }
}

extension JSONText {
    /// A database of texts takes no NUL, and nobody else's terminal is to obey what is in it. Lines
    /// stay lines.
    fileprivate static func text(_ text: String) -> JSONText {
        .string(
            text.split(separator: "\n", omittingEmptySubsequences: false)
                .map { String($0).printable }.joined(separator: "\n"))
    }
}

extension [String: String] {
    /// The group of a scenario whose name may have an irqchip behind it.
    func group(of name: String) -> String? {
        self[name] ?? self[String(name.prefix { $0 != "@" })]
    }
}
