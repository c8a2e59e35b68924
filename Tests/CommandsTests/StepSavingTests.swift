import InterruptModel
import Scenarios
import Testing
import Verdicts

@testable import Commands

@Suite("step: what is saved (command-line §10)")
struct StepSavingTests {
    @Test("The steps so far are a scenario that passes, by the name of its file")
    func saved() throws {
        let folder = try Folder()
        let file = folder.path("what-if.yaml")
        let ending = step("stuck-line", typing: ["goto 4", "msi 0x51", "forward", "save \(file)"])
        #expect(ending.status == 0 && ending.out.hasSuffix("     saved: savic-eoi run \(file)\n"))
        let text = try folder.read("what-if.yaml")
        let scenario = try #require(
            try ScenarioLoader.load(Array(text.utf8), file: file).first)
        #expect(scenario.name == "what-if" && scenario.design == "rfc-v2")
        #expect(scenario.summary == "6 steps from stuck-line, changed by hand")
        #expect(scenario.steps.count == 6)
        #expect(scenario.hazards["rfc-v2"]?.contains(InvariantSet(.attribution)) == true)
        let run = program("run", file)
        #expect(run.status == 0 && run.out.contains("1 pass (1 hazard)"))
        // Its steps go as they went.
        let again = step(file, typing: ["continue"])
        #expect(again.out.contains("✗ step 6: the EOI of 0x31 is taken for 0x41"))
    }

    @Test("The machine and the design of the session are those of the file")
    func machine() throws {
        let folder = try Folder()
        let file = folder.path("Its Name.yaml")
        let ending = step(
            "level-basic", "--design", "hardened", "--irqchip", "kernel", "--page-tmr", "never",
            typing: ["forward 3", "save \(file)"])
        #expect(ending.status == 0 && ending.err.isEmpty)
        let text = try folder.read("Its Name.yaml")
        #expect(
            text.hasPrefix("name: level-basic\nsummary: \"the first 3 steps of level-basic\"\n"))
        #expect(text.contains("\ndesign: hardened\n") && text.contains("\n  page-tmr: never\n"))
        #expect(text.contains("kernel"))
    }

    @Test("A file that is there is not replaced, at a terminal neither")
    func there() throws {
        let folder = try Folder()
        let file = try folder.write("mine", to: "mine.yaml")
        let ending = step("level-basic", typing: ["forward", "save \(file)", "forward"])
        #expect(ending.status == ExitStatus.cannotCreate.rawValue)
        #expect(
            ending.err
                == "savic-eoi: stdin:2: \(file) exists; “save” takes a new file's name\n")
        let typed = step(
            "level-basic", typing: ["forward", "save \(file)", "forward"], isTerminal: true)
        #expect(typed.status == 0 && typed.out.hasSuffix("     next: deassert 2\n"))
        #expect(try folder.read("mine.yaml") == "mine")
        let nowhere = step("level-basic", typing: ["forward", "save \(folder.path("no/x.yaml"))"])
        #expect(nowhere.status == ExitStatus.cannotCreate.rawValue)
        #expect(!folder.contains("no"))
    }

    @Test(
        "Before the first step there is nothing to save or to draw", arguments: ["save x", "show"])
    func nothing(line: String) {
        let ending = step("level-basic", typing: [line])
        #expect(ending.status == ExitStatus.badInput.rawValue)
        #expect(ending.err.contains("no step has been taken that could be "))
    }
}
