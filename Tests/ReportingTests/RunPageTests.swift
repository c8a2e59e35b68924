import Testing
import Verdicts

@testable import Reporting

@Suite("The first page of a report")
struct RunPageTests {
    /// The page of a run by its events, and what was put into it.
    private func page(_ events: [RunEvent]) throws -> (text: String, content: [String: Any]) {
        var page: RunPage?
        for event in events {
            switch event {
            case .began(let header): page = RunPage(header, documents: ["result.json"])
            case .scenarioBegan: break
            case .scenarioEnded(let result):
                page?.add(result, picture: result.verdict == .fail ? "a-picture.html" : nil)
            case .ended(let totals, let unfinished):
                let made = try #require(page)
                let text = try made.text(totals, unfinished: unfinished)
                return (text, made.content(totals, unfinished))
            }
        }
        throw CancellationError()
    }

    @Test("The template names what there is, and all of it")
    func template() throws {
        let asked = TemplateNames.asked(by: PackageResources.report_mustache)
        let given = try TemplateNames.given(by: page(Script.events).content)
        #expect(given == asked)
        #expect(asked.count > 20)
    }

    @Test("Each scenario stands there once, what did not pass first, with its command")
    func scenarios() throws {
        let text = try page(Script.events).text
        let rows = text.split(separator: "<tr data-verdict=\"").dropFirst()
        let results = Script.events.compactMap { event -> ScenarioResult? in
            if case .scenarioEnded(let result) = event { result } else { nil }
        }
        #expect(rows.count == results.count)
        let order = ["fail", "error", "timeout", "hazard", "shown", "pass", "skip"]
        let ranks = rows.compactMap { row in order.firstIndex { row.hasPrefix($0) } }
        #expect(ranks.count == results.count && ranks == ranks.sorted())
        for result in results where result.verdict != .skip {
            #expect(text.contains("<code>\(XMLText.html(result.rerun))</code>"))
        }
        #expect(text.contains("<a href=\"a-picture.html\">"))
    }

    /// A run of one scenario.
    private func headline(
        _ outcome: ScenarioOutcome, on machine: String = "secure", isJudged: Bool = true
    ) throws -> (text: String, isWrong: Bool?) {
        guard case .began(var header)? = Script.events.first else { throw CancellationError() }
        (header.design, header.isJudged) = ("rfc-v2", isJudged)
        var outcome = outcome
        outcome.machine = machine
        let result = ScenarioResult(
            name: "one", summary: "", group: "g", outcome, duration: 0, rerun: "savic-eoi run one")
        var totals = Totals()
        totals.add(result)
        let content = try page([
            .began(header), .scenarioEnded(result), .ended(totals, unfinished: []),
        ]).content
        return (content["verdict"] as? String ?? "", content["isWrong"] as? Bool)
    }

    @Test("Its sentence says whose a violation is, and whether it was known")
    func verdicts() throws {
        let hazard = ScenarioOutcome(.pass, hazards: ["attribution"])
        #expect(
            try headline(hazard) == ("rfc-v2 goes wrong, as known, in 1 of 1 scenario", true))
        #expect(
            try headline(hazard, on: "plain")
                == ("invariants are violated, as known, in 1 of 1 scenario", true))
        let shown = ScenarioOutcome(.shown, hazards: ["attribution"])
        #expect(
            try headline(shown, isJudged: false)
                == ("invariants are violated in 1 of 1 scenario", true))
        #expect(
            try headline(ScenarioOutcome(.pass)) == (
                "1 scenario ran, and nothing went wrong", false
            ))
        let skip = ScenarioOutcome(.skip, skip: Skip(reason: "no"))
        #expect(try headline(skip) == ("nothing could run", true))
        #expect(try headline(ScenarioOutcome(.error)) == ("1 of 1 scenario did not pass", true))
    }

    @Test("It needs no network")
    func selfContained() throws {
        let text = try page(Script.events).text
        #expect(!text.contains("://") && text.contains("default-src 'none'"))
    }

    @Test("What an interruption kept from running is said")
    func unfinished() throws {
        var events = Script.events
        guard case .ended(let totals, _)? = events.popLast() else { throw CancellationError() }
        events.append(.ended(totals, unfinished: ["stuck-line", "<b>"]))
        let text = try page(events).text
        #expect(text.contains("not run or not finished: stuck-line, &lt;b&gt;"))
    }
}

extension XMLText {
    /// As Mustache escapes it for HTML.
    fileprivate static func html(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
            .replacing(">", with: "&gt;").replacing("\"", with: "&quot;")
            .replacing("'", with: "&#39;")
    }
}
