public import Verdicts

/// Writes a run as JUnit XML that GitLab, Jenkins and GitHub's readers accept
/// (reports §3): one suite per run, only attributes that strict readers know, nothing
/// nested. The sums stand in front of the cases, so everything is kept until `ended`.
public struct JUnitRecorder: Recorder {
    private let hostName: String?
    private let startTime: String?
    private var header: RunHeader?
    private var names = UniqueNames()
    private var cases: [String] = []

    /// - Parameters:
    ///   - hostName: `hostname` of the suite; left out when nil.
    ///   - startTime: `timestamp` of the suite, ISO 8601 without a zone; left out when nil.
    public init(hostName: String? = nil, startTime: String? = nil) {
        self.hostName = hostName
        self.startTime = startTime
    }

    public mutating func record(
        _ event: RunEvent, write: (String) throws -> Void
    ) rethrows {
        switch event {
        case .began(let header): self.header = header
        case .scenarioBegan: break
        case .scenarioEnded(let result): add(result)
        case .ended(let totals, let unfinished):
            for name in unfinished { addUnfinished(name) }
            try write(document(totals, unfinished: unfinished.count))
        }
    }

    private var backend: String { header?.shownBackend ?? "" }

    private mutating func add(_ result: ScenarioResult) {
        let time = XMLText.attribute("time", secondsText(result.duration))
        addCase(result.name, group: result.group, time: time, body: body(result))
    }

    /// Not run is an `error`, as in KTAP: `skipped` would show a stopped run as a green one.
    /// The group is not known here, and a made-up one would look like the real one.
    private mutating func addUnfinished(_ name: String) {
        let message = XMLText.attribute("message", "not run or not finished")
        addCase(
            name, group: "unfinished", time: XMLText.attribute("time", secondsText(0)),
            body: "      <error\(message) type=\"unfinished\"/>\n")
    }

    private mutating func addCase(_ name: String, group: String, time: String, body: String) {
        let classname = XMLText.attribute("classname", "\(backend).\(group)")
        let start = "    <testcase" + classname + XMLText.attribute("name", names.next(name)) + time
        cases.append(start + (body.isEmpty ? "/>\n" : ">\n\(body)    </testcase>\n"))
    }

    private func body(_ result: ScenarioResult) -> String {
        let element =
            switch result.verdict {
            case .pass, .shown: ""
            case .skip: skipped(result)
            case .fail: problem("failure", result, result.mismatch?.code.rawValue ?? "fail")
            case .timeout: problem("error", result, "timeout")
            case .error: problem("error", result, result.mismatch?.code.rawValue ?? "error")
            }
        if result.verdict == .skip { return element }
        let output = result.account.joined(separator: "\n")
        return element + "      <system-out>\(XMLText.escaped(output))</system-out>\n"
    }

    private func skipped(_ result: ScenarioResult) -> String {
        let message = XMLText.attribute("message", result.skip?.text ?? result.reason)
        return "      <skipped\(message)/>\n"
    }

    private func problem(_ element: String, _ result: ScenarioResult, _ type: String) -> String {
        let message = result.mismatch.map { "\($0.place): \($0.sentence)" } ?? result.reason
        let attributes = XMLText.attribute("message", message) + XMLText.attribute("type", type)
        let report = FailureReport(
            result: result, width: 100, simulation: header?.simulation
        ).lines.joined(separator: "\n")
        return "      <\(element)\(attributes)>\(XMLText.escaped(report))</\(element)>\n"
    }

    private func document(_ totals: Totals, unfinished: Int) -> String {
        // Counted as written: readers compare these sums with the elements below.
        let errors = totals[.timeout] + totals[.error] + unfinished
        let sums = [
            ("tests", String(cases.count)), ("failures", String(totals[.fail])),
            ("errors", String(errors)), ("skipped", String(totals[.skip])),
            ("time", secondsText(totals.seconds)),
        ].map { XMLText.attribute($0, $1) }.joined()
        var suite = XMLText.attribute("name", backend) + sums
        if let startTime { suite += XMLText.attribute("timestamp", startTime) }
        if let hostName { suite += XMLText.attribute("hostname", hostName) }
        return """
            <?xml version="1.0" encoding="UTF-8"?>
            <testsuites name="savic-eoi"\(sums)>
              <testsuite\(suite)>
                <properties>
            \(properties)    </properties>
            \(cases.joined())  </testsuite>
            </testsuites>

            """
    }

    private var properties: String {
        guard let header else { return "" }
        let facts =
            [("tool", header.tool.name)] + header.facts
            + header.host.map { ("host." + $0.name, $0.value) }
        return facts.map { name, value in
            let attributes = XMLText.attribute("name", name) + XMLText.attribute("value", value)
            return "      <property\(attributes)/>\n"
        }.joined()
    }
}
