import InterruptModel
import Lockstep
import Reporting
import Scenarios
import TestSupport
import Testing
import Verdicts

@testable import Commands

@Suite("show FILE.json: a run that was saved is drawn as it was")
struct TimelineFileTests {
    /// The storms are long, and read like any other.
    private static let names =
        ((try? Catalogue.load()) ?? []).map(\.name).filter { !$0.contains("storm") }

    private func timeline(
        of scenario: Scenario, on model: ModelBackend = ModelBackend(),
        kind: MachineKind? = nil
    ) throws -> Timeline {
        var backend: any Backend = model
        let options = LockstepOptions(irqchip: scenario.irqchips[0], kind: kind)
        return try #require(Lockstep(options).record(scenario, on: &backend).timeline)
    }

    private func document(_ timeline: Timeline) -> String {
        TimelineJSON(timeline, by: .current).document.pretty
    }

    private func read(_ text: String) throws(ScenarioError) -> Timeline {
        try TimelineFile(Array(text.utf8), file: "a.json").timeline
    }

    private func drawn(_ timeline: Timeline) -> [String] {
        TimelineText(
            timeline, steps: 1...timeline.steps.count, again: "again", width: 100,
            palette: Palette(colour: false)
        ).lines
    }

    /// In each form that there is.
    private func pictures(of timeline: Timeline) throws -> [String] {
        let dump = TimelineVCD(timeline, by: .current)
        return try drawn(timeline) + [dump.saveFile(for: "a.vcd")]
            + PictureForm.allCases.map { form in
                do {
                    return try form.text(
                        of: timeline, steps: 1...timeline.steps.count, again: "again")
                } catch let failure as CommandFailure where form == .selftest {
                    // Most machines can have none.
                    return failure.message
                }
            }
    }

    // MARK: - What is read is what was written

    @Test("Each scenario's picture is the same, and so is its document", arguments: names)
    func catalogue(name: String) throws {
        let scenario = try #require(try Catalogue.load().first { $0.name == name })
        let timeline = try timeline(of: scenario)
        let text = document(timeline)
        let again = try read(text)
        #expect(drawn(again) == drawn(timeline))
        #expect(document(again) == text)
        #expect(again.setup == timeline.setup)
    }

    @Test("What a document does not say of its machine is as it is where nobody says anything")
    func earlier() throws {
        let scenario = try #require(try Catalogue.load().first { $0.name == "level-basic" })
        let timeline = try timeline(of: scenario)
        let added = /(?m)^ *"(interrupts|nesting|apic|secureAVIC|eoiRegister|broad\w+)": .*\n/
        let text = document(timeline).replacing(added, with: "")
        #expect(text != document(timeline))
        #expect(try read(text).setup == timeline.setup)
        // But a selftest is of all of a machine, and is not made of what is only taken for so.
        let folder = try Folder()
        let file = try folder.write(text, to: "early.json")
        let made = program("show", file, "--selftest")
        #expect(made.status == 64 && made.out.isEmpty && made.err.contains("an earlier version"))
        withExtendedLifetime(folder) {}
    }

    @Test("A saved run's selftest is the run's own")
    func selftest() throws {
        var count = 0
        for scenario in try Catalogue.load() {
            guard scenario.irqchips.contains(.kernel), !scenario.name.contains("storm") else {
                continue
            }
            var backend: any Backend = ModelBackend()
            let run = Lockstep(LockstepOptions(irqchip: .kernel, kind: .plain))
                .record(scenario, on: &backend)
            guard let timeline = run.timeline, let made = try? Selftest(timeline) else { continue }
            let again = try Selftest(read(document(timeline)))
            #expect(try again.text() == made.text(), "\(scenario.name)")
            count += 1
        }
        #expect(count >= 80)
    }

    @Test(
        "So it is in each form, on both kinds of machine",
        arguments: [
            ("stuck-line", MachineKind.secure), ("level-basic", .plain), ("edge-basic", .secure),
            ("amd-selftest-idle", .secure), ("double-eoi-steals", .secure),
        ])
    func forms(name: String, kind: MachineKind) throws {
        let scenario = try #require(try Catalogue.load().first { $0.name == name })
        let timeline = try timeline(of: scenario, kind: kind)
        #expect(try pictures(of: read(document(timeline))) == pictures(of: timeline))
    }

