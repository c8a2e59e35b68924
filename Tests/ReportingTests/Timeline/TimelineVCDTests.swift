import InterruptModel
import Lockstep
import TestSupport
import Testing
import Verdicts

@testable import Reporting

@Suite("The waveform of a run")
struct TimelineVCDTests {
    private func wave(_ timeline: Timeline) -> TimelineVCD {
        TimelineVCD(timeline, by: Tool(version: "1.0.0"))
    }

    private func read(_ timeline: Timeline) throws -> VCDReader {
        try VCDReader(wave(timeline).text)
    }

    /// What the signals of a machine have to be, told from the machine without the renderer.
    private func expected(_ portrait: Portrait, in timeline: Timeline) -> [String: String] {
        let setup = timeline.setup
        func bit(_ isSet: Bool) -> String { isSet ? "1" : "0" }
        func text(_ vectors: [UInt8]) -> String {
            let digits = vectors.map { vector in
                let digits = String(vector, radix: 16)
                return digits.count < 2 ? "0" + digits : digits
            }
            return digits.isEmpty ? "-" : digits.joined(separator: "_")
        }
        let registers = portrait.registers
        let vcpu = "kvm.vcpu\(timeline.band ?? 0)."
        var values: [String: String] = [
            vcpu + "irr": text(registers.irr.elements),
            vcpu + "interrupt_flag": bit(registers.interruptFlag),
        ]
        for pin in setup.pins.map({ Int($0.pin) }) {
            values["device.line_\(pin)"] = bit(portrait.lines.contains(pin))
            values["ioapic.remote_irr_\(pin)"] = bit(registers.remoteIRR.contains(pin))
        }
        guard setup.kind == .secure else {
            values[vcpu + "isr"] = text(registers.isr.elements)
            return values
        }
        values[vcpu + "requested"] = text(registers.requested.elements)
        values[vcpu + "page_irr"] = text(registers.pageIRR.elements)
        values[vcpu + "page_isr_real"] = text(registers.pageISR.elements)
        values[vcpu + "shadow_isr"] = text(registers.isr.elements)
        values[vcpu + "disagree"] = bit(portrait.disagrees)
        values[vcpu + "guest_would_end"] = text(portrait.guestWouldEnd.map { [$0] } ?? [])
        values[vcpu + "kvm_would_complete"] = text(portrait.kvmWouldComplete?.elements ?? [])
        return values
    }

    private func broken(in values: [String: String]) -> Set<String> {
        Set(values.filter { $0.key.hasPrefix("breaks.") && $0.value == "1" }.keys)
    }

    private func names(_ violations: InvariantSet) -> Set<String> {
        Set(violations.members.map { "breaks." + $0.name.replacing("-", with: "_") })
    }

