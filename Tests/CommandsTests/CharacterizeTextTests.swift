import Reporting
import Testing
import Verdicts

@testable import Backends
@testable import Commands
@testable import Lockstep

@Suite("What characterize prints, word by word, without a host") struct CharacterizeTextTests {
    private static let host = [("kernel", "6.18.0"), ("family", "26")]

    private static func finding(
        _ name: String, _ outcomes: [(ProbeOutcome, Int)], planned: Int = 1000,
        stopped: String? = nil
    ) throws -> ProbeFinding {
        let probe = try #require(Probe.all.first { $0.name == name })
        return ProbeFinding(
            name: name, question: probe.question, digest: "0123456789abcdef", planned: planned,
            outcomes: outcomes.map { ProbeCount(outcome: $0.0, count: $0.1) },
            foreseen: Prediction.foreseen(probe), stopped: stopped)
    }

    private static func report(_ found: Characterization) -> CharacterizeReport {
        CharacterizeReport(
            found: found, backend: .savic, simulatedBy: nil, irqchip: "split", repeats: 1000,
            played: nil, host: host)
    }

    private static func sometimes() throws -> CharacterizeReport {
        report(
            Characterization(findings: [
                try finding(
                    "tmr-level",
                    [
                        (.answer("set", "at VMRUN 1, once accepted 1"), 999),
                        (.answer("clear", "at VMRUN 0, once accepted 0"), 1),
                    ]),
                try finding(
                    "before-enable", [(.death("the vCPU shut down"), 3)],
                    stopped: "given up after 3 runs that failed"),
            ]))
    }

    @Test("An outcome that comes about sometimes is no answer, and the text says so")
    func sometimesIsNoAnswer() throws {
        let text = try Self.sometimes().text(width: 80, Palette(colour: false))
        #expect(
            text == """
                \(Tool.current.name)
                backend  savic, irqchip split
                runs     1000 of each probe, each on a fresh guest
                host     kernel 6.18.0; family 26

                tmr-level: the page's TMR bit of a level vector that VMRUN has taken
                  sometimes 999/1000  set         at VMRUN 1, once accepted 1
                  sometimes 1/1000    clear       at VMRUN 0, once accepted 0

                before-enable: what VMRUN does with a requested vector before the guest enables
                Secure AVIC
                  always 3/3          kills-vcpu  kills the vCPU: the vCPU shut down: no
                                                  assumption set allows that
                  never 0/3           dropped
                  never 0/3           kept
                  3 of 1000 runs: given up after 3 runs that failed

                page-tmr          unknown  who writes the TMR of the guest's page: tmr-level is
                                           sometimes 999/1000 set
                native-level-eoi  unknown  what a WRMSR of EOI does while the page's TMR says
                                           level: native-level-eoi was not run
                disallowed        unknown  what VMRUN does with a requested vector that the
                                           guest has not allowed: disallowed was not run
                before-enable     unknown  what VMRUN does with a requested vector before the
                                           guest enables Secure AVIC: before-enable is always
                                           3/3 kills-vcpu

                No assumption set allows all that was seen: under each of them a probe has one
                answer, in every run. Please report it, with the JSON.

                """)
    }

    @Test("No line is longer than the terminal is wide", arguments: [80, 100])
    func noLineIsLongerThanTheTerminal(width: Int) throws {
        let text = try Self.sometimes().text(width: width, Palette(colour: false))
        for line in text.split(separator: "\n") { #expect(line.count <= width, "\(line)") }
    }

    @Test("The JSON counts what the text counts")
    func theJSONCountsWhatTheTextCounts() throws {
        let document = try JSONDocument(Self.sometimes().document.pretty)
        let probe = try #require(document["probes"]?.list.first)
        #expect(probe["answer"]?.string == nil && probe["runs"]?.integer == 1000)
        let outcomes = probe["outcomes"]?.list ?? []
        #expect(outcomes.map { $0["count"]?.integer } == [999, 1])
        #expect(outcomes.allSatisfy { $0["frequency"]?.string == "sometimes" })
        let last = try #require(document["probes"]?.list.last)
        #expect(last["stopped"]?.string == "given up after 3 runs that failed")
        #expect(last["neverSeen"]?.list.count == 2)
        #expect(document["consistentSets"]?.list.isEmpty == true)
        #expect(document["assumptions"]?["page-tmr"]?.string == nil)
    }

    @Test("An interruption is said, with what was found before it")
    func anInterruptionIsSaid() throws {
        var found = Characterization(findings: [
            try Self.finding("delivery", [(.answer("works", "it does"), 7)], stopped: "interrupted")
        ])
        found.isInterrupted = true
        let text = Self.report(found).text(width: 100, Palette(colour: false))
        #expect(text.contains("\n  always 7/7  works  it does\n"))
        #expect(text.contains("  7 of 1000 runs: interrupted\n"))
        #expect(
            text.contains(
                "\ninterrupted: 1 of 10 probes were begun, and what they found is above\n")
        )
        #expect(!text.contains("run with"))
    }

    // MARK: - The plan

    @Test("The plan says what tells assumption sets apart, pair by pair")
    func thePlanSaysWhatTellsSetsApart() throws {
        let ending = program("characterize", "--plan")
        #expect(ending.status == 0 && ending.err.isEmpty)
        #expect(ending.out.contains("\nTold apart by no such steps: no pair.\n"))
        #expect(
            ending.out.contains("  never/traps/dropped/dropped and never/ends/dropped/dropped\n"))
        #expect(ending.says("The 10 probes of characterize together tell 496 pairs apart."))
        #expect(ending.out.hasSuffix("\nMissed by the probes: no pair.\n"))
        let document = try JSONDocument(program("characterize", "--plan", "--json").out)
        #expect(document["missedByProbes"]?.list.isEmpty == true)
        #expect(document["inseparableByScenarios"]?.list.count == 4)
        let traces = document["traces"]?.list ?? []
        #expect(traces.reduce(0) { $0 + ($1["pairs"]?.list.count ?? 0) } == 496)
    }

    @Test(
        "Wrong numbers are 64",
        arguments: [
            ["--repeat", "0"], ["--odd-one-in", "0", "--backend", "emulator"],
            ["--odd-one-in", "3"],
        ])
    func wrongNumbersAreUsage(arguments: [String]) {
        #expect(program(["characterize"] + arguments).status == 64)
    }

    // MARK: - What AMD's selftests exclude

    @Test("explain prints which assumption sets an AMD selftest excludes")
    func explainPrintsWhatASelftestExcludes() {
        let ioapic = program("explain", "amd-selftest-ioapic")
        #expect(
            ioapic.says(
                "excludes, where it passes: page-tmr=always with native-level-eoi=traps; "
                    + "page-tmr=accurate with native-level-eoi=traps; page-tmr=guest with "
                    + "native-level-eoi=traps; of page-tmr=guest nothing is known by AMD's run"))
        #expect(
            program("explain", "amd-selftest-msi").says(
                "excludes, where it passes: disallowed=kept"))
        #expect(
            program("explain", "amd-selftest-idle").says(
                "excludes, where it passes: no assumption set"))
        #expect(!program("explain", "level-basic").out.contains("excludes, where it passes"))
    }
}