    @Test("A mismatch is drawn with what the backend saw, and what it could not see")
    func mismatch() throws {
        let scenario = try ScenarioText("steps: [eoi?, assert 2, run, deassert 2, eoi]").one()
        var timeline = try timeline(
            of: scenario, on: ModelBackend(space: WideSpace(breaking: .eoiClearsRemoteIRR)))
        timeline.simulatedBy = BackendKind.lab
        timeline.outcome.unobservable = [Unobservable(field: "PPR", reason: "nobody tells")]
        timeline.outcome.mismatch?.note = "a note"
        timeline.outcome.mismatch?.likeness = ["with --page-tmr always"]
        #expect(timeline.outcome.mismatch?.code == .remoteIRRStuck)
        let again = try read(document(timeline))
        #expect(again.outcome.mismatch == timeline.outcome.mismatch)
        #expect(again.steps.last?.differences == timeline.steps.last?.differences)
        #expect(try pictures(of: again) == pictures(of: timeline))
        #expect(document(again) == document(timeline))
    }

    @Test("A run that ended early says why", arguments: [Verdict.timeout, .error, .skip])
    func ended(verdict: Verdict) throws {
        var timeline = try timeline(of: try ScenarioText("steps: [assert 2]").one())
        timeline.outcome = ScenarioOutcome(
            verdict, skip: verdict == .skip ? Skip(reason: "a reason") : nil,
            failure: verdict == .skip ? nil : "a failure")
        let text = document(timeline)
        #expect(try pictures(of: read(text)) == pictures(of: timeline))
        // An older document has the sentence alone.
        let sentence = verdict == .skip ? "a reason" : "a failure"
        let older = try read(
            text.replacing("\"failure\": ", with: "\"x\": ").replacing(
                "\"skip\": ", with: "\"y\": "))
        #expect(older.outcome.failure == sentence && older.outcome.verdict == verdict)
    }

    // MARK: - What is refused

    private static let good = program("show", "edge-basic", "--json").out

    private static func broken(
        _ rule: String, _ old: String, _ new: String, _ words: String...
    ) -> BrokenFile {
        // In its first place alone.
        let parts = good.split(separator: old, maxSplits: 1, omittingEmptySubsequences: false)
        var file = BrokenFile(rule, ScenarioText(raw: parts.joined(separator: new)))
        file.words = words
        return file
    }

    static let files = [
        broken("the schema is known", "Version\": 2", "Version\": §1", "expected schemaVersion 2"),
        broken(
            "a verdict is one", "\"verdict\": \"", "\"verdict\": §\"x", "unknown verdict",
            "expected pass, shown, fail"),
        broken("a pin is one", "\"pin\": 2", "\"pin\": §24", "a pin, 0…23"),
        broken("a vector is one", "\"vector\": 49", "\"vector\": §9", "a vector, 16…255"),
        broken(
            "an event is known", "\"event\": \"delivered\"", "\"event\": §\"delivred\"",
            "unknown event", "did you mean “delivered”?"),
        broken("there is one vCPU", "\"vcpu\": 0", "\"vcpu\": §1", "a vCPU, 0…0"),
        broken("steps are counted", "\"step\": 1", "\"step\": §2", "the number of a step, 1…1"),
        broken(
            "a step is one", "\"action\": \"assert 2\"", "\"action\": §\"asert 2\"",
            "unknown step “asert”", "did you mean “assert”?"),
        broken(
            "a step is about the machine's pins", "\"action\": \"assert 2\"",
            "\"action\": §\"assert 3\"", "no pin 3"),
        broken(
            "a flag is one", "\"interruptFlag\": true", "\"interruptFlag\": §1", "true or false"),
        broken("a list is one", "\"lines\": []", "\"lines\": §{}", "a list of pins", "a mapping"),
        broken(
            "an assumption is one", "\"page-tmr\": \"accurate\"", "\"page-tmr\": §\"acurate\"",
            "unknown page TMR", "did you mean “accurate”?"),
        broken("a name is plain", "\"name\": \"edge", "\"name\": §\"../edge", "expected a name"),
        broken(
            "a machine has its registers", "\"registers\": {\n      \"remoteIRR\"",
            "\"registers\": §{\n      \"other\"", "no “remoteIRR” in the registers",
            "expected what show --json prints"),
        BrokenFile(
            "a report of run has no states", ScenarioText(raw: "§" + SampleRun().text),
            "this is a report of run, which has no steps to draw",
            "expected what show --json prints"),
        BrokenFile(
            "another document has none", ScenarioText(raw: "§{\"schemaVersion\": 2}"),
            "there are no steps to draw here"),
        BrokenFile("it is JSON", ScenarioText(raw: "§name: one\n"), "expected “{”"),
    ]

