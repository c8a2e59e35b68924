import Testing
import Verdicts

@testable import Reporting

@Suite("Text for people (reports §1; command-line §5, §7)")
struct TextTests {
    private func text(
        _ events: [RunEvent] = Script.events, _ change: (inout TextOptions) -> Void = { _ in }
    ) -> String {
        var options = TextOptions()
        change(&options)
        return written(events, TextRecorder(options: options))
    }

    @Test("A run reads exactly like this at 80 columns")
    func snapshot() {
        #expect(text() == Snapshot.text80)
    }

    @Test("Each verdict has its colour, and the hazard one of its own")
    func colours() {
        let coloured = text { $0.colour = true }
        let words = [
            "32mpass", "35;1mhazard", "31;1mfail", "36;1mskip", "33;1mtimeout", "31;1merror",
        ]
        for word in words { #expect(coloured.contains("\n\u{1B}[\(word)\u{1B}[0m")) }
    }

    @Test("Colour changes nothing but colour, and there is none unless asked for")
    func colourIsOnlyColour() {
        let plain = text()
        #expect(!plain.contains("\u{1B}"))
        #expect(text { $0.colour = true }.replacing(/\u{1B}\[[0-9;]*m/, with: "") == plain)
    }

    @Test("No line but a command to copy is wider than the terminal", arguments: [80, 100, 132])
    func width(width: Int) {
        let lines = text { $0.width = width }.split(separator: "\n")
        for line in lines where !line.contains("rerun: ") { #expect(line.count <= width) }
    }

    @Test("Each switch hides its own scenario line and no other")
    func switches() {
        let switches: [(WritableKeyPath<TextOptions, Bool>, String)] = [
            (\.showPassed, "pass"), (\.showHazards, "hazard"), (\.showFailed, "fail"),
            (\.showSkipped, "skip"), (\.showTimedOut, "timeout"), (\.showErrors, "error"),
        ]
        func words(_ text: String) -> [String] {
            text.split(separator: "\n").filter { $0.first?.isLetter == true }
                .compactMap { $0.split(separator: " ").first.map { String($0) } }
        }
        let only: (inout TextOptions) -> Void = {
            $0.showHeader = false
            $0.showFinal = false
        }
        for (path, word) in switches {
            let shown = text {
                only(&$0)
                $0[keyPath: path] = false
            }
            #expect(words(shown) == words(text(change: only)).filter { $0 != word })
        }
        #expect(words(text(change: only)) == switches.map(\.1))
    }

    private func text(change: (inout TextOptions) -> Void) -> String {
        text(Script.events, change)
    }

    @Test("Without reports the reason and the command stay")
    func shortReports() {
        let short = text(Script.run([Script.fail])) {
            $0.showReports = false
            $0.showFinal = false
        }
        #expect(!short.contains("→"))
        #expect(short.contains("step 6: EOI-WRONG-VECTOR: EOI exit vector expected 0x41"))
        #expect(short.contains("rerun: \(Script.fail.rerun)\n"))
    }

    @Test("The arrow points at the culprit, and at nothing when the whole run is judged")
    func arrow() {
        var result = Script.fail
        let lines = FailureReport(result: result, width: 80).lines
        #expect(lines.filter { $0.contains("→") } == ["  →  6  eoi          EOI exit 0x31"])
        result.outcome.mismatch?.step = 0
        let whole = FailureReport(result: result, width: 80).lines
        #expect(whole.first == "whole run: EOI-WRONG-VECTOR")
        #expect(!whole.contains { $0.contains("→") })
    }

    @Test("Skips are counted by reason, the most frequent first, each with its hint")
    func groupedSkips() {
        func skipped(_ name: String, _ reason: String, _ hint: String) -> ScenarioResult {
            var result = Script.skip
            result.name = name
            result.outcome.skip = Skip(reason: reason, hint: hint)
            return result
        }
        let results =
            (1...2).map { skipped("a\($0)", "needs split", "") }
            + (1...12).map { skipped("b\($0)", "needs SEV-SNP", "see `savic-eoi probe`") }
        let end = text(Script.run(results)) { $0.showSkipped = false }
        let block = """
            14 skipped:
              12  needs SEV-SNP; see `savic-eoi probe`
               2  needs split

            """
        #expect(end.contains(block))
    }

    @Test("A stopped run names what did not run, and counts it apart")
    func unfinished() {
        let end = text(Script.run([Script.pass], unfinished: ["one", "two"]))
        #expect(end.contains("2 not run or not finished: one, two\n"))
        #expect(end.hasSuffix("1 pass, 0 fail, 0 skip, 0 timeout, 0 error, 2 unfinished\n"))
    }

    @Test("Strict is said at the top, and the verdict is printed as it was computed")
    func strict() {
        var header = Script.header
        header.strict = true
        var result = Script.hazard
        result.outcome.verdict = .fail
        let all = text(Script.events(header, [result]))
        #expect(all.contains("strict        a known hazard counts as a failure\n"))
        #expect(all.contains("\nfail     nested-eoi"))
        #expect(all.contains("hazard: attribution, redelivery"))
    }
}
