import Lockstep
import Testing
import Verdicts

@testable import Reporting

@Suite("The first page of a search's report")
struct SearchPageTests {
    /// A page with all that a page can have.
    private func page(design: String = "one", fact: String = "levels(2)") throws -> SearchPage {
        var page = SearchPage(
            title: "Which is safe", headline: "none", isWrong: true, sentences: ["a sentence"],
            table: MatrixTable(
                designs: [design, "other"],
                properties: [
                    .init(name: "attribution", isGrave: false),
                    .init(name: "stuck-line", isGrave: true),
                ],
                rows: [
                    .init(
                        assumptions: [("always", ["linux", "both"]), ("never", ["both"])],
                        cells: [
                            [
                                .broken(.init(length: 4, isAtomic: false, panel: "stuck-line")),
                                .open,
                            ],
                            [.safe, .safe],
                        ]),
                    .init(
                        assumptions: [("guest", ["linux"])],
                        cells: [
                            [
                                .safe, .broken(.init(length: 8, isAtomic: true, panel: nil)),
                            ],
                            nil,
                        ]),
                ], combinations: 5),
            facts: [("machine", fact)], again: "savic-eoi matrix")
        var panel = TracePanel(try Timelines.named("stuck-line"))
        panel.name = "stuck-line"
        panel.uses = [
            TracePanel.Use(cells: "\(design)/1", text: "it breaks", remarks: ["in a row"])
        ]
        panel.uses[0].commands = ["savic-eoi show ./x.yaml"]
        page.panels = [panel]
        return page
    }

    private func text(_ page: SearchPage) throws -> String {
        try page.text(by: Tool(version: "9"))
    }

    @Test("The template names what there is, and all of it")
    func template() throws {
        let asked = TemplateNames.asked(by: PackageResources.search_mustache)
        let given = try TemplateNames.given(by: page().content(by: Tool(version: "9")))
        #expect(given == asked)
        #expect(asked.count > 30)
    }

    @Test("A red cell leads to a counterexample on the page, by an address of its own and a name")
    func cells() throws {
        let text = try text(page())
        let link =
            "<a id=\"one/attribution/1\" href=\"#stuck-line\" "
            + "aria-label=\"one breaks attribution in 4 steps\">4</a>"
        #expect(text.contains(link))
        #expect(text.contains("<section class=\"trace\" id=\"stuck-line\">"))
        #expect(text.contains("<li data-cells=\"one/1\">it breaks"))
        #expect(text.contains("<img src=\"stuck-line.svg\""))
        #expect(text.contains("href=\"stuck-line.html\""))
        #expect(text.contains("<code>savic-eoi show ./x.yaml</code>"))
        // A way that is not known has no picture.
        #expect(text.contains("<td class=\"b w\">8a</td>"))
    }

    @Test("What is safe says so, and what is not known does not")
    func otherCells() throws {
        let text = try text(page())
        #expect(text.contains("<td class=\"first ok\" colspan=\"2\">✓ safe</td>"))
        #expect(text.contains("<td class=\"s q\">?</td>"))
        #expect(text.contains("<td class=\"first s\" colspan=\"2\">not searched</td>"))
        #expect(text.contains("<small>safe in 3 of 5</small>"))
        for meaning in ["single actions", "stopped before it was known", "at stake: stuck-line"] {
            #expect(text.contains(meaning))
        }
    }

    @Test("Combinations that come to the same share a row, which names them")
    func rows() throws {
        let text = try text(page())
        #expect(text.contains("<b>always</b> linux, both<br>\n<b>never</b> both<br>"))
        #expect(text.split(separator: "<th scope=\"row\">").count == 3)
    }

    @Test("A counterexample has its steps, and the first wrong one is marked")
    func steps() throws {
        let timeline = try Timelines.named("stuck-line")
        let text = try text(page())
        let list = try #require(text.split(separator: "<ol>").dropFirst().first)
        let items = list.split(separator: "</ol>")[0].split(separator: "<li").dropFirst()
        #expect(items.count == timeline.steps.count)
        #expect(items.filter { $0.hasPrefix(" class=\"x\"") } == [items[items.startIndex + 4]])
        #expect(text.contains("alt=\"timeline: step 5: the EOI of 0x31 is taken for 0x41\""))
    }

    @Test("Without a table all counterexamples are there, and nothing speaks of cells")
    func withoutTable() throws {
        var page = try page()
        page.table = nil
        let text = try text(page)
        #expect(!text.contains("<table") && !text.contains("class=\"legend\""))
        #expect(text.contains("<section class=\"trace\"") && text.contains("1 different counter"))
    }

    @Test("A search that found nothing has no buttons that lead to nothing")
    func nothing() throws {
        let page = SearchPage(
            title: "x", headline: "all is well", isWrong: false, sentences: [], facts: [],
            again: "savic-eoi explore")
        let text = try text(page)
        #expect(text.contains("<p class=\"head\">✓ all is well</p>"))
        #expect(!text.contains("<button") && !text.contains("<section"))
    }

    @Test("It needs no network, and is complete without scripts")
    func selfContained() throws {
        let text = try text(page())
        #expect(!text.contains("://") && text.contains("default-src 'none'; img-src 'self'"))
        #expect(!text.contains("{{"))
        // Only a script says that one counterexample is shown at a time.
        #expect(text.contains("<html lang=\"en\">") && text.contains(".one .trace:not(.on)"))
    }

    @Test("Names are no markup, and control characters do not reach the page")
    func neutral() throws {
        let text = try text(page(design: "<b>\"one\"", fact: "</dd><script>\u{1B}[31m"))
        #expect(!text.contains("<b>\"one") && !text.contains("</dd><script>"))
        #expect(!text.contains("\u{1B}"))
        #expect(text.contains("id=\"&lt;b&gt;&quot;one&quot;/attribution/1\""))
    }
}