    @Test(
        "A wrong document names its place, what was found and what was expected", arguments: files)
    func isRefused(broken: BrokenFile) throws {
        let error = #expect(throws: ScenarioError.self) {
            try TimelineFile(broken.text.bytes, file: "a.json")
        }
        let message = error?.message ?? ""
        for word in broken.words { #expect(message.contains(word), "\(message)") }
        #expect(error?.location.line == broken.text.place?.line)
        #expect(error?.location.column == broken.text.place?.column)
    }

    @Test("Whatever is replaced, the reader throws, or what it reads can be drawn")
    func neverTraps() throws {
        let bytes = Array(Self.good.utf8)
        let marks = Array("{}[]\",:-9#".utf8)
        for index in stride(from: 0, to: bytes.count, by: 3) {
            var changed = bytes
            changed[index] = marks[index / 3 % marks.count]
            guard let file = try? TimelineFile(changed, file: "a") else { continue }
            #expect(!drawn(file.timeline).isEmpty)
        }
    }

    // MARK: - The command

    @Test("The command draws a file as it draws the scenario, and says how to draw it again")
    func command() throws {
        let folder = try Folder()
        let file = try folder.write(program("show", "stuck-line", "--json").out, to: "run.json")
        for words in [[], ["--steps", "2-6"], ["--svg"], ["--mermaid"], ["--json"], ["--ascii"]] {
            let named = program(["show", "stuck-line"] + words)
            let saved = program(["show", file] + words)
            #expect(saved.status == named.status && saved.err == named.err)
            #expect(saved.out.replacing(file, with: "stuck-line") == named.out)
        }
        #expect(program("show", file, "--steps", "99").status == 64)
        #expect(program("show", folder.path("absent.json")).status == 66)
        let bad = program("show", try folder.write("{", to: "bad.json"))
        #expect(bad.status == 65 && bad.err.contains("bad.json:1:2: the file ends too early"))
    }

    @Test(
        "How a scenario is run can be said of none that has been run",
        arguments: [
            ["--backend", "model"], ["--design", "hardened"], ["--irqchip", "split"],
            ["--page-tmr", "never"], ["--kernel-rules", "6.1"], ["--machine", "plain"],
        ])
    func options(words: [String]) {
        let ending = program(["show", "run.json"] + words)
        #expect(ending.status == 64 && ending.out.isEmpty)
        #expect(ending.err.contains("\(words[0]) says how a scenario is run"))
    }

    @Test("Nothing in a stranger's document moves the terminal's cursor")
    func printable() throws {
        let escape = "\\u001b[2J\\u202e"
        let text = Self.good.replacing("\"summary\": \"", with: "\"summary\": \"\(escape)")
            .replacing(
                "\"unobservable\": []",
                with: """
                    "unobservable": [{"field": "\(escape)", "reason": "\(escape)"}]
                    """
            )
            .replacing(
                "\"verdict\": \"pass\"",
                with: """
                    "verdict": "error", "failure": "\(escape)"
                    """)
        let timeline = try read(text)
        #expect(
            timeline.outcome.failure?.isEmpty == false && !timeline.outcome.unobservable.isEmpty)
        for picture in try pictures(of: timeline) {
            let isHarmless = ["\u{1B}", "\u{202E}"].allSatisfy { !picture.contains($0) }
            #expect(isHarmless, "\(picture.prefix(200))")
        }
    }
}
