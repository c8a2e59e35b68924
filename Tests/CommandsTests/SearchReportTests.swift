import Foundation
import Testing

@Suite("explore and matrix --report: a folder of pages")
struct SearchReportTests {
    /// A report of a matrix, and what was printed.
    private struct Report: Sendable {
        let folder: Folder
        let ending: Ending

        init(_ arguments: String...) throws {
            folder = try Folder()
            ending = program(arguments + ["--report", folder.path("x")])
        }

        var files: [String] { get throws { try SearchReportTests.files(in: folder.path("x")) } }
        var first: String { get throws { try folder.read("x/index.html") } }
    }

    private static let matrix = Result { try Report("matrix", "--design", "reevaluate-all") }

    private static func files(in folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    }

    /// What stands between quotes behind each of these beginnings.
    private func quoted(_ beginning: String, in text: String) -> [String] {
        text.components(separatedBy: beginning).dropFirst().map {
            String($0.prefix { $0 != "\"" })
        }
    }

    @Test("Each red cell of a matrix leads to a picture that is there, and to what draws it again")
    func cells() throws {
        let report = try Self.matrix.get()
        let (first, files) = try (report.first, Set(report.files))
        let sections = first.components(separatedBy: "<section class=\"trace\" id=\"").dropFirst()
        let names = sections.map { String($0.prefix { $0 != "\"" }) }
        let links = first.components(separatedBy: "<a id=\"").dropFirst()
            .map { quoted("href=\"#", in: $0)[0] }
        #expect(links.count > 20 && Set(links) == Set(names))
        #expect(Set(names).count == names.count)
        for (name, section) in zip(names, sections) {
            #expect(quoted("<img src=\"", in: section) == ["\(name).svg"])
            #expect(files.isSuperset(of: ["\(name).svg", "\(name).html", "\(name).yaml"]))
            let shown = section.components(separatedBy: "savic-eoi show ./").dropFirst()
                .map { String($0.prefix { $0 != "<" }) }
            #expect(!shown.isEmpty && files.isSuperset(of: shown))
            #expect(section.contains("<code>savic-eoi replay ./"))
        }
    }

