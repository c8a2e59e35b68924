import InterruptModel
import Lockstep
import TestSupport
import Testing
import Verdicts

@testable import Reporting

@Suite("The sequence diagram of a run")
struct TimelineMermaidTests {
    private static let levelBasic = """
        sequenceDiagram
            title level-basic – one level interrupt from assert to EOI
            participant line2 as line 2
            participant ioapic as IOAPIC
            participant kvm as KVM
            participant page as guest page
            participant guest as guest
            Note over line2,guest: rfc-v2 on model, irqchip split, line 2 = 0x31
            Note over line2,guest: 1 assert 2
            line2->>ioapic: rises
            ioapic->>kvm: 0x31, level
            Note over line2,guest: 2 run
            kvm->>kvm: notes 0x31 in the shadow ISR
            kvm->>page: IRR gets 0x31
            page->>guest: guest takes 0x31
            Note over line2,guest: 3 deassert 2
            line2->>ioapic: falls
            Note over line2,guest: 4 eoi
            guest->>page: guest ends 0x31
            kvm->>kvm: completes 0x31
            kvm->>ioapic: EOI exit 0x31
            ioapic->>ioapic: EOI of 0x31
            ioapic->>line2: ack for the EOI of 0x31
            Note over line2,guest: 5 sti

        """

    private func text(_ timeline: Timeline) -> String { TimelineMermaid(timeline).text }

    @Test("A run in which nothing goes wrong is told as it goes")
    func golden() throws {
        #expect(text(try Timelines.named("level-basic")) == Self.levelBasic)
    }

    @Test("Whatever an arrow or a note names is declared before, and nothing twice")
    func declared() throws {
        for timeline in try Timelines.ofCatalogue() {
            _ = try MermaidReader(text(timeline))
        }
    }

    @Test("Every step that is shown has one note, in order")
    func notes() throws {
        for timeline in try Timelines.ofCatalogue() {
            let diagram = try MermaidReader(text(timeline))
            #expect(diagram.steps == Array(timeline.interesting), "\(timeline.name)")
        }
    }

    @Test("What breaks an invariant has an arrow that fails and a red box, and nothing else has")
    func wrong() throws {
        for timeline in try Timelines.ofCatalogue() {
            let diagram = try MermaidReader(text(timeline))
            #expect(
                diagram.arrows.allSatisfy { arrow in
                    arrow.isWrong == arrow.isBoxed
                        && arrow.isWrong == arrow.text.hasPrefix("WRONG ")
                }, "\(timeline.name)")
            let columns = TimelineColumn.all(of: timeline).filter {
                timeline.interesting.contains($0.step)
            }
            let marks = columns.flatMap(\.marks)
            #expect(
                diagram.arrows.filter(\.isWrong).count == marks.filter(\.isWrong).count,
                "\(timeline.name)")
            let isBroken = timeline.steps.contains { !$0.breaks.isEmpty }
            #expect(isBroken == diagram.notes.contains { $0.isBoxed }, "\(timeline.name)")
        }
    }

    @Test("The step that goes wrong first is told with what it breaks and with what went wrong")
    func stuckLine() throws {
        let diagram = try MermaidReader(text(try Timelines.named("stuck-line")))
        let note = diagram.notes.first { $0.text.hasPrefix("5 ") }
        #expect(
            note?.text == "5 eoi – breaks attribution, no-premature-ack, no-orphaned-remote-irr, "
                + "no-stale-shadow")
        #expect(
            diagram.arrows.filter(\.isWrong).map(\.text) == [
                "WRONG completes 0x41", "WRONG ack for the EOI of 0x41",
            ])
        let left = diagram.notes.last { $0.text.hasPrefix("13 ") }
        #expect(left?.text.hasPrefix("13 eoi – left out: ") == true)
    }

    @Test("Of a long run the steps that a terminal shows are told, and how many are not")
    func folded() throws {
        let round = "{repeat: 12, steps: [assert 2, run, deassert 2, eoi, sti]}"
        let long = try Timelines.of(ScenarioText("steps: [\(round)]"))
        let diagram = try MermaidReader(text(long))
        #expect(diagram.steps == Array(37...60))
        #expect(diagram.notes.contains { $0.text == "(36 steps before)" })
        let part = try MermaidReader(TimelineMermaid(long, steps: 3...4).text)
        #expect(part.steps == [3, 4])
        #expect(part.notes.last?.text == "(56 steps behind)")
    }

    @Test("What a stranger wrote is no comment, no entity, no markup and closes no box")
    func hostile() throws {
        let summary = "summary: 'the END; #35; %%{init: 1}%% <b>x</b> $$y$$ end-end ends \"q\"'"
        let diagram = try MermaidReader(
            text(try Timelines.of(ScenarioText("name: end", summary))))
        #expect(
            diagram.title == "(end) – the (END), _35, __{init: 1}__ ‹b›x‹/b› __y__ (end)-(end) "
                + "ends 'q'")
        // One letter to Swift, a statement's end and an accent to Mermaid.
        let accented = ";\u{301} end\u{301}".diagramText.unicodeScalars
        #expect(Array(accented) == Array(",\u{301} (end)\u{301}".unicodeScalars))
        #expect("a\nb\u{1B}".diagramText == "a b␛")
    }

    @Test("Where a backend does something else, the step's note says what, in a red box")
    func mismatch() throws {
        let diagram = try MermaidReader(text(try Timelines.mismatch()))
        let note = diagram.notes.first(where: \.isBoxed)
        #expect(note?.text == "4 eoi – model: Remote IRR {2}, expected –")
        #expect(diagram.notes.last?.text.hasPrefix("ended: step 4: ") == true)
    }

    @Test("What no backend saw is said at the end")
    func unseen() throws {
        var timeline = try Timelines.named("level-basic")
        timeline.outcome.unobservable = [Unobservable(field: "PPR", reason: "no ioctl #5")]
        let diagram = try MermaidReader(text(timeline))
        #expect(diagram.notes.last?.text == "by the model alone: PPR (no ioctl _5)")
    }
}
