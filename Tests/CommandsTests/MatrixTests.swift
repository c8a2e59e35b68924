import Foundation
import InterruptModel
import Testing

@testable import Commands

/// `savic-eoi matrix`: which design is safe, and under what.
@Suite("matrix")
struct MatrixTests {
    private let matrix: JSONDocument
    private let printed: Ending

    init() throws {
        let whole = try WholeMatrix.shared.get()
        matrix = try JSONDocument(whole.json)
        printed = whole.printed
    }

    private func cell(
        _ design: String, _ pageTMR: String, _ guest: String, _ property: String,
        hostile: Bool = false
    ) throws -> JSONDocument {
        try #require(
            matrix["cells"]?.list.first {
                $0["design"]?.string == design && $0["invariant"]?.string == property
                    && $0["assumptions"]?["page-tmr"]?.string == pageTMR
                    && $0["assumptions"]?["guest-eoi"]?.string == guest
                    && $0["hostile"]?.value as? Bool == hostile
            })
    }

    private func isSafe(_ cell: JSONDocument) -> Bool { cell["safe"]?.value as? Bool == true }

    @Test("Every combination is there once: designs × page TMR × guests × properties")
    func isWhole() {
        let cells = matrix["cells"]?.list ?? []
        let keys = cells.map { cell in
            (["design", "invariant"].map { cell[$0] }
                + ["page-tmr", "guest-eoi"].map { cell["assumptions"]?[$0] })
                .map { $0?.string ?? "?" }
                .joined(separator: " ") + "\(cell["hostile"]?.value as? Bool == true)"
        }
        #expect(cells.count == 6 * 4 * 6 * 11)
        #expect(Set(keys).count == cells.count)
    }

    // Source: secure-avic §7.
    @Test(
        "With page TMR accurate and one EOI, two designs are right on a split irqchip",
        arguments: ["linux", "native", "ghcb"])
    func accurate(guest: String) throws {
        for design in EOIDesigns.all.map(\.name) {
            let names = Invariant.allCases.map(\.name) + ["stuck-line"]
            let safe = try names.filter { isSafe(try cell(design, "accurate", guest, $0)) }
            switch design {
            case "one-outstanding", "guest-conveys": #expect(safe == names)
            case "reevaluate-all":
                #expect(
                    names.filter { !safe.contains($0) }
                        == [
                            // Two completions in one EOI leave the last (model-contract §3).
                            "attribution", "no-premature-ack", "no-orphaned-remote-irr",
                            "exactly-once", "stuck-line",
                        ])
            default:
                #expect(
                    names.filter { !safe.contains($0) } == [
                        "attribution", "no-premature-ack", "no-orphaned-remote-irr",
                        "no-stale-shadow", "stuck-line",
                    ])
            }
        }
    }

    @Test("With page TMR never set a Linux guest loses every line, whatever the design")
    func never() throws {
        for design in EOIDesigns.all.map(\.name) {
            let stuck = try cell(design, "never", "linux", "stuck-line")
            #expect(!isSafe(stuck) && stuck["length"]?.integer == 2)
        }
    }

    @Test("A hostile guest reaches vector −1 in one step under the RFC's designs alone")
    func hostile() throws {
        for design in EOIDesigns.all.map(\.name) {
            let memory = try cell(design, "accurate", "linux", "memory-safety", hostile: true)
            #expect(isSafe(memory) == !design.hasPrefix("rfc"))
            if design.hasPrefix("rfc") { #expect(memory["length"]?.integer == 1) }
        }
    }

    @Test("Only one design and one state of its answer: the status says whether it is safe")
    func status() {
        #expect(program("matrix", "--design", "rfc-v2").status == 1)
        #expect(program("matrix", "--levels", "0").status == 64)
        #expect(program("matrix", "--design", "none").status == 64)
    }

    @Test("A design that is named twice is searched once")
    func twice() throws {
        let result = program(
            "matrix", "--levels", "1", "--design", "rfc-v2", "--design", "rfc-v2", "-f", "json")
        #expect(try JSONDocument(result.out)["combinations"]?.integer == 24)
    }

    @Test("Each counterexample is a file that replays as it says")
    func replays() throws {
        let folder = try Folder()
        let result = program(
            "matrix", "--design", "hardened", "--save-traces", folder.path("x"), "--format", "json")
        let cells = try JSONDocument(result.out)["cells"]?.list ?? []
        let files = cells.compactMap { $0["file"]?.string }
        let broken = cells.filter { !isSafe($0) }.count
        #expect(files.count == broken && !files.isEmpty)
        let again = program(["replay"] + files + ["--backend", "model"])
        #expect(again.status == 0, "\(again.out)")
    }

    @Test("The article shows what the tool prints")
    func article() throws {
        let package = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let path = "Sources/InterruptModel/InterruptModel.docc/which-design-is-safe.md"
        let text = try String(contentsOf: package.appending(path: path), encoding: .utf8)
        let printed = printed.out.split(separator: "\n", maxSplits: 1)[1]
        #expect(text.contains("```\n" + printed + "```"))
    }

    @Test("Assumptions with the same answers share a table")
    func tables() {
        #expect(printed.out.contains("page TMR never, guest linux, native\n"))
        let tables = printed.outLines.filter { $0.contains("rfc-v1") && $0.contains("guest-conv") }
        #expect(tables.count == 6)
    }
}
