import InterruptModel
import Lockstep
import Scenarios
import Testing
import Verdicts

@testable import Commands

@Suite("step: a scenario forward, back and by hand (command-line §10)")
struct StepTests {
    private static let beginning = [
        "level-basic  one level interrupt from assert to EOI",
        "rfc-v2 on model, irqchip split, line 2 = 0x31",
        "5 steps; “help” says what can be typed",
        "     next: assert 2",
    ]

    /// What is said of the typed lines, without what it begins with.
    private func answer(_ name: String, _ lines: String...) -> [String] {
        let ending = step(name, typing: lines)
        #expect(ending.status == 0 && ending.err.isEmpty, "\(ending.err)")
        return ending.outLines.dropFirst(Self.beginning.count).map(String.init)
    }

    @Test("A step says what happens in it and what comes next, and the last how the run came out")
    func forward() {
        let ending = step("level-basic", typing: ["forward", "", "f 2", "forward 9"])
        #expect(ending.status == 0 && ending.err.isEmpty)
        #expect(
            ending.outLines.map(String.init) == Self.beginning + [
                "    1  assert 2  deliver 0x31 level",
                "     next: run",
                "    2  run  accept 0x31",
                "     next: deassert 2",
                "    3  deassert 2",
                "    4  eoi         guest ends 0x31, KVM completes 0x31, EOI exit 0x31, ack pin 2",
                "     next: sti",
                "    5  sti",
                "     the end: pass",
            ])
    }

    @Test("Back is the run as it was, and Enter repeats the latest of the two movements")
    func back() {
        let there = answer("level-basic", "forward 4", "back 2", "", "")
        #expect(
            there.suffix(6) == [
                "    2  run  accept 0x31", "     next: deassert 2",
                "     the start", "     next: assert 2", "     the start", "     next: assert 2",
            ])
        #expect(
            answer("level-basic", "goto 4", "back").suffix(2) == [
                "    3  deassert 2", "     next: eoi",
            ])
        #expect(answer("level-basic", "goto 0") == ["     the start", "     next: assert 2"])
        #expect(
            answer("level-basic", "goto 5", "forward", "continue").suffix(2) == [
                "     the end: pass", "     the end: pass",
            ])
    }

    @Test("A step that breaks an invariant says so at once, also where many are taken")
    func breaks() {
        for lines in [["forward 5"], ["goto 5"], ["continue"], ["forward 13"]] {
            let said = step("stuck-line", typing: lines).out
            #expect(said.contains(#/\n  → +5  eoi  /#), "\(lines)")
            #expect(said.contains("breaks attribution"), "\(lines)")
            #expect(said.contains("\n✗ step 5: the EOI of 0x31 is taken for 0x41\n"), "\(lines)")
        }
        let storm = step("eoi-storm", typing: ["msi 0x51", "goto 20010"])
        #expect(storm.out.contains("earlier steps left out)"))
        #expect(storm.outLines.count < 60)
    }

    @Test("“continue” stops where an invariant breaks or a watched value changes, else at the end")
    func goOn() {
        let said = answer(
            "stuck-line", "watch remote-irr 2", "continue", "continue", "continue")
        #expect(said[0] == "     1: remote-irr has 2  no")
        #expect(said.contains("     1: remote-irr has 2  no → yes"))
        #expect(said.filter { $0.hasPrefix("     next:") } == ["     next: run", "     next: sti"])
        #expect(said.contains { $0.hasPrefix("     the end: pass; hazard: attribution, ") })
    }

    @Test("Watches are said wherever one comes, with what they were, until they are ended")
    func watches() {
        let said = answer(
            "level-basic", "watch shadow-isr", "watch acks", "watch acks", "forward 2", "watch",
            "unwatch 1", "forward 2", "unwatch", "forward")
        #expect(
            said.filter { $0.contains("shadow-isr") }.suffix(2) == [
                "     1: shadow-isr  – → {0x31}", "     1: shadow-isr  {0x31}",
            ])
        #expect(said.contains("     1: acks  – → {2}"))
        #expect(said.suffix(3) == ["     nothing is watched", "    5  sti", "     the end: pass"])
    }

    @Test("A typed step is performed here, and those to come stay behind it")
    func byHand() {
        let said = answer("level-basic", "forward 3", "msi 0x51", "list all", "forward 9")
        #expect(said.contains("    4  msi 0x51  deliver 0x51 edge"))
        #expect(said.contains("     5  eoi") && said.contains("     6  sti"))
        #expect(said.last == "     the end: nothing is judged")
        let dropped = answer("level-basic", "drop 2", "drop 9", "assert 2", "cli", "list")
        #expect(dropped.contains("     3 steps dropped"))
        #expect(dropped.suffix(2) == ["     1  assert 2  deliver 0x31 level", "  →  2  cli"])
    }

    @Test("A typed step that is not enabled is refused with the reason, or with “?” left out")
    func notEnabled() {
        let refused = step("level-basic", typing: ["eoi"])
        #expect(refused.status == ExitStatus.badInput.rawValue)
        #expect(
            refused.err.hasPrefix(
                "savic-eoi: stdin:1: “eoi” is not enabled here: nothing is in service; "))
        #expect(answer("level-basic", "eoi?")[0] == "    1  eoi  left out: nothing is in service")
    }

    @Test(
        "What a scenario expects otherwise is said where it does, and there is more to go through")
    func expectation() throws {
        let folder = try Folder()
        let text = Sample(steps: ["assert 2", "run", "expect: {acks: [2]}", "deassert 2"]).text
        let file = try folder.write(text)
        let said = answer(file, "continue", "continue")
        let wrong = "✗ step 2: EXPECTATION: acks"
        #expect(said.contains { $0.hasPrefix(wrong) })
        #expect(said.suffix(2) == ["    3  deassert 2", "     the end"])
    }

    @Test("All design and assumption options are those of show")
    func options() {
        let hardened = step(
            "stuck-line", "--design", "hardened", "--irqchip", "split", typing: ["continue"])
        #expect(hardened.status == 0 && hardened.out.contains("\nhardened on model, "))
        let plain = step("level-basic", "--machine", "plain", typing: ["print"])
        #expect(plain.out.contains("\nplain on model, ") && !plain.out.contains("page-isr"))
        let native = step(
            "level-basic", "--guest-eoi", "native", "--native-level-eoi", "ends", typing: ["f 4"])
        #expect(native.status == 0 && !native.out.contains("EOI exit"))
    }

    @Test("“show” draws what show draws, as far as one has come")
    func show() throws {
        let whole = program(
            "show", "level-basic", in: Surroundings(environment: ["LANG": "C.UTF-8"]))
        let drawn = answer("level-basic", "goto 5", "show all")
        let picture = whole.outLines.drop { !$0.hasPrefix("step") }.map(String.init)
        #expect(picture.count > 8)
        #expect(picture.filter { !$0.hasPrefix("again") }.allSatisfy(drawn.contains))
        let part = answer("stuck-line", "goto 12", "show 3-4")
        #expect(part.contains("(2 steps before: show all)"))
        #expect(part.contains("(8 steps behind: show all)"))
    }

    @Test("“list” names the steps around, those to come without what happens in them")
    func list() {
        #expect(
            answer("stuck-line", "goto 2", "list 1-3").suffix(4) == [
                "     1  assert 2  deliver 0x31 level", "  →  2  run       accept 0x31",
                "     3  assert 3", "  (10 later steps left out)",
            ])
    }

    @Test("At a terminal it asks, and one types another line where one cannot be followed")
    func terminal() {
        let ending = step(
            "level-basic", typing: ["bogus", "forward", "quit", "no"], isTerminal: true)
        #expect(ending.status == 0)
        #expect(
            ending.outLines.map(String.init) == Self.beginning + [
                "    1  assert 2  deliver 0x31 level", "     next: run",
            ])
        #expect(
            ending.err == "step 0 of 5> savic-eoi: unknown “bogus”; “help” says what can be typed\n"
                + "step 0 of 5> step 1 of 5> ")
        let end = step("level-basic", typing: [], isTerminal: true)
        #expect(end.status == 0 && end.err == "step 0 of 5> \n")
    }

    @Test("From a pipe nothing is asked, and a line that cannot be followed ends it by its number")
    func pipe() {
        let ending = step("level-basic", typing: ["# a remark", "forward", "goto 6", "forward"])
        #expect(ending.status == ExitStatus.badInput.rawValue)
        #expect(ending.err == "savic-eoi: stdin:3: there are 5 steps; “goto” takes 0 to 5\n")
        #expect(ending.outLines.last == "     next: run")
        #expect(step("level-basic", typing: ["quit", "bogus"]).status == 0)
    }

    @Test("Whatever is typed, what is said of it is printable")
    func printable() {
        for word in PrintableTests.words.map({ $0.replacing("\n", with: " ") }) {
            for line in [word, "watch " + word, "print isr = " + word, "save " + word + "/" + word]
            {
                let ending = step("level-basic", typing: ["forward", line])
                #expect(ending.status != 0)
                PrintableTests.expectPrintable(ending.err, lines: 1, line)
            }
        }
    }

    @Test("Without UTF-8, or asked to, it writes ASCII alone")
    func ascii() {
        var surroundings = Surroundings(environment: ["LANG": "C"])
        surroundings.input = "help\nwatch orphans\ncontinue\nshow\nlist\n"
        let ending = program("step", "stuck-line", in: surroundings)
        #expect(ending.status == 0 && ending.out.contains("\nX step 5: "))
        #expect(ending.out.allSatisfy { $0.isASCII })
        let asked = step("stuck-line", "--ascii", typing: ["continue"])
        #expect(asked.out.allSatisfy { $0.isASCII })
    }

    @Test("stdin is no scenario here, and a name of several, or what cannot run, is refused")
    func refused() {
        #expect(program("step", "-").status == ExitStatus.usage.rawValue)
        #expect(program("step", "level*").status == ExitStatus.usage.rawValue)
        let skipped = program("step", "amd-selftest-registers", "--machine", "plain")
        #expect(skipped.status == ExitStatus.nothingRan.rawValue && skipped.out.isEmpty)
        #expect(skipped.err.contains("cannot be gone through: needs a secure machine"))
    }
}
