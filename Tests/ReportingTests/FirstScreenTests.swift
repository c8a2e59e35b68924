import Testing
import Verdicts

@testable import Reporting

@Suite("The first screen: what was found, and what to go on with (reports §1)")
struct FirstScreenTests {
    private static let next = [
        Suggestion(command: "savic-eoi matrix", meaning: "which design is safe under what")
    ]

    private func screen(
        _ results: [ScenarioResult], unfinished: [String] = [], width: Int = 80,
        _ change: (inout RunHeader) -> Void = { _ in }
    ) -> [String] {
        var options = TextOptions()
        options.width = width
        options.showPassed = false
        options.showHazards = false
        options.showSkipped = false
        options.next = Self.next
        var header = Script.header
        header.assumptions = [("page-tmr", nil), ("guest-eoi", nil)]
        header.kernelRules = ""
        change(&header)
        let events = Script.events(header, results, unfinished: unfinished)
        return written(events, TextRecorder(options: options)).split(
            separator: "\n", omittingEmptySubsequences: false
        ).dropLast().map(String.init)
    }

    private static func hazard(
        _ name: String, _ invariants: [String], steps: Int = 5, picture: String? = nil
    ) -> ScenarioResult {
        var result = Script.hazard
        result.name = name
        result.summary = "about \(name)"
        result.outcome.hazards = invariants
        result.outcome.compared.steps = steps
        result.picture = picture ?? "savic-eoi show \(name)"
        return result
    }

    @Test("It reads like this")
    func snapshot() {
        let results =
            [Script.pass, Script.skip]
            + [
                Self.hazard("one", ["attribution", "no-stale-shadow"]),
                Self.hazard("two", ["attribution"]), Self.hazard("three", ["no-lost-level"]),
            ]
        #expect(
            screen(results) == [
                "savic-eoi 1.0.0, design rfc-v2, irqchip split",
                "backend model (no /dev/kvm on this host)",
                "rfc-v2 goes wrong, as known, in 3 of 4 scenarios",
                "  attribution      2  ███████  KVM ends another interrupt than the guest",
                "  no-lost-level    1  ███      a line is high and nobody will serve it",
                "  no-stale-shadow  1  ███      a leftover note will claim a later EOI",
                "",
                "See the worst",
                "  savic-eoi show one    about one",
                "  savic-eoi show three  about three",
                "Go on; -v shows every scenario",
                "  savic-eoi matrix      which design is safe under what",
                "1 skipped: needs the irqchip in the kernel; add --irqchip kernel",
                "5 scenarios in 0.019 s, compared 27 steps, 120 fields, 6 EOIs",
                "4 pass (3 hazard), 0 fail, 1 skip, 0 timeout, 0 error",
            ])
    }

    @Test("What did not pass comes first, with its command, and then what shows it")
    func failure() throws {
        var fail = Script.fail
        fail.picture = "savic-eoi show level-retrigger"
        let lines = screen([Self.hazard("one", ["attribution"]), fail])
        let found = try #require(lines.firstIndex(of: "1 of 2 scenarios did not pass"))
        #expect(lines[found + 1] == "fail     level-retrigger")
        #expect(lines[found + 3].hasSuffix("rerun: \(fail.rerun)"))
        let known = try #require(lines.firstIndex(of: "known hazards of rfc-v2:"))
        #expect(known > found)
        let look = try #require(lines.firstIndex(of: "See what went wrong"))
        #expect(lines[look + 1].hasPrefix("  savic-eoi show level-retrigger      A line that"))
        #expect(lines[look + 2] == "  savic-eoi explain EOI-WRONG-VECTOR  what that is")
        #expect(!lines.contains("See the worst"))
    }

    @Test("A run without a hazard is good, and offers no picture")
    func clean() {
        let lines = screen([Script.pass])
        #expect(lines[2] == "1 scenario ran, and nothing went wrong")
        #expect(lines.filter { $0.contains("savic-eoi show") }.isEmpty)
        #expect(lines.contains("Go on; -v shows every scenario"))
    }

    @Test("Assumptions and rules are said where somebody has chosen them")
    func conditions() {
        let lines = screen([Script.pass]) {
            $0.assumptions = [("page-tmr", "never"), ("guest-eoi", nil)]
            $0.kernelRules = "6.1, asked for"
            $0.strict = true
        }
        #expect(lines.contains("assumptions page-tmr=never, the rest as each scenario says"))
        #expect(lines.contains("kernel rules 6.1, asked for"))
        #expect(lines.contains("strict a known hazard counts as a failure"))
        #expect(screen([Script.pass]).allSatisfy { !$0.hasPrefix("assumptions") })
    }

    @Test("Of many invariants the rare ones share a line")
    func many() {
        let names = ["a", "b", "c", "d", "e", "f", "g", "h"]
        let results = names.indices.map { Self.hazard("s\($0)", Array(names.prefix($0 + 1))) }
        let lines = screen(results)
        #expect(lines.filter { $0.contains("█") }.count == 6)
        #expect(lines.contains("  g 2, h 1"))
    }

    // MARK: - The worst

    @Test("The worst violates what is violated most often; the next adds what is left")
    func worst() {
        let results = [
            Self.hazard("rare", ["x", "y", "z"]), Self.hazard("often", ["a"]),
            Self.hazard("both", ["a", "b"]), Self.hazard("again", ["a", "b"]),
        ]
        let found = FirstScreen.worst(of: results, most: 3).map(\.name)
        // a is violated in three and b in two, which makes five; x, y and z make three.
        #expect(found == ["both", "rare"])
    }

    @Test("Of equals it is the one of the fewest steps, and then the first")
    func shortest() {
        let results = [
            Self.hazard("long", ["a"], steps: 9), Self.hazard("short", ["a"], steps: 2),
            Self.hazard("other", ["a"], steps: 2),
        ]
        #expect(FirstScreen.worst(of: results, most: 2).map(\.name) == ["short"])
    }

    @Test("What cannot be drawn is not offered")
    func undrawn() {
        let results = [Self.hazard("one", ["a"], picture: ""), Self.hazard("two", ["a"])]
        #expect(FirstScreen.worst(of: results, most: 1).map(\.name) == ["two"])
    }

    @Test("No line but a command is wider than the terminal", arguments: [80, 132])
    func width(width: Int) {
        let results = [Script.pass, Script.skip, Script.hazard, Script.timeout, Script.error]
        for line in screen(results, unfinished: ["left"], width: width) {
            #expect(line.count <= width || line.contains("savic-eoi "), "\(line)")
        }
    }
}
