import Reporting
import Testing
import Verdicts

/// What a run did not judge or did not do is said in every format, beside what it did.
@Suite("What was not judged, left out or only shown (command-line §4)")
struct GapTests {
    private static let gaps: ScenarioResult = {
        var result = Script.hazard
        result.outcome.compared.unjudged = 4
        result.outcome.compared.leftOut = 2
        return result
    }()

    private static let shown: ScenarioResult = {
        var result = Script.pass
        result.outcome.verdict = .shown
        return result
    }()

    /// KVM's IOAPIC shows no EOI, but what an EOI does.
    private static let ended: ScenarioResult = {
        var result = Script.pass
        result.outcome.compared.eois = 0
        result.outcome.compared.endings = 3
        return result
    }()

    private static let stuck: ScenarioResult = {
        var result = Script.pass
        result.outcome.stuck = 2
        return result
    }()

    @Test("A pass whose line is stuck at its end says so in every format")
    func stuck() {
        for text in texts(Self.stuck) { #expect(text.contains("line 2 is stuck, as it says")) }
        #expect(written(Script.run([Self.stuck]), JSONRecorder()).contains(#""stuck": 2"#))
        #expect(!written(Script.run([Script.pass]), JSONRecorder()).contains("stuck"))
    }

    private func texts(_ result: ScenarioResult) -> [String] {
        let recorders: [any Recorder] = [
            TextRecorder(), KTAPRecorder(), JUnitRecorder(), TAPRecorder(), MarkdownRecorder(),
            GitHubRecorder(),
        ]
        return recorders.map {
            written(Script.run([result]), $0).replacing(/\s+/, with: " ")
        }
    }

    @Test("Expectations that nobody judged and steps left out are counted")
    func gaps() {
        for text in texts(Self.gaps) {
            #expect(text.contains("4 expectations not judged") && text.contains("2 steps left out"))
        }
        let json = written(Script.run([Self.gaps]), JSONRecorder())
        #expect(json.contains(#""unjudged": 4"#) && json.contains(#""leftOut": 2"#))
    }

    @Test("Where nothing could be judged no format says pass alone")
    func shown() {
        let texts = texts(Self.shown)
        #expect(texts[0].contains("shown level-basic") && texts[0].contains("1 shown"))
        for text in texts.dropFirst() { #expect(text.contains("shown: it states nothing")) }
        let json = written(Script.run([Self.shown]), JSONRecorder())
        #expect(json.contains(#""verdict": "shown""#) && json.contains(#""shown": 1"#))
        #expect(json.contains(#""pass": 0"#))
    }

    @Test("A run that could not go on shows the steps that it had done")
    func steps() {
        var result = Script.timeout
        result.outcome.steps = Script.mismatch.history
        let text = written(Script.run([result]), TextRecorder())
        #expect(text.contains("(3 earlier steps left out)"))
        #expect(text.contains("eoi          EOI exit 0x31\n"))
        let json = written(Script.run([result]), JSONRecorder())
        #expect(json.contains(#""steps": ["#))
    }

    @Test("No EOI seen, but interrupts ended: both are said")
    func ended() {
        for text in texts(Self.ended) { #expect(text.contains("0 EOIs, 3 ended")) }
        let json = written(Script.run([Self.ended]), JSONRecorder())
        #expect(json.contains(#""eois": 0"#) && json.contains(#""endings": 3"#))
    }
}
