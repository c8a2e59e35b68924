import InterruptModel
import Testing
import Verdicts

@testable import Commands

@Suite("Assumptions on the command line, on the model") struct AxisTests {
    @Test("A file of assumptions that is not there is 66")
    func aMissingFileOfAssumptionsIs66() throws {
        let path = try Folder().path("none.json")
        let ending = program("run", "level-basic", "--assumptions", path)
        #expect(ending.status == 66)
        #expect(ending.err == "savic-eoi: \(path): no such file\n")
    }

    @Test(
        "A broken file of assumptions is 65 with its place and a hint",
        arguments: [
            ("assumptions:\n  page-tmr: nevr\n", "2:13", "did you mean “never”?"),
            ("assumptions:\n  page-tmrs: never\n", "2:3", "did you mean “page-tmr”?"),
            ("{\"schemaVersion\": 2}\n", "1:1", "expected what characterize --json prints"),
            ("- page-tmr\n", "1:1", "found a list"), ("", "1:1", "the file is empty"),
        ])
    func aBrokenFileOfAssumptionsIs65(_ text: String, _ place: String, _ hint: String) throws {
        let folder = try Folder()
        let path = try folder.write(text, to: "host.yaml")
        let ending = program("run", "level-basic", "--assumptions", path)
        #expect(ending.status == 65)
        #expect(ending.out.isEmpty)
        #expect(ending.err.hasPrefix("savic-eoi: \(path):\(place): "))
        #expect(ending.err.contains(hint))
    }

    @Test("A directory is no file of assumptions: 65")
    func aDirectoryIsNoFileOfAssumptions() throws {
        let folder = try Folder()
        #expect(program("run", "level-basic", "--assumptions", folder.path).status == 65)
    }

    @Test(
        "A word that is no value of an axis is 64, and all its values are named",
        arguments: AxisEntry.all.map(\.name))
    func anUnknownValueIs64(_ name: String) throws {
        let axis = try #require(AxisEntry.named(name))
        let ending = program("run", "level-basic", "--\(name)", "nonsense")
        #expect(ending.status == 64)
        #expect(ending.out.isEmpty)
        #expect(ending.err.contains("--\(name)") && ending.err.contains("nonsense"))
        for word in axis.words { #expect(ending.err.contains(word)) }
    }

    @Test(
        "Every value of an axis is in the report and in the command that runs it again",
        arguments: AxisEntry.all.map(\.name))
    func everyValueIsTaken(_ name: String) throws {
        for word in try #require(AxisEntry.named(name)).words {
            let report = try JSONDocument(
                program("run", "-f", "json", "level-basic", "--\(name)", word).out)
            #expect(report["assumptions"]?[name]?.string == word)
            let rerun = report["scenarios"]?.list.first?["rerun"]?.string ?? ""
            #expect(rerun.hasSuffix(" --\(name) \(word)"))
        }
    }

    @Test("A shell completes the values of each axis")
    func aShellCompletesValues() {
        let lines = program("--generate-completion-script", "fish").outLines
        for axis in AxisEntry.all {
            let values = "'\(axis.words.joined(separator: " "))'"
            let isCompleted = lines.contains {
                $0.contains("-l '\(axis.name)'") && $0.hasSuffix(values)
            }
            #expect(isCompleted, "\(axis.name)")
        }
    }

    @Test("characterize takes no --guest-eoi")
    func characterizeTakesNoGuestEOI() {
        let ending = program("characterize", "--backend", "emulator", "--guest-eoi", "linux")
        #expect(ending.status == 64)
    }

    @Test(
        "characterize needs a secure guest, and names the backends that have one",
        arguments: ["auto", "model", "kvm"])
    func characterizeNeedsASecureGuest(_ name: String) {
        let ending = program("characterize", "--backend", name)
        #expect(ending.status == 64)
        #expect(ending.err.contains("emulator") && ending.err.contains("savic"))
    }

    @Test(
        "Without the hardware characterize is 4 and says what is missing, as probe does",
        .enabled(if: !Readiness.current.isReady(for: .savic), "this host has Secure AVIC"))
    func noHardware() throws {
        let ending = program("characterize")
        #expect(ending.status == 4)
        #expect(ending.out.isEmpty)
        let miss = try #require(Readiness.current.firstMiss(for: .savic))
        #expect(
            ending.err.hasPrefix(
                "savic-eoi: nothing to characterize here: it needs \(miss.name): \(miss.detail)"))
        #expect(ending.err.contains(miss.remedy))
    }

    // MARK: - Header

    @Test("Axes that nobody has chosen are one phrase in the header")
    func axesThatNobodyHasChosenAreOnePhrase() {
        let text = program("run", "level-basic").out
        #expect(text.contains("assumptions  as each scenario says\n"))
        let some = program("run", "level-basic", "--page-tmr", "never", "--disallowed", "kept").out
        #expect(
            some.contains(
                "assumptions  page-tmr=never, disallowed=kept, the rest as each scenario says\n"))
        let all = program(
            ["run", "level-basic"] + AxisEntry.all.flatMap { ["--\($0.name)", $0.words[0]] })
        #expect(!all.out.contains("as each scenario says"))
    }

    /// reports §4: what has nothing to say is absent.
    @Test("The JSON leaves out what each scenario says")
    func theJSONLeavesOutWhatEachScenarioSays() throws {
        let report = try JSONDocument(
            program("run", "-f", "json", "level-basic", "--page-tmr", "never").out)
        #expect(report["assumptions"]?.names == ["page-tmr"])
    }

    // MARK: - Explain

    @Test(
        "explain tells an axis with its question, source and values",
        arguments: AxisEntry.all.map(\.name))
    func anAxisIsExplained(_ name: String) throws {
        let axis = try #require(AxisEntry.named(name))
        let ending = program("explain", name)
        #expect(ending.status == 0 && ending.err.isEmpty)
        #expect(ending.out.hasPrefix("\(name) – an assumption: \(axis.question)\n"))
        #expect(ending.says(axis.explanation) && ending.says("unverified: \(axis.unverified)"))
        #expect(ending.says("source: \(axis.source)"))
        for value in axis.values {
            #expect(ending.outLines.contains { $0.hasPrefix("  \(value.rawValue) ") })
            #expect(ending.says(value.meaning))
        }
    }

    @Test("A mistyped axis is 64 and the right one is named")
    func aMistypedAxisIsFound() {
        let ending = program("explain", "page-trm")
        #expect(ending.status == 64 && ending.err.contains("did you mean “page-tmr”?"))
    }
}
