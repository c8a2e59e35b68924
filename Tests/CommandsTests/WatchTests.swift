import InterruptModel
import Lockstep
import Scenarios
import Testing
import Verdicts

@testable import Commands

@Suite("Expressions over a machine and its latest step (command-line §10)")
struct WatchTests {
    private static func course(_ kind: MachineKind? = nil) throws -> StepCourse {
        let scenario = try #require(try Catalogue.load().first { $0.name == "stuck-line" })
        return try StepCourse(scenario, LockstepOptions(kind: kind))
    }

    /// stuck-line, behind its fifth step: the EOI of 0x31 has been taken for 0x41.
    @Test(
        "An expression says the field's value, or whether the comparison holds",
        arguments: [
            ("lines", "{3}"), ("remote-irr", "{2, 3}"), ("remote-irr 2", "yes"),
            ("remote-irr has 2, 3", "yes"), ("remote-irr = 2", "no"), ("remote-irr={2, 3}", "yes"),
            ("shadow-isr", "{0x31}"), ("isr contains 0x31", "yes"), ("isr has 0x31 0x41", "no"),
            ("isr = 49", "yes"), ("page-isr", "–"), ("page-isr = none", "yes"),
            ("page-isr = –", "yes"), ("isr = none", "no"), ("if", "0"), ("if 0", "yes"),
            ("if = 1", "no"), ("ppr = 0", "yes"), ("irr", "{0x41}"), ("page-irr", "{0x41}"),
            ("requested", "–"), ("tmr", "{0x31, 0x41}"), ("page-tmr", "{0x31, 0x41}"),
            ("guest-would-end", "–"), ("kvm-would-complete", "–"), ("orphans 2", "yes"),
            ("unserved", "–"), ("stale", "{0x31}"), ("taken", "–"), ("ended", "{0x31}"),
            ("completed = 0x41", "yes"), ("eoi-exits", "{0x41}"), ("acks", "{3}"),
            ("resamples = none", "yes"), ("line-status", "–"), ("faults", "0"),
        ])
    func values(text: String, value: String) throws {
        let timeline = try Self.course().timeline
        let watch = try Watch(text, on: timeline.setup)
        #expect(watch.value(in: timeline, behind: 5) == value)
        #expect(try Watch(watch.text, on: timeline.setup) == watch, "\(watch.text)")
    }

    @Test("Before the first step nothing has happened, and the machine is as it starts")
    func start() throws {
        let timeline = try Self.course().timeline
        for (text, value) in [("taken", "–"), ("if", "1"), ("lines = none", "yes")] {
            let watch = try Watch(text, on: timeline.setup)
            #expect(watch.value(in: timeline, behind: 0) == value, "\(text)")
        }
    }

    @Test("Every field can be asked for, and has its own words in the help")
    func fields() throws {
        let timeline = try Self.course().timeline
        for field in StepField.allCases {
            #expect(try Watch(field.rawValue, on: timeline.setup).text == field.rawValue)
        }
        #expect(Set(StepField.allCases.map(\.meaning)).count == StepField.allCases.count)
        let help = step("level-basic", typing: ["help"]).out
        for field in StepField.allCases { #expect(help.contains("\n  \(field.rawValue) ")) }
        for word in StepWord.allCases { #expect(help.contains("\n  \(word.rawValue) ")) }
        #expect(help.contains("assert PIN, ") && !help.contains("vmrun"))
    }

    @Test("What the kernel answered and a fault are of the step that they came in")
    func answers() throws {
        let said = step(
            "level-basic",
            typing: ["watch line-status", "watch line-status = 1", "assert-status 2"])
        #expect(said.out.contains("     1: line-status      – → 1\n"))
        #expect(said.out.contains("     2: line-status = 1  no → yes\n"))
        let fault = step(
            "read-eoi", "--machine", "plain", typing: ["watch faults", "forward 3", "deassert 2"])
        #expect(fault.out.contains("     1: faults  0 → 1\n"))
        #expect(fault.out.contains("     1: faults  1 → 0\n"))
    }

    @Test("A plain machine has no page, and its ISR is no shadow")
    func plain() throws {
        var setup = try Self.course().timeline.setup
        setup.kind = .plain
        for text in ["page-isr", "shadow-isr", "requested", "stale"] {
            #expect(throws: CommandFailure.self) { try Watch(text, on: setup) }
        }
        #expect(try Watch("isr", on: setup).text == "isr")
    }

    @Test(
        "An error names what there is",
        arguments: [
            ("isrr", "unknown field “isrr” – did you mean “irr”?; there are lines, remote-irr, "),
            ("= 2", "unknown field “=”; there are lines, "),
            ("remote-irr 7", "the machine has no pin 7; expected one of 2, 3"),
            ("remote-irr 0x99", "expected a number, 0…23, for “remote-irr”, found “0x99”"),
            ("isr has", "expected a number behind “has”, or “none” behind “=”"),
            ("isr has none", "expected a number, 0…255, for “isr”, found “none”"),
            ("if = 2", "expected a number, 0…1, for “if”, found “2”"),
            ("ppr has 3", "“ppr” is one number: compare it with one, by “=”"),
            ("ppr = 3 4", "“ppr” is one number: compare it with one, by “=”"),
            ("ppr = none", "“ppr” is one number: compare it with one, by “=”"),
        ])
    func errors(text: String, message: String) throws {
        let setup = try Self.course().timeline.setup
        do throws(CommandFailure) {
            let watch = try Watch(text, on: setup)
            Issue.record("“\(text)” is read as “\(watch.text)”")
        } catch {
            #expect(error.status == .badInput && error.message.hasPrefix(message))
        }
    }
}