    @Test("At the end of every part of a step the signals are the machine behind it")
    func states() throws {
        for whole in try Timelines.ofCatalogue() {
            let timeline = whole.telling
            var moments = [(time: 999, portrait: timeline.start, broken: timeline.start.violations)]
            for step in timeline.steps {
                let begin = step.number * 1000
                if let portrait = step.entry?.portrait {
                    moments.append((begin + 499, portrait, portrait.violations))
                }
                moments.append((begin + 999, step.own.portrait, step.violations))
            }
            let seen = try read(timeline).values(at: moments.map(\.time))
            for (moment, values) in zip(moments, seen) {
                let wanted = expected(moment.portrait, in: timeline)
                let found = values.filter { wanted[$0.key] != nil }
                #expect(found == wanted, "\(timeline.name) at \(moment.time)")
                #expect(
                    broken(in: values) == names(moment.broken),
                    "\(timeline.name) at \(moment.time)")
            }
        }
    }

    @Test("A line has a signal that is set behind each step that leaves it without service")
    func stuckLines() throws {
        let lost = try Timelines.ofCatalogue().filter { !$0.lostLines.isEmpty }
        #expect(lost.count > 10)
        for timeline in lost {
            let seen = try read(timeline).values(at: timeline.steps.map { $0.number * 1000 + 999 })
            for (step, values) in zip(timeline.steps, seen) {
                let names = timeline.lostLines.filter { $0.holds(behind: step.number) }
                    .map { "stuck.line_\($0.pin)" }
                let set = values.filter { $0.key.hasPrefix("stuck.") && $0.value == "1" }.keys
                #expect(set.sorted() == names.sorted(), "\(timeline.name) at \(step.number)")
            }
        }
    }

    @Test("Every event is there once, in order, with nothing behind it")
    func events() throws {
        for timeline in try Timelines.ofCatalogue() {
            // Of several vCPUs a dump has the one that tells most.
            let events = timeline.telling.steps.flatMap { ($0.entry?.events ?? []) + $0.own.events }
            let changes = try read(timeline).changes.filter { $0.path.hasSuffix("events") }
            let wanted = events.flatMap { event in
                let text = event.spelling.replacing(" ", with: "_").replacing("−", with: "-")
                return [text, "-"]
            }
            #expect(changes.map(\.value) == wanted, "\(timeline.name)")
        }
    }

    @Test("More events than a step has room for share times, and none is left out")
    func crowded() throws {
        var timeline = try Timelines.named("level-basic")
        let many = (0..<250).map { Event.accepted(vector: UInt8($0)) }
        timeline.steps[1].own.events = many
        let dump = try read(timeline)
        let texts = dump.changes.filter { $0.path == "kvm.vcpu0.guest_events" && $0.value != "-" }
        let told = texts.filter { 2000..<3000 ~= $0.time }.map(\.value).joined(separator: ",_")
        #expect(told == many.map { $0.spelling.replacing(" ", with: "_") }.joined(separator: ",_"))
    }

    @Test("A step is 1 ms, and says which it is for as long as it lasts")
    func steps() throws {
        let timeline = try Timelines.named("stuck-line")
        let dump = try read(timeline)
        let times = timeline.steps.flatMap { [$0.number * 1000, $0.number * 1000 + 999] }
        let told = dump.values(at: times).map { $0["step.action"] ?? "" }
        #expect(told.prefix(4) == ["1_assert_2", "1_assert_2", "2_run", "2_run"])
        #expect(told.last == "13_eoi_left_out")
        #expect(dump.end == 14_000)
    }

    @Test("A step that was left out changes nothing but the step's name")
    func leftOut() throws {
        let text = ScenarioText("steps: [assert 2, run, \"eoi?\", \"eoi?\"]")
        let changes = try read(try Timelines.of(text)).changes.filter { $0.time > 4000 }
        let first = try read(try Timelines.of(text)).changes.filter { $0.time == 4000 }
        #expect(first.map(\.value) == ["4_eoi_left_out"])
        #expect(changes.isEmpty)
    }

    @Test("The guest's ISR and KVM's shadow of it stand next to each other, before “disagree”")
    func order() throws {
        let paths = try read(try Timelines.named("stuck-line")).variables.map(\.path)
        let vcpu = paths.filter { $0.hasPrefix("kvm.") }.map { $0.dropFirst("kvm.vcpu0.".count) }
        #expect(
            vcpu == [
                "irr", "requested", "page_irr", "interrupt_flag", "page_isr_real", "shadow_isr",
                "disagree", "guest_would_end", "kvm_would_complete", "guest_events", "kvm_events",
            ])
        #expect(
            paths.filter { $0.hasPrefix("breaks.") } == [
                "breaks.attribution", "breaks.no_premature_ack", "breaks.no_orphaned_remote_irr",
                "breaks.no_stale_shadow",
            ])
    }

    @Test("A plain machine has one ISR, and nothing that could disagree with it")
    func plain() throws {
        let text = ScenarioText("machines: [plain]", "steps: [assert 2, run, eoi]")
        let paths = try read(try Timelines.of(text)).variables.map(\.path)
        let vcpu = paths.filter { $0.hasPrefix("kvm.") }
        #expect(
            vcpu
                == ["irr", "interrupt_flag", "isr", "guest_events", "kvm_events"].map {
                    "kvm.vcpu0." + $0
                })
        #expect(!paths.contains { $0.hasPrefix("breaks.") || $0 == "step.differs" })
    }

    @Test("The head names tool, scenario, design, backend and what no backend saw")
    func head() throws {
        var timeline = try Timelines.named("level-basic")
        timeline.outcome.unobservable = [
            Unobservable(field: "shadow ISR", reason: "KVM_GET_LAPIC answers EINVAL")
        ]
        let dump = try read(timeline)
        #expect(dump.head.map(\.keyword).first == "$version")
        #expect(dump.head.first?.text == "savic-eoi 1.0.0")
        #expect(
            dump.comments == [
                "scenario level-basic: one level interrupt from assert to EOI",
                "rfc-v2 on model, irqchip split",
                "pin 2: vector 0x31, level",
                "1 ms is a step: vCPU entry at its beginning, its own part from 500 us, and behind "
                    + "the events of each the state that they lead to",
                "by the model alone: shadow ISR (KVM_GET_LAPIC answers EINVAL)",
            ])
        #expect(dump.head.last?.text == "1 us")
    }

    @Test("What a stranger wrote ends no comment and is no keyword")
    func hostile() throws {
        let summary = "summary: '$end $enddefinitions $end #5 1a naïve — b'"
        let dump = try read(try Timelines.of(ScenarioText(summary)))
        #expect(
            dump.comments.first == "scenario one: _end _enddefinitions _end #5 1a na?ve - b")
    }

    @Test("Where a backend does something else, a signal says what, and the head that it does")
    func mismatch() throws {
        let dump = try read(try Timelines.mismatch())
        let differing = dump.values(at: [3999, 4999]).map { $0["step.differs"] }
        #expect(differing == ["-", "Remote_IRR={2}"])
        #expect(dump.comments.contains { $0.hasPrefix("the states are the model's: ") })
        #expect(dump.comments.contains { $0.hasPrefix("the run ended: step 4: ") })
    }

    @Test("Of one run there is one waveform")
    func deterministic() throws {
        let timeline = try Timelines.named("stuck-line")
        #expect(wave(timeline).text == wave(timeline).text)
        #expect(!wave(timeline).text.contains("$date"))
    }

    @Test("GTKWave's save file names every signal of the dump once, below its group's name")
    func saveFile() throws {
        for timeline in try Timelines.ofCatalogue() {
            let lines = wave(timeline).saveFile(for: "run.vcd").split(separator: "\n")
            let paths = lines.filter { !"[@-".contains($0.prefix(1)) }.map(String.init)
            let declared = try read(timeline).variables
            #expect(paths == declared.map(\.path), "\(timeline.name)")
            let isText = Set(declared.filter { !$0.isBit }.map(\.path))
            for (flags, path) in zip(lines, lines.dropFirst()) where paths.contains(String(path)) {
                #expect(flags == (isText.contains(String(path)) ? "@820" : "@28"))
            }
        }
        let timeline = try Timelines.named("level-basic")
        let text = wave(timeline).saveFile(for: "a \"b\"\n[size] 1.vcd")
        #expect(text.split(separator: "\n")[1] == "[dumpfile] \"a b␊[size] 1.vcd\"")
        let groups = text.split(separator: "\n").filter { $0.hasPrefix("-") }
        #expect(groups == ["-step", "-device", "-ioapic", "-kvm vcpu0"])
    }
}
