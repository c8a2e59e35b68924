import Foundation
import Testing

@testable import Commands

@Suite("run --failed-from: what did not pass before")
struct FailedFromTests {
    /// A report in which a known hazard counts as a failure.
    private func report(_ folder: Folder, _ more: String...) -> String {
        let file = folder.path + "/before.json"
        _ = program(
            ["run", "stuck-line", "level-basic", "--strict", "--format", "json", "--output", file]
                + more)
        return file
    }

    private func names(_ ending: Ending) -> [String] {
        ending.out.split(separator: "\n").filter { $0.hasPrefix("ok") || $0.hasPrefix("not ok") }
            .compactMap { $0.split(separator: " ").first { $0.contains("-") && $0.count > 1 } }
            .map(String.init)
    }

    @Test("Only what did not pass there runs again")
    func again() throws {
        let folder = try Folder()
        let file = report(folder)
        let ending = program("run", "--failed-from", file, "--format", "ktap")
        #expect(names(ending) == ["stuck-line"] && ending.status == 0)
        let both = try Folder()
        let second = report(both, "--irqchip", "both")
        let rerun = program("run", "--failed-from", second, "--format", "ktap")
        #expect(names(rerun) == ["stuck-line"])
        withExtendedLifetime((folder, both)) {}
    }

    @Test("Of a scenario that ran on both irqchips only the one it failed on runs again")
    func oneIrqchip() throws {
        let folder = try Folder()
        let both = report(folder, "--irqchip", "both")
        var text = try String(contentsOfFile: both, encoding: .utf8)
        let passed = try #require(text.range(of: "\"verdict\": \"fail\""))
        let before = text[..<passed.lowerBound]
        #expect(before.contains("stuck-line@split") && !before.contains("stuck-line@kernel"))
        text.replaceSubrange(passed, with: "\"verdict\": \"pass\"")
        text = text.replacing("\"pass\": 2", with: "\"pass\": 3")
            .replacing("\"fail\": 2", with: "\"fail\": 1")
        let file = try folder.write(text, to: "one.json")
        let again = program(
            "run", "--irqchip", "both", "--failed-from", file, "--format", "ktap")
        #expect(names(again) == ["stuck-line@kernel"])
        let planned = program("run", "--irqchip", "both", "--failed-from", file, "--dry-run")
        #expect(planned.out.contains("stuck-line@kernel") && !planned.out.contains("@split"))
        withExtendedLifetime(folder) {}
    }

    @Test("A run is meant by its whole name; where none is called so, all of its scenario are")
    func wholeNames() throws {
        let folder = try Folder()
        let failed = try FailedRuns(reading: report(folder, "-d", "rfc-v1", "-d", "rfc-v2"))
        let again = failed.again(of: ["v1", "v2", "v3"]) { "stuck-line@rfc-\($0)" }
        #expect(again == ["v1", "v2"])
        #expect(
            failed.again(of: ["split", "kernel"]) { "stuck-line@\($0)" } == ["split", "kernel"])
        withExtendedLifetime(folder) {}
    }

    @Test("Where nothing has failed nothing runs, and that is no success")
    func nothingFailed() throws {
        let folder = try Folder()
        let file = folder.path + "/before.json"
        _ = program("run", "level-basic", "--format", "json", "--output", file)
        let ending = program("run", "--failed-from", file)
        #expect(ending.status == 4 && ending.err.contains("nothing has failed in"))
        withExtendedLifetime(folder) {}
    }

    @Test("A scenario that is not selected is a usage error, and no report one of the input")
    func mistakes() throws {
        let folder = try Folder()
        let ending = program("run", "level-basic", "--failed-from", report(folder))
        #expect(ending.status == 64 && ending.err.contains("“stuck-line”, which is not selected"))
        let other = program("run", "--failed-from", try folder.write("{\"schemaVersion\": 2}"))
        #expect(other.status == 65 && other.err.contains("there is no “scenarios” in the report"))
        #expect(program("run", "--failed-from", folder.path + "/absent").status == 66)
    }
}
