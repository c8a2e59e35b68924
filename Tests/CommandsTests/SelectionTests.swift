import Reporting
import Testing

@testable import Commands

@Suite("Which scenarios a command is about, and how often they run") struct SelectionTests {
    /// The names that `list` selects.
    private func names(_ arguments: String...) throws -> [String] {
        try Self.names(arguments)
    }

    private static func names(_ arguments: [String]) throws -> [String] {
        let list = try JSONDocument(program(["list", "--json"] + arguments).out)["scenarios"]?.list
        return list?.compactMap { $0["name"]?.string } ?? []
    }

    /// The report of a run.
    private func report(_ arguments: String...) throws -> JSONDocument {
        try JSONDocument(program(["run", "-f", "json"] + arguments).out)
    }

    private func ran(_ report: JSONDocument) -> [String] {
        report["scenarios"]?.list.compactMap { $0["name"]?.string } ?? []
    }

    @Test("The catalogue has no name twice")
    func theCatalogueHasNoNameTwice() throws {
        let names = try names()
        #expect(names.count > 30)
        #expect(Set(names).count == names.count)
    }

    @Test("A pattern takes all that fit, each once, in the catalogue's order")
    func patterns() throws {
        let all = try names()
        #expect(try names("level-*") == all.filter { $0.hasPrefix("level-") })
        #expect(try names("*") == all)
        #expect(try names("*basic") == all.filter { $0.hasSuffix("basic") })
        #expect(try names("edge-basic", "level-basic", "edge-*").count > 2, "each only once")
        #expect(try names("edge-basic", "level-basic") == ["level-basic", "edge-basic"])
    }

    @Test("The shards of a run are its scenarios, each once, and the report says which they are")
    func shards() throws {
        let whole = ran(try report("level-*", "--irqchip", "both"))
        var parts: [String] = []
        for number in 1...3 {
            let part = try report("level-*", "--irqchip", "both", "--shard", "\(number)/3")
            #expect(part["planned"]?.integer == ran(part).count)
            #expect(part["shard"]?["number"]?.integer == number)
            #expect(part["shard"]?["count"]?.integer == 3)
            parts += ran(part)
        }
        #expect(parts.sorted() == whole.sorted() && Set(parts).count == whole.count)
        #expect(program("run", "level-*", "--shard", "1/3").out.contains("\nshard        1/3\n"))
        let empty = program("run", "level-basic", "--shard", "2/2")
        #expect(empty.status == 4, "an empty run is never green")
        #expect(program("run", "--shard", "3/2").status == 64)
    }

    @Test("The header of a shard says what the shard runs on, and not what others do")
    func shardHeader() throws {
        let words = ["level-basic", "--irqchip", "both", "-d", "rfc-v1", "-d", "rfc-v2"]
        for number in 1...4 {
            let part = try JSONDocument(
                program(["run", "-f", "json", "--shard", "\(number)/4"] + words).out)
            let name = try #require(ran(part).first).split(separator: "@")
            #expect(ran(part).count == 1)
            #expect(part["irqchip"]?.string == String(name[1]))
            #expect(part["design"]?.string == String(name[2]))
        }
    }

