import Testing
import Verdicts

@testable import Reporting

@Suite("The log of a GitHub Actions step (reports §8)")
struct GitHubTests {
    private func log(_ events: [RunEvent] = Script.events) throws -> WorkflowLog {
        try WorkflowLog(written(events, GitHubRecorder()))
    }

    private func renamed(_ result: ScenarioResult, _ name: String) -> ScenarioResult {
        var result = result
        result.name = name
        return result
    }

    @Test("A run of a hazard and a failure reads exactly like this")
    func snapshot() {
        var fail = Script.timeout
        fail.outcome.steps = [HistoryLine(step: 41, text: "eoi", events: "")]
        let events = Script.run([Script.hazard, fail, Script.skip], unfinished: ["a,b"])
        #expect(
            written(events, GitHubRecorder()) == #"""
                savic-eoi 1.0.0
                backend: model (no /dev/kvm on this host)
                irqchip: split
                design: rfc-v2
                assumptions: page-tmr=accurate, guest-eoi=linux
                kernel rules: unmask-resamples yes, found by probes
                ::debug::started nested-eoi
                hazard nested-eoi: compared 1 step, 8 fields, 1 EOI; hazard: attribution, redelivery
                ::debug::started storm
                ::error title=timeout%3A storm::no answer within 10 s at step 41: eoi%0Arerun: \#
                savic-eoi run storm
                ::group::timeout: storm: no answer within 10 s at step 41: eoi
                no answer within 10 s at step 41: eoi
                  (40 earlier steps left out)
                    41  eoi
                rerun: savic-eoi run storm
                ::endgroup::
                ::debug::started resample-ack
                skip resample-ack: needs the irqchip in the kernel; add --irqchip kernel
                ::error title=1 not run or not finished::a,b
                ::notice title=1 passed with a known hazard%2C 1 skipped::known hazards of \#
                rfc-v2: attribution in 1, redelivery in 1%0A1 skipped: needs the irqchip in the \#
                kernel; add --irqchip kernel
                3 scenarios in 10.005 s, compared 41 steps, 328 fields, 21 EOIs: 1 pass (1 \#
                hazard), 0 fail, 1 skip, 1 timeout, 0 error, 1 unfinished

                """#)
    }

    @Test("Each of fail, timeout and error is an error with its reason, its command and a group")
    func errors() throws {
        let log = try log()
        let bad = [Script.fail, Script.timeout, Script.error]
        let errors = log.commands.filter { $0.name == "error" }
        let titles = bad.map { "\($0.verdict.rawValue): \($0.name.printable)" }
        #expect(
            errors.map { $0.properties["title"] } == titles + ["1 not run or not finished"])
        let messages = bad.map { "\($0.reason.printable)\nrerun: \($0.rerun)" }
        #expect(errors.map(\.message) == messages + ["never-reached"])
        #expect(log.groups.count == 3)
        for (group, result) in zip(log.groups, bad) {
            #expect(group.lines == FailureReport(result: result, width: 100).lines)
        }
    }

    @Test("The last line has the totals, and every scenario has a line or a group")
    func plain() throws {
        let log = try log()
        #expect(
            log.plain.last?.hasSuffix(
                "2 pass (1 hazard), 1 fail, 1 skip, 1 timeout, 1 error, "
                    + "1 unfinished") == true)
        let words = log.plain.dropFirst(6).map { $0.prefix { $0 != " " } }
        #expect(words == ["pass", "hazard", "skip", "6"])
    }

    @Test("There are ten annotations at most, and the last error names all the others")
    func annotations() throws {
        let bad = (1...30).map { renamed(Script.fail, "scenario-\($0)") }
        let events = Script.run([Script.hazard, Script.skip] + bad, unfinished: ["one"])
        let log = try log(events)
        #expect(log.annotations.count == 10)
        #expect(log.groups.count == 30)
        let rest = log.annotations[7]
        #expect(rest.properties["title"] == "23 more did not pass")
        #expect(rest.message == (8...30).map { "scenario-\($0)" }.joined(separator: ", "))
    }

    @Test("Names that are long make no long annotation")
    func longNames() throws {
        let name = String(repeating: "n", count: 5000)
        let bad = (1...30).map { renamed(Script.error, name + String($0)) }
        for each in try log(Script.run(bad)).annotations {
            #expect(each.properties["title"]?.count ?? 0 <= 200)
            #expect(each.message.count < 5000)
        }
    }

    @Test("A green run of passes only has no annotation")
    func green() throws {
        #expect(try log(Script.run([Script.pass])).annotations.isEmpty)
    }

    @Test("Where nothing ran, a warning says why")
    func nothingRan() throws {
        let skipped = try log(Script.run([Script.skip])).annotations
        #expect(skipped.map(\.name) == ["warning"])
        #expect(
            skipped[0].message == "1 skipped: needs the irqchip in the kernel; "
                + "add --irqchip kernel")
        let empty = try log(Script.run([])).annotations
        #expect(empty.map(\.message) == ["nothing ran"])
    }

    @Test("A death after any event leaves a log whose last line names what was running")
    func everyPrefixIsValid() throws {
        var text = ""
        for (event, piece) in zip(Script.events, pieces(Script.events, GitHubRecorder())) {
            text += piece
            let log = try WorkflowLog(text)
            if case .scenarioBegan(let name) = event {
                #expect(log.commands.last?.message == "started \(name.printable)")
            }
        }
    }

    @Test(
        "Nothing in a name is a command, and the annotation has it whole",
        arguments: [
            "::error::a", " ::error::a", "a::b", ":::", "##[error]a", "a ###[group]", "a,b=c:d",
            "100%", "%0A", "%3A", "##[\u{301}error]", "::\u{301}error::", "#\u{301}#[x",
        ])
    func nastyNames(name: String) throws {
        var fail = renamed(Script.error, name)
        fail.outcome.failure = name
        let log = try log(Script.run([fail, renamed(Script.pass, name)], unfinished: [name]))
        let annotations = log.annotations
        #expect(annotations.map(\.name) == ["error", "error"])
        #expect(annotations[0].properties["title"] == "error: \(name)")
        #expect(annotations[0].message == "\(name)\nrerun: \(fail.rerun)")
        #expect(annotations[1].message == name)
        #expect(log.groups.map(\.title) == ["error: \(name): \(name)"])
    }

    @Test(
        "A plain line is changed only where the runner would obey it",
        arguments: [
            ("::error::a", ": :error::a"), ("  ::a", "  : :a"), ("a::b", "a::b"),
            (":a:", ":a:"), ("##[x]", "## [x]"), ("a####[x]", "a#### [x]"), ("#[#", "#[#"),
            ("", ""), ("\r\n::a", "␍␊::a"),
        ])
    func plain(text: String, line: String) {
        #expect(GitHubText.plain(text) == line)
    }

    @Test("Escapes are those of GitHub's toolkit")
    func escapes() {
        let text = "%:,\r\n"
        #expect(
            GitHubText.command("error", [("title", text)], text)
                == "::error title=%25%3A%2C%0D%0A::%25:,%0D%0A")
    }

    @Test(
        "The reader itself refuses what it should",
        arguments: [
            ("::group::a\n", "every group is closed"), ("::endgroup::\n", "a group is open"),
            ("::group::a\n::group::b\n", "no group in a group"),
            ("::group::a\n::error::b\n", "only plain lines in a group"),
            (" ::set-env::a\n", "known commands only"), ("::error\n", "a command has a message"),
            ("::error file=a::b\n", "known properties only"),
            ("::error::100%\n", "a per cent sign begins an escape"),
            ("a ##[error]b\n", "no command of the older kind"),
            ("\u{1B}a\n", "no control characters"), ("a", "the last line is complete"),
        ])
    func readerIsStrict(text: String, rule: String) {
        let error = #expect(throws: WorkflowLog.Malformed.self) { try WorkflowLog(text) }
        #expect(error?.rule == rule)
    }
}
