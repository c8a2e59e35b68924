import Testing
import Verdicts

@testable import Commands

@Suite("Exit statuses (command-line §5)") struct ExitCodeTests {
    @Test("A run in which everything passed is 0")
    func everythingPassedIs0() {
        let ending = program("run", "level-basic")
        #expect(ending.status == 0)
        #expect(ending.err.isEmpty)
        #expect(ending.out.contains("1 pass, 0 fail, 0 skip, 0 timeout, 0 error"))
    }

    @Test(
        "Without arguments the whole catalogue runs and passes, save what needs the kernel irqchip"
    )
    func noArguments() throws {
        #expect(program().status == 0)
        let report = try JSONDocument(program("-f", "json").out)
        let totals = report["totals"]
        let planned = try JSONDocument(program("list", "--json").out)["scenarios"]?.list.count
        #expect(totals?["scenarios"]?.integer == planned)
        let skipped = totals?["skip"]?.integer ?? -1
        #expect(totals?["pass"]?.integer == (planned ?? 0) - skipped)
        let reasons = report["scenarios"]?.list.compactMap { $0["skip"]?["reason"]?.string } ?? []
        #expect(reasons == Array(repeating: "needs irqchip kernel", count: skipped))
    }

    @Test("A violated expectation is 1")
    func aViolatedExpectationIs1() throws {
        let folder = try Folder()
        let ending = program("run", try folder.write(Sample.fail.text))
        #expect(ending.status == 1)
        #expect(ending.out.contains("EXPECTATION"))
    }

    @Test("A run in which everything was skipped is 4")
    func allSkippedIs4AndNotGreen() throws {
        let folder = try Folder()
        let ending = program(
            "run", "--backend", "kvm", try folder.write(Sample.secureOnly.text))
        #expect(ending.status == 4)
        #expect(ending.out.contains("1 skip"))
    }

    @Test("A run that compared nothing is 70")
    func aComparisonOfNothingIs70() throws {
        let folder = try Folder()
        let ending = program("run", try folder.write(Sample.error.text))
        #expect(ending.status == 70)
        #expect(ending.out.contains("nothing was compared"))
    }

    @Test("Of several verdicts the worst is the status")
    func theWorstStatusWins() throws {
        let folder = try Folder()
        func status(_ samples: [Sample]) throws -> Int32 {
            program("run", try folder.write(samples.text)).status
        }
        #expect(try status([.pass, .skip]) == 0)
        #expect(try status([.pass, .fail, .skip]) == 1)
        #expect(try status([.error, .pass, .fail, .skip]) == 70)
    }

    struct Usage: Sendable, CustomTestStringConvertible {
        var arguments: [String]
        /// What the message has to name.
        var hint: String
        var testDescription: String { arguments.joined(separator: " ") }
    }

    static let usages = [
        Usage(arguments: ["run", "levl-basic"], hint: "did you mean “level-basic”"),
        Usage(arguments: ["levl-basic"], hint: "did you mean “level-basic”"),
        Usage(arguments: ["run", "no-such-thing-at-all"], hint: "savic-eoi list"),
        Usage(arguments: ["run", "zzz*"], hint: "unknown scenario"),
        Usage(arguments: ["run", ""], hint: "unknown scenario"),
        Usage(arguments: ["list", "levl-basic"], hint: "did you mean “level-basic”"),
        Usage(arguments: ["run", "--group", "hazard"], hint: "did you mean “hazards”"),
        Usage(arguments: ["list", "--group", "hazard"], hint: "did you mean “hazards”"),
        Usage(arguments: ["run", "--design", "rfc-v3"], hint: "rfc-v2"),
        Usage(arguments: ["run", "--format", "xml"], hint: "junit"),
        Usage(arguments: ["run", "--backend", "qemu"], hint: "kvm"),
        Usage(arguments: ["run", "--irqchip", "pic"], hint: "kernel"),
        Usage(arguments: ["run", "--page-tmr", "maybe"], hint: "accurate"),
        Usage(arguments: ["run", "--guest-eoi", "windows"], hint: "linux"),
        Usage(arguments: ["run", "--exit-style", "tap"], hint: "ksft"),
        Usage(arguments: ["run", "--no-such-option"], hint: "--no-such-option"),
        Usage(arguments: ["run", "--repeat", "0"], hint: "--repeat"),
        Usage(arguments: ["run", "--timeout", "0"], hint: "--timeout"),
        Usage(arguments: ["run", "--max-seconds", "0"], hint: "--max-seconds"),
        Usage(arguments: ["run", "-f", "json", "-f", "ktap"], hint: "stdout"),
        Usage(arguments: ["run", "-f", "json", "-o", "a", "-o", "b"], hint: "--output"),
        Usage(arguments: ["run", "-f", "json", "-o", "a", "-f", "ktap", "-o", "a"], hint: "same"),
        Usage(arguments: ["run", "level-basic", "--skip", "level-basic"], hint: "empty"),
        Usage(arguments: ["run", "--group", "hazards", "level-basic"], hint: "empty"),
        Usage(arguments: ["run", "level-basic", "--skip", "edge-basic"], hint: "--skip"),
        Usage(arguments: ["probe", "--require", "model"], hint: "emulator"),
        Usage(arguments: ["run", "--timeout", "5s"], hint: "--timeout <seconds>"),
        Usage(arguments: ["show", "level-basic", "--json", "--svg"], hint: "Only one of"),
        Usage(arguments: ["list", "--json", "-f", "text"], hint: "stdout"),
        Usage(arguments: ["list", "-f", "xml"], hint: "json"),
        Usage(arguments: ["probe", "-o", "a", "-o", "b"], hint: "--output"),
        Usage(arguments: ["explain", "levl-basic"], hint: "did you mean “level-basic”"),
    ]

    @Test("A usage error is 64 on stderr alone, and says what was expected", arguments: usages)
    func usage(_ usage: Usage) {
        let ending = program(usage.arguments)
        #expect(ending.status == 64)
        #expect(ending.out.isEmpty, "stdout is for results")
        #expect(ending.err.contains(usage.hint))
    }

    @Test("Help and version are results: 0, on stdout")
    func helpAndVersionAreResults() {
        let version = program("--version")
        #expect(version.status == 0 && version.out == Tool.current.build + "\n")
        let help = program("--help")
        #expect(help.status == 0)
        #expect(help.out.contains("USAGE: savic-eoi") && help.err.isEmpty)
    }

    // MARK: - kselftest

    @Test("In ksft style a run is 0, 1 or 4")
    func ksftStyleKnowsOnly0And1And4() throws {
        let folder = try Folder()
        func status(_ sample: Sample, _ more: String...) throws -> Int32 {
            let file = try folder.write(sample.text)
            return program(["run", "--exit-style", "ksft", file] + more).status
        }
        #expect(try status(.pass) == 0)
        #expect(try status(.fail) == 1)
        #expect(try status(.error) == 1)
        #expect(try status(.skip) == 4)
        #expect(try status(.secureOnly, "--backend", "kvm") == 4)
    }

    @Test("For git bisect a run is good, 0, bad, 1, or cannot be tested, 125")
    func bisectStyle() throws {
        let folder = try Folder()
        func status(_ sample: Sample, _ more: String...) throws -> Int32 {
            let file = try folder.write(sample.text)
            return program(["run", "--exit-style", "bisect", file] + more).status
        }
        #expect(try status(.pass) == 0)
        #expect(try status(.fail) == 1)
        #expect(try status(.error) == 125)
        #expect(try status(.skip) == 125)
        #expect(try status(.pass, "--failed-from", folder.path("none.json")) == 125)
        // At what is above 127 git stops, and so it does for a signal.
        #expect(ExitStyle.bisect.code(of: .interrupted) == 130)
        // A commit is not bad because an option is mistyped, or a scenario's name.
        #expect(try status(.pass, "--strickt") == 192)
        #expect(program("run", "--exit-style=bisect", "no-such-scenario").status == 192)
        #expect(program("run", "--strickt", "--exit-style", "ksft").status == 1)
        #expect(program("run", "--strickt").status == 64)
    }

    @Test("A run whose time is over names what it did not come to: 75, and 1 where it found some")
    func maxSeconds() throws {
        let folder = try Folder()
        let file = try folder.write(Sample.fail.text)
        let endless = ["run", "level-basic", "--repeat", "100000000", "--max-seconds", "1"]
        let spent = program(endless)
        #expect(spent.status == 75)
        #expect(spent.out.contains("1 not run or not finished: level-basic"))
        let found = program(endless + [file])
        #expect(found.status == 75, "the catalogue comes first")
        #expect(found.out.contains("2 not run or not finished"))
        var totals = Totals()
        #expect(ExitStatus(of: totals, budgetSpent: true) == .budgetSpent)
        totals.add(.named("bad", .fail))
        #expect(ExitStatus(of: totals, budgetSpent: true) == .failed)
        #expect(ExitStatus(of: totals, interrupted: true, budgetSpent: true) == .interrupted)
    }

    @Test("In ksft style a failure before the run is 1")
    func ksftBeforeTheRun() throws {
        let folder = try Folder()
        let style = ["run", "--exit-style", "ksft"]
        #expect(program(style + ["levl-basic"]).status == 1)
        #expect(program(style + [folder.path("none.yaml")]).status == 1)
        #expect(program(style + [try folder.write("name: [", to: "bad.yaml")]).status == 1)
    }
}