    @Test("Where no design takes part, naming several runs a scenario once")
    func plainDesigns() throws {
        let plain = try report("spurious-eoi", "-d", "rfc-v1", "-d", "rfc-v2")
        #expect(ran(plain) == ["spurious-eoi"])
        let words = ["level-basic", "-d", "rfc-v1", "-d", "rfc-v2", "--machine", "plain"]
        #expect(
            ran(try JSONDocument(program(["run", "-f", "json"] + words).out)) == ["level-basic"])
    }

    @Test("Each scenario runs under each design that is named, once, and its command names it")
    func designs() throws {
        let words = ["--design", "hardened", "-d", "rfc-v2", "-d", "hardened"]
        let report = try JSONDocument(
            program(["run", "stuck-line", "level-basic", "-f", "json"] + words).out)
        let names = ["level-basic", "stuck-line"].flatMap { ["\($0)@hardened", "\($0)@rfc-v2"] }
        #expect(ran(report) == names && report["design"]?.string == "as each scenario says")
        for result in report["scenarios"]?.list ?? [] {
            let design = try #require(result["name"]?.string?.split(separator: "@").last)
            let isStandard = design == "rfc-v2"
            #expect(result["rerun"]?.string?.contains("--design \(design)") == !isStandard)
        }
        let both = try self.report(
            "level-basic", "--irqchip", "both", "-d", "rfc-v1", "-d", "rfc-v2")
        #expect(Set(ran(both)).count == 4 && ran(both).contains("level-basic@kernel@rfc-v1"))
        let one = try self.report("level-basic", "--design", "hardened")
        #expect(ran(one) == ["level-basic"] && one["design"]?.string == "hardened")
    }

    @Test("The beginning of one name is enough")
    func theBeginningOfOneNameIsEnough() throws {
        #expect(try names("level-b") == ["level-basic"])
        #expect(try names("level-b…") == ["level-basic"], "as a shortened table shows it")
        #expect(program("list", "level-").status == 64, "the beginning of several is none")
    }

    /// What was meant is said (command-line §2).
    @Test("The beginning of several names is 64, and names them or the group that was meant")
    func severalNames() throws {
        let several = program("run", "tmr-")
        #expect(several.status == 64)
        let all = try names("tmr-*")
        #expect(all.count > 2)
        #expect(several.err.contains("\(all.count) scenarios begin with “tmr-”: "))
        for name in all { #expect(several.err.contains(name)) }
        #expect(several.err.contains("'tmr-*'"))
        let group = program("run", "level")
        #expect(group.status == 64)
        #expect(group.err.contains("begin with “level”"))
        let groups =
            try JSONDocument(program("list", "--json").out)["scenarios"]?.list
            .flatMap { $0["groups"]?.strings ?? [] } ?? []
        for name in Set(groups) where try names("*").contains(name) == false {
            let ending = program("run", name)
            #expect(ending.status == 64 || ending.status == 0)
            let isMeant = ending.err.contains("“\(name)” is a group: --group \(name)")
            #expect(ending.status == 0 || isMeant, "\(ending.err)")
        }
    }

    @Test("A file is read whatever its ending; a scenario's name goes before it")
    func endings() async throws {
        let folder = try Folder()
        let path = try folder.write(Sample.pass.text, to: "own.scenario")
        #expect(try names(path) == ["own-pass"])
        let report = try folder.write("{}", to: "report.json")
        let refused = program("run", report)
        #expect(refused.status == 65 && refused.err.contains("\(report):1:1: "))
        let named = try folder.write(Sample.pass.text, to: "edge-basic")
        let own = try await Binary.shell(
            "cd '\(folder.path)' && \"$0\" list own.scenario edge-basic --json")
        let list = try JSONDocument(own.out)["scenarios"]?.list ?? []
        #expect(list.compactMap { $0["name"]?.string } == ["edge-basic", "own-pass"])
        #expect(try names(named) == ["own-pass"], "a path is no name")
    }

    @Test("Of a mistyped command, group or scenario the right one is named")
    func aMistypedCommandGroupOrFileIsNamed() throws {
        let command = program("explian", "stuck-line")
        #expect(command.status == 64)
        #expect(command.err.contains("did you mean the command “explain”?"))
        let folder = try Folder()
        let file = try folder.write(Sample.pass.text)
        #expect(program("run", file, "--group", "level").status == 64, "it is in another group")
        #expect(program("run", "hazrds").err.contains("did you mean the group “hazards”"))
        #expect(program("run", "levl-basic").err.contains("did you mean “level-basic”?"))
        let skipped = program("run", "--skip", "tmr-")
        #expect(skipped.status == 64 && skipped.err.contains("begin with “tmr-”"))
        #expect(program("explain", "tmr-").err.contains("begin with “tmr-”"))
    }

    @Test("The groups are listed with how many scenarios each has, and what it is about")
    func groups() throws {
        let list = try JSONDocument(program("list", "--json").out)["scenarios"]?.list ?? []
        let text = program(["list", "--groups"], in: Surroundings(width: 10_000)).out
        let document = try JSONDocument(program("list", "--groups", "--json").out)
        let groups = document["groups"]?.list ?? []
        #expect(groups.count == Set(list.flatMap { $0["groups"]?.strings ?? [] }).count)
        for group in groups {
            let name = try #require(group["name"]?.string)
            let members = list.filter { $0["groups"]?.strings.contains(name) == true }
            #expect(group["scenarios"]?.strings == members.compactMap { $0["name"]?.string })
            let summary = try #require(group["summary"]?.string)
            let line = text.split(separator: "\n").first { $0.hasPrefix("\(name) ") }
            #expect(line?.hasSuffix(" \(members.count)  \(summary)") == true)
        }
        let few = program("list", "level-basic", "--groups").outLines
        #expect(few.first?.hasPrefix("basics  1  ") == true && few.contains("2 groups;"))
    }

    @Test("Every line of the list fits a terminal of 80 columns, but for words that do not")
    func width() {
        for words in [["list"], ["list", "--groups"]] {
            let lines = program(words, in: Surroundings(width: 80)).outLines
            #expect(lines.count > 20)
            for line in lines where line.count > 80 {
                #expect(line.split(separator: " ").count == 1, "\(line)")
            }
        }
    }

    @Test("The list says groups and source of each scenario")
    func theListSaysGroupsAndSource() throws {
        let list = try JSONDocument(program("list", "--json").out)["scenarios"]?.list ?? []
        let text = program(["list"], in: Surroundings(width: 10_000)).out
        #expect(list.count > 100)
        for scenario in list {
            let groups = scenario["groups"]?.strings.joined(separator: ", ") ?? "?"
            #expect(text.contains(" \(groups); source: \(scenario["source"]?.string ?? "?")"))
            let isDangerous = scenario["danger"]?.string == "host"
            #expect(text.contains("danger: host; ") || !isDangerous)
        }
        #expect(program("list", "level-basic").out.contains("\n1 scenario; "))
    }

    @Test("Columns stand also where names have their irqchip (command-line §2)")
    func columns() {
        let words = ["run", "level-basic", "level-retrigger-mask", "--irqchip", "both"]
        let lines = program(words).outLines.filter { $0.contains("compared") && $0.contains("@") }
        #expect(lines.count == 4)
        let starts = lines.map { line in
            line.firstRange(of: "compared").map {
                line.distance(from: line.startIndex, to: $0.lowerBound)
            }
        }
        #expect(Set(starts).count == 1, "\(lines)")
    }

    @Test("A whole name wins over longer ones")
    func theWholeNameWinsOverLongerOnes() throws {
        #expect(try names("level-retrigger") == ["level-retrigger"])
    }

    @Test("--skip leaves out names and patterns")
    func skipLeavesOutNamesAndPatterns() throws {
        let all = try names()
        let rest = ran(try report("--skip", "level-*", "--skip", "edge-basic"))
        #expect(rest == all.filter { !$0.hasPrefix("level-") && $0 != "edge-basic" })
    }

    @Test("Several groups are their union")
    func groupsAddUp() throws {
        let basics = try names("--group", "basics")
        let hazards = try names("-g", "hazards")
        #expect(!basics.isEmpty && !hazards.isEmpty)
        #expect(Set(try names("-g", "basics", "-g", "hazards")) == Set(basics + hazards))
    }

    @Test("A file brings its scenarios beside those that are named")
    func aFileBringsItsScenariosBesideNames() throws {
        let folder = try Folder()
        let file = try folder.write([Sample.pass, .secureOnly].text)
        #expect(ran(try report(file)) == ["own-pass", "own-secure"])
        #expect(ran(try report(file, "level-basic")) == ["level-basic", "own-pass", "own-secure"])
        #expect(ran(try report(file, "--skip", "own-s")) == ["own-pass"])
    }

    @Test("With both irqchips each result has a name of its own")
    func bothIRQChipsGiveEachResultItsOwnName() throws {
        let names = ran(try report("--irqchip", "both", "--group", "basics"))
        #expect(Set(names).count == names.count)
        #expect(names.contains("level-basic@split") && names.contains("level-basic@kernel"))
        #expect(names.count == 2 * (try self.names("--group", "basics").count))
    }

    @Test("--repeat runs a scenario several times as one result that counts them all")
    func repeatRunsAScenarioManyTimesAsOneResult() throws {
        func compared(_ report: JSONDocument, _ name: String) -> Int {
            report["totals"]?["compared"]?[name]?.integer ?? -1
        }
        let (once, thrice) = (try report("level-basic"), try report("level-basic", "--repeat", "3"))
        #expect(ran(thrice) == ["level-basic"])
        for name in ["steps", "fields", "eois"] {
            #expect(compared(once, name) > 0)
            #expect(compared(thrice, name) == 3 * compared(once, name))
        }
    }

    @Test("--count-failures goes on, and says how many runs failed and which was the first")
    func countFailures() throws {
        let folder = try Folder()
        let path = try folder.write(Sample.fail.text)
        let words = ["--repeat", "4", "--count-failures"]
        let report = try JSONDocument(program(["run", path, "-f", "json"] + words).out)
        let result = try #require(report["scenarios"]?.list.first)
        #expect(result["runs"]?["asked"]?.integer == 4 && result["runs"]?["done"]?.integer == 4)
        #expect(result["runs"]?["failed"]?.integer == 4)
        #expect(result["failure"]?.string?.hasPrefix("in 4 of 4 runs, first in run 1") == true)
        #expect(result["rerun"]?.string?.contains("--repeat 4 --count-failures") == true)
        let good = try self.report("level-basic", "--repeat", "4", "--count-failures")
        #expect(good["scenarios"]?.list.first?["runs"]?["failed"]?.integer == 0)
        #expect(try self.report("level-basic")["scenarios"]?.list.first?["runs"] == nil)
        #expect(program("run", "level-basic", "--count-failures").status == 64)
    }

    @Test("--dry-run says what would run and what would not, and runs nothing")
    func dryRun() throws {
        let words = ["run", "level-basic", "rtc-after-init", "--irqchip", "split"]
        let plan = program(words + ["--dry-run"])
        #expect(plan.status == 0 && plan.err.isEmpty)
        #expect(plan.out.hasPrefix("level-basic     5 steps\nrtc-after-init  skip: needs irqchip"))
        #expect(plan.out.contains("\n1 of 2 scenarios would run on model ("))
        let nothing = program("run", "rtc-after-init", "--irqchip", "split", "--dry-run")
        #expect(nothing.status == 4)
        let ran = program(words + ["-f", "json"])
        let verdicts = try JSONDocument(ran.out)["scenarios"]?.list.map { $0["verdict"]?.string }
        #expect(verdicts == ["pass", "skip"])
        #expect(program(words + ["--dry-run", "-f", "json"]).status == 64)
    }

    @Test("--repeat ends at the first failure and says in which run")
    func repeatEndsAtTheFirstFailureAndSaysWhich() throws {
        let folder = try Folder()
        let path = try folder.write(Sample.fail.text)
        let report = try report(path, "--repeat", "5")
        let scenario = try #require(report["scenarios"]?.list.first)
        #expect(scenario["verdict"]?.string == "fail")
        #expect(scenario["failure"]?.string == "in run 1 of 5")
    }

    @Test("--fail-fast names what did not run, and a skip is no failure")
    func failFastNamesWhatDidNotRun() throws {
        let folder = try Folder()
        let samples: [Sample] = [.pass, .skip, .fail, .secureOnly, .error]
        let path = try folder.write(samples.text)
        let report = try report(path, "--fail-fast")
        #expect(ran(report) == ["own-pass", "own-skip", "own-fail"], "a skip is no failure")
        #expect(report["unfinished"]?.strings == ["own-secure", "own-error"])
        let text = program("run", path, "--fail-fast")
        #expect(text.status == 1)
        #expect(text.out.contains("2 not run or not finished: own-secure, own-error"))
    }

    @Test("--strict makes a known hazard a failure")
    func strictTurnsAKnownHazardIntoAFailure() throws {
        let name = "absent-destination"
        let lax = try report(name)
        #expect(lax["scenarios"]?.list.first?["verdict"]?.string == "pass")
        #expect(lax["scenarios"]?.list.first?["hazards"]?.strings == ["no-lost-level"])
        #expect(lax["totals"]?["hazards"]?.integer == 1, "counted and shown")
        let strict = program("run", name, "--strict")
        #expect(strict.status == 1)
        #expect(strict.out.contains("no-lost-level") && strict.out.contains("--strict"))
        #expect(program("run", "level-basic", "--strict").status == 0)
    }

    // MARK: - Patterns

    @Test(
        "A pattern fits a whole text, each star as much as it has to",
        arguments: [
            ("", "", true), ("", "a", false), ("*", "", true), ("*", "abc", true),
            ("a*", "abc", true),
            ("a*", "ba", false), ("*c", "abc", true), ("*b", "abc", false), ("a*c", "abcbc", true),
            ("a*bc*", "abbc", true), ("*ab*ab", "ab", false), ("*ab*ab", "abab", true),
            ("**", "x", true), ("abc", "abc", true), ("abc", "abcd", false), ("abcd", "abc", false),
            ("*a*b*c", "aabbcc", true), ("*a*b*c", "ccbbaa", false),
        ])
    func aPatternFits(_ pattern: String, _ text: String, _ fits: Bool) {
        #expect(Pattern.matches(pattern[...], text[...]) == fits)
    }

    @Test("A pattern of many stars takes no long time")
    func aPatternOfManyStarsIsNoTrap() {
        let start = ContinuousClock.now
        let pattern = String(repeating: "*a", count: 40) + "x"
        let text = String(repeating: "a", count: 64)
        #expect(!Pattern.matches(pattern[...], text[...]))
        #expect(start.duration(to: .now) < .seconds(1))
    }
}