    @Test("There is a picture for each counterexample that looks different, and a file for each")
    func distinct() throws {
        let report = try Self.matrix.get()
        let files = try report.files
        let pictures = try files.filter { $0.hasSuffix(".svg") }
            .map { try report.folder.read("x/\($0)") }
        #expect(Set(pictures).count == pictures.count && !pictures.isEmpty)
        let document = try JSONDocument(report.folder.read("x/result.json"))
        let broken = document["cells"]?.list.filter { $0["length"] != nil } ?? []
        #expect(
            Set(broken.compactMap { $0["file"]?.string })
                == Set(
                    files.filter {
                        $0.hasSuffix(".yaml")
                    }))
        #expect(pictures.count * 5 < broken.count)
    }

    @Test("A page's sums are those of the result, and no row is safe in which something breaks")
    func sums() throws {
        let report = try Self.matrix.get()
        let document = try JSONDocument(report.folder.read("x/result.json"))
        let cells = document["cells"]?.list ?? []
        let rows = Dictionary(grouping: cells) { cell in
            let assumptions = ["page-tmr", "guest-eoi"].map { cell["assumptions"]?[$0]?.string }
            return "\(assumptions)\(cell["hostile"]?.value as? Bool == true)"
        }
        let safe = rows.values.count { $0.allSatisfy { $0["safe"]?.value as? Bool == true } }
        let first = try report.first
        #expect(first.contains("<small>safe in \(safe) of \(rows.count)</small>"))
        #expect(first.contains("✗ reevaluate-all is not safe under every assumption</p>"))
        #expect(first.contains("✓ safe") == (safe > 0))
    }

    @Test("The result is printed as without a report, and then where the pages are")
    func printed() throws {
        let report = try Self.matrix.get()
        let plain = program("matrix", "--design", "reevaluate-all")
        let place = "\npages: \(report.folder.path("x"))/index.html\n"
        #expect(report.ending.out == plain.out + place)
        #expect(report.ending.status == plain.status && report.ending.err.isEmpty)
    }

    @Test("Each page is less than 100 kB")
    func size() throws {
        let folder = try WholeMatrix.shared.get().folder
        let files = try Self.files(in: folder.path("x"))
        #expect(files.contains("index.html"))
        for file in files where file.hasSuffix(".html") || file.hasSuffix(".svg") {
            #expect(try folder.read("x/\(file)").utf8.count < 100_000, "\(file)")
        }
    }

    @Test("A search has a timeline for each violation, and its figures")
    func explore() throws {
        let report = try Report("explore", "--levels", "2", "--liveness")
        let first = try report.first
        #expect(first.contains("✗ rfc-v2 violates attribution, "))
        #expect(first.contains("and leaves pin 2 without service</p>"))
        #expect(first.contains("434 states, 1800 transitions, depth 16"))
        #expect(first.contains("8 actions violate attribution") && first.contains("for ever: sti"))
        let names = ["rfc-v2-attribution-atomic", "rfc-v2-stuck-line-2-atomic"]
        let kinds = ["html", "svg", "yaml"]
        #expect(
            try report.files
                == (["index.html", "result.json"]
                + names.flatMap { name in
                    kinds.map { "\(name).\($0)" }
                }).sorted())
        let page = try report.folder.read("x/\(names[0]).html")
        #expect(page.contains("savic-eoi show ./\(names[0]).yaml --html"))
        let shown = program("show", report.folder.path("x/\(names[0]).yaml"), "--html")
        let panel = "<section class=\"on\" id=\"s8\">"
        #expect(shown.out.contains(panel) && page.contains(panel))
    }

    @Test("A search that finds nothing has a page that says so")
    func nothing() throws {
        let report = try Report("explore", "--levels", "1")
        #expect(try report.files == ["index.html", "result.json"])
        #expect(try report.first.contains("✓ rfc-v2 violates nothing in any reachable state</p>"))
        let cut = try Report("explore", "--levels", "3", "--max-states", "50")
        #expect(cut.ending.status == 0)
        #expect(try cut.first.contains("✗ nothing was found, but not all was looked at</p>"))
    }

    @Test(
        "What an earlier report has written is seen before the search",
        arguments: [
            "index.html", "a.svg", "b.yaml", "result.json",
        ])
    func early(file: String) throws {
        let folder = try Folder()
        _ = try folder.write("mine\n", to: file)
        // Of so many lines the search alone would take until its limit.
        let result = program(
            "explore", "--levels", "8", "--nesting", "--max-seconds", "5", "--report", folder.path)
        #expect(result.status == 73 && result.out.isEmpty)
        #expect(result.err.contains("\(file): it exists; --overwrite replaces it"))
        let again = program("explore", "--levels", "1", "--report", folder.path, "--overwrite")
        #expect(again.status == 0 && folder.contains("index.html"))
    }

    @Test("A picture that cannot be written costs no result and no other page")
    func unwritable() throws {
        let folder = try Folder()
        let name = "rfc-v2-attribution-atomic.svg"
        try FileManager.default.createDirectory(
            atPath: folder.path("x/\(name)/y"), withIntermediateDirectories: true)
        let words = ["explore", "--levels", "2"]
        let result = program(words + ["--report", folder.path("x"), "--overwrite"])
        #expect(result.status == 73 && result.err.contains(name))
        #expect(result.out == program(words).out)
        #expect(folder.contains("x/index.html") && folder.contains("x/result.json"))
    }

    @Test("Traces are not saved twice into one folder")
    func twoFolders() throws {
        let folder = try Folder()
        let same = program(
            "explore", "--levels", "1", "--report", folder.path, "--save-traces",
            folder.path + "/.")
        #expect(same.status == 64 && same.err.contains("leave out --save-traces"))
        let both = program(
            "explore", "--levels", "2", "-f", "json", "--report", folder.path("a"),
            "--save-traces", folder.path("b"))
        #expect(both.status == 1)
        let trace = "rfc-v2-attribution-atomic.yaml"
        #expect(try folder.read("a/\(trace)") == folder.read("b/\(trace)"))
        let named = try JSONDocument(both.out)["violations"]?.list.first?["file"]?.string
        #expect(named == folder.path("b/\(trace)"))
    }

    @Test("The files that JSON names are there")
    func json() throws {
        let report = try Report("explore", "--levels", "2", "-f", "json")
        let files =
            try JSONDocument(report.ending.out)["violations"]?.list
            .compactMap { $0["file"]?.string } ?? []
        #expect(!files.isEmpty && files.allSatisfy(FileManager.default.fileExists))
    }
}
