import InterruptModel
import Lockstep
import Scenarios
import SystemPackage
import Testing
import Verdicts

@testable import Commands

@Suite("Lines that somebody types")
struct StepReaderTests {
    private static let setup = MachineSetup(pins: [PinSetup(pin: 2, vector: 0x31)])
    private let reader = StepReader(setup: Self.setup, granularity: .step)

    private func refusal(of line: String) -> String? {
        do throws(CommandFailure) {
            _ = try reader.order(line)
            return nil
        } catch {
            #expect(error.status == .badInput)
            return error.message
        }
    }

    @Test("Every step of the catalogue can be typed as it is spelt")
    func catalogue() throws {
        for scenario in try Catalogue.load() where !scenario.name.contains("storm") {
            let reader = StepReader(setup: scenario.setup, granularity: scenario.granularity)
            var options = LockstepOptions(irqchip: scenario.irqchips[0])
            options.judges = false
            let course = try StepCourse(scenario, options)
            for step in course.timeline.steps {
                let order = try reader.order("  \(step.action) ")
                #expect(order == .perform(step.action, isOptional: false), "\(scenario.name)")
            }
        }
    }

    @Test("No word is both an order and a verb, and each order is known by its whole word")
    func words() throws {
        for word in StepWord.allCases { #expect(ActionVerb(word: word.rawValue) == nil) }
        #expect(Set(StepWord.allCases.map(\.rawValue)).count == StepWord.allCases.count)
    }

    @Test("An order is read from its beginning, with blanks around it")
    func orders() throws {
        let expected: [(String, StepOrder)] = [
            ("", .again), ("  \t", .again), ("# goto 3", .nothing), ("forward", .forward(1)),
            ("f 3", .forward(3)), (" back\r", .back(1)), ("b 2", .back(2)), ("goto 0", .go(to: 0)),
            ("c", .goOn), ("d", .drop(1)), ("drop 2", .drop(2)), ("w", .watches),
            ("u", .unwatch(nil)), ("unwatch 2", .unwatch(2)), ("p", .value(nil)),
            ("sh", .show(.near)), ("show all", .show(.all)), ("show 2-4", .show(.steps(2...4))),
            ("l 3", .list(.steps(3...3))), ("save  a b.yaml ", .save("a b.yaml")), ("h", .help),
            ("q", .quit), ("assert  2", .perform(.assert(pin: 2), isOptional: false)),
            ("eoi?", .perform(.eoi, isOptional: true)),
        ]
        for (line, order) in expected { #expect(try reader.order(line) == order, "\(line)") }
        #expect(try reader.order("watch isr 49") == .watch(Watch("isr has 0x31", on: Self.setup)))
    }

    @Test(
        "A line that is no order says what is wrong with it",
        arguments: [
            ("asert 2", "unknown “asert” – did you mean “assert”?; “help” says"),
            ("s", "“s” can be show or save; “help” says"),
            ("assert", "“assert” takes these operands: pin; found 0"),
            ("assert 3", "the machine has no pin 3; expected one of 2"),
            ("vmrun", "“vmrun” is part of every guest step"),
            ("forward 0", "expected a number of 1 or more behind “forward”, found “0”"),
            ("back -1", "expected a number of 1 or more behind “back”, found “-1”"),
            ("forward 1 2", "“forward” takes [N]; found 2 words"),
            ("quit now", "“quit” takes nothing; found 1 word"),
            ("goto", "“goto” takes a number of steps; 0 is the start"),
            ("show 4-2", "expected steps such as 2-6, or “all”, behind “show”, found “4-2”"),
            ("save ", "“save” takes the name of a new file"),
        ])
    func refusals(line: String, message: String) {
        #expect(refusal(of: line)?.hasPrefix(message) == true, "\(refusal(of: line) ?? "none")")
    }

    @Test("Lines come whole from whatever pieces they are read in, the last without its end too")
    func input() throws {
        var pieces = ["a", "b\nc\n\nd", "", "never"]
        var input = StepInput { Array(pieces.removeFirst().utf8) }
        var lines: [String] = []
        while let line = try input.next() { lines.append(line) }
        #expect(lines == ["ab", "c", "", "d"] && pieces == ["never"])
        #expect(try input.next() == nil)
    }

    @Test("A line without an end is refused, and so is what is no text")
    func bounds() throws {
        var endless = StepInput { Array(repeating: 0x61, count: 4_000) }
        #expect(throws: CommandFailure.self) { try endless.next() }
        var binary = StepInput { [0xFF, 0x00, 0x0A] }
        let line = try #require(try binary.next())
        #expect(refusal(of: line)?.hasPrefix("unknown “") == true)
        var broken = StepInput { () throws(Errno) in throw Errno.ioError }
        #expect(throws: CommandFailure.reading("stdin", .ioError)) { try broken.next() }
    }
}
