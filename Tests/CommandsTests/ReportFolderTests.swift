import Foundation
import Testing

@Suite("run --report: a folder of pages")
struct ReportFolderTests {
    private func files(in folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    }

    private func read(_ file: String) throws -> String {
        try String(contentsOfFile: file, encoding: .utf8)
    }

    @Test("What did not simply pass has a picture, and the first page leads to it")
    func pictures() throws {
        let place = try Folder()
        defer { withExtendedLifetime(place) {} }
        let folder = place.path + "/report"
        let ending = program("run", "stuck-line", "level-basic", "--report", folder)
        #expect(ending.status == 0)
        #expect(
            try files(in: folder) == [
                "index.html", "junit.xml", "progress.log", "result.json", "stuck-line.html",
            ])
        let first = try read(folder + "/index.html")
        #expect(first.contains("<a href=\"stuck-line.html\">stuck-line</a>"))
        #expect(first.contains("level-basic") && !first.contains("level-basic.html"))
        let picture = try read(folder + "/stuck-line.html")
        #expect(picture.contains("step 5: the EOI of 0x31 is taken for 0x41"))
        #expect(picture.contains("savic-eoi run stuck-line"))
    }

    @Test("What programs read is there too, as --format writes it, and the first page leads to it")
    func documents() throws {
        let place = try Folder()
        defer { withExtendedLifetime(place) {} }
        let folder = place.path + "/report"
        let ending = program("run", "stuck-line", "--format", "json", "--report", folder)
        let (printed, saved) = (
            try JSONDocument(ending.out), try JSONDocument(read(folder + "/result.json"))
        )
        #expect(saved["totals"]?["hazards"]?.integer == 1)
        for member in ["scenarios", "host", "totals"] {
            #expect(saved[member]?.value as? NSObject == printed[member]?.value as? NSObject)
        }
        #expect(try read(folder + "/junit.xml").contains("<testcase"))
        #expect(try read(folder + "/index.html").contains("<a href=\"junit.xml\">"))
    }

    @Test("The log says in order what began and what became of it")
    func log() throws {
        let place = try Folder()
        defer { withExtendedLifetime(place) {} }
        let folder = place.path + "/report"
        _ = program("run", "stuck-line", "level-basic", "--report", folder, "--quiet")
        let begun = program("run", "stuck-line", "level-basic", "--format", "ktap").out
        let names = ["level-basic", "stuck-line"].sorted {
            begun.range(of: $0)?.lowerBound ?? begun.endIndex
                < begun.range(of: $1)?.lowerBound ?? begun.endIndex
        }
        #expect(
            try read(folder + "/progress.log")
                == names.map { "begin \($0)\nend \($0) pass\n" }.joined())
    }

    @Test("A report is not replaced without --overwrite, and the run says the same with it")
    func overwriting() throws {
        let place = try Folder()
        defer { withExtendedLifetime(place) {} }
        let folder = place.path + "/report"
        let plain = program("run", "stuck-line", "--format", "ktap")
        let first = program("run", "stuck-line", "--format", "ktap", "--report", folder)
        #expect(first.status == plain.status)
        let second = program("run", "stuck-line", "--report", folder)
        #expect(second.status == 73)
        #expect(second.err.contains("index.html: it exists; --overwrite replaces it"))
        // What has the name of the log in the folder is not what is written to.
        let other = place.path + "/precious"
        try "precious".write(toFile: other, atomically: true, encoding: .utf8)
        let log = folder + "/progress.log"
        try FileManager.default.removeItem(atPath: log)
        try FileManager.default.linkItem(atPath: other, toPath: log)
        let third = program("run", "stuck-line", "--report", folder, "--overwrite")
        #expect(third.status == 0)
        #expect(try read(other) == "precious" && read(log).hasPrefix("begin stuck-line\n"))
    }

    @Test("A page that cannot be written costs no verdict, and is an error at the end")
    func unwritablePage() throws {
        let place = try Folder()
        defer { withExtendedLifetime(place) {} }
        let folder = place.path + "/report"
        try FileManager.default.createDirectory(
            atPath: folder + "/stuck-line.html", withIntermediateDirectories: true)
        let ending = program(
            "run", "stuck-line", "level-basic", "--format", "ktap", "--report", folder,
            "--overwrite")
        #expect(ending.status == 73 && ending.err.contains("stuck-line.html"))
        #expect(ending.out.contains("# Totals:"))
        #expect(try read(folder + "/index.html").contains("level-basic"))
    }

    @Test("No other report is written among the pages")
    func outputInside() throws {
        let place = try Folder()
        defer { withExtendedLifetime(place) {} }
        let folder = place.path + "/report"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        for name in ["index.html", "run.json"] {
            let ending = program(
                "run", "level-basic", "--format", "json", "--output", "\(folder)/\(name)",
                "--report", folder)
            #expect(ending.status == 64 && ending.err.contains("in the folder of --report"))
            #expect(try files(in: folder) == [])
        }
    }

    @Test("With both irqchips each has a picture of its own")
    func bothIRQChips() throws {
        let place = try Folder()
        defer { withExtendedLifetime(place) {} }
        let folder = place.path + "/report"
        _ = program("run", "stuck-line", "--irqchip", "both", "--report", folder, "--quiet")
        let pages = try files(in: folder).filter { $0.hasPrefix("stuck-line") }
        #expect(pages == ["stuck-line@kernel.html", "stuck-line@split.html"])
    }
}
