import Foundation
import InterruptModel
import Scenarios
import Testing
import Verdicts

@testable import Commands

/// `explain` of what is cited: the articles, and places in them (InterruptModel.md, "How sources
/// are cited").
@Suite("explain: the articles, and places in them") struct ExplainSourceTests {
    // MARK: - What is printed can be asked

    /// Everything that `explain` prints a source for.
    static let sourced =
        ExplainTests.scenarios.map(\.name) + EOIDesigns.all.map(\.name)
        + Invariant.allCases.map(\.name) + AxisEntry.all.map(\.name)
        + KernelRule.allCases.map(\.rawValue)

    /// What `explain` prints of a name, without the parser of command lines: in a debug build it
    /// takes a tenth of a second each time.
    private func explained(_ name: String, width: Int = 100) throws -> String {
        var console = Console.current
        console.width = width
        return try Console.$current.withValue(console) { try ExplainText.text(of: name) }
    }

    /// The command behind `to read it: `, as its one argument.
    private func wayToRead(_ out: String) -> String? {
        let start = "to read it: savic-eoi explain "
        let line = out.split(separator: "\n").first { $0.hasPrefix(start) }
        return line.map { String($0.dropFirst(start.count)).replacing("'", with: "") }
    }

    @Test(
        "Each source of ours that explain prints can itself be explained, passage by passage",
        arguments: sourced)
    func sources(_ name: String) throws {
        let out = try explained(name)
        let source = try #require(
            out.split(separator: "\n").first { $0.hasPrefix("source: ") }, "\(name)")
        let isOurs =
            Articles.all.contains { source.contains("\($0.name) §") }
            || source.firstMatch(of: /(hazards?|story) [A-F]?S?[0-9]/) != nil
        guard isOurs else { return #expect(wayToRead(out) == nil) }
        let cited = try #require(wayToRead(out), "\(name): \(source)")
        let passages = try explained(cited)
        // Each place that is named has its passage.
        let places = source.ranges(of: /§[0-9.]+|\b[A-FS][0-9]+\b/).count
        #expect(places > 0)
        let heads = passages.split(separator: "\n").filter { line in
            Articles.all.contains { line.hasSuffix(" – \($0.title)") }
        }
        #expect(heads.count == places, "\(cited)")
    }

    @Test(
        "The shape that a mismatch code is of can be explained, others say none",
        arguments: MismatchCode.allCases)
    func aCodesShapeCanBeExplained(_ code: MismatchCode) {
        let out = program("explain", code.rawValue).out
        guard code.explanation.contains("shape") else { return #expect(wayToRead(out) == nil) }
        let ending = program("explain", wayToRead(out) ?? "")
        #expect(ending.status == 0)
        #expect(ending.out.hasPrefix("stories, shape "))
    }

    /// The text of a hazard, a story and a section, whichever way it is asked for.
    @Test(
        "A place in an article is quoted with its heading",
        arguments: [
            (["A6"], "hazard A6 – Hazards", "Mainline Linux never writes the page's TMR"),
            (["hazard A6"], "hazard A6 – Hazards", "Mainline Linux never writes the page's TMR"),
            (
                ["hazard", "a6"], "hazard A6 – Hazards",
                "Mainline Linux never writes the page's TMR"
            ),
            (["S14"], "story S14 – Stories", "Linux and Xen use the toggle as an EOI"),
            (["story S14"], "story S14 – Stories", "Linux and Xen use the toggle as an EOI"),
            (
                ["model-contract §5"], "model-contract §5 – The model contract",
                "attribution (step):"
            ),
            (
                ["model-contract", "5"], "model-contract §5 – The model contract",
                "attribution (step):"
            ),
            (
                ["kvm-interrupts §6"], "kvm-interrupts §6 – KVM's interrupt rules",
                "6.1 The brake: 10,000 EOIs in a row"
            ),
            (
                ["kvm-interrupts §6 step 3"], "kvm-interrupts §6 step 3 – KVM's interrupt rules",
                "3. Remote IRR is cleared."
            ),
            (["secure-avic §7 (d)"], "secure-avic §7 (d) – Secure AVIC", "Design one-outstanding."),
            (["hazard A"], "hazard A – Hazards", "The GHCB's EOI carries no vector."),
            (["hazards"], "hazards – an article: Hazards", "32 is migration"),
            (["shape c"], "stories, shape c – Stories", "a delivery is missing"),
            (["first-evening §1"], "first-evening §1 – ", "savic-host-latest"),
        ])
    func aPlaceIsQuoted(_ words: [String], _ head: String, _ text: String) {
        let ending = program(["explain"] + words)
        #expect(ending.status == 0 && ending.err.isEmpty)
        #expect(ending.out.hasPrefix(head))
        #expect(ending.says(text))
    }

    @Test("A step of a list is quoted alone")
    func aStepIsQuotedAlone() {
        let out = program("explain", "kvm-interrupts §6 step 3").out
        #expect(out.contains("\n3. ") && !out.contains("\n1. ") && !out.contains("The brake"))
    }

    @Test("Several places are quoted in their order")
    func severalPlacesAreQuotedInTheirOrder() {
        let out = program("explain", "secure-avic §3, §5, hazards A6 and C13").out
        let heads = out.split(separator: "\n").filter { $0.contains(" – ") }.map { line in
            String(line.prefix { $0 != "–" }.dropLast())
        }
        let places = ["secure-avic §3", "secure-avic §5", "hazard A6", "hazard C13"]
        #expect(heads.filter(places.contains) == places)
    }

    @Test(
        "A place that is not there is 64, and what there is is named",
        arguments: [
            ("model-contract \u{A7}99", "there are \u{A7}1, \u{A7}2"),
            ("hazard A\(99)", "there are A, A1, A2"),
            ("kvm-interrupts §6 step \(99)", "kvm-interrupts §6 has no “99”"),
            ("glossary \u{A7}1", "savic-eoi explain glossary shows it all"),
            ("modl-contract \u{A7}5", "did you mean “model-contract”"),
        ])
    func aPlaceThatIsNotThereIs64(_ name: String, _ sentence: String) {
        let ending = program("explain", name)
        #expect(ending.status == 64 && ending.out.isEmpty)
        #expect(ending.err.contains(sentence), "\(ending.err)")
    }

    // MARK: - The articles

    /// One source: what the program has is what the modules' documentation says.
    @Test("Every article of the tree is in the program, byte by byte, and no other")
    func everyArticleOfTheTreeIsEmbedded() throws {
        let sources = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Sources")
        var found: [String] = []
        for module in try FileManager.default.contentsOfDirectory(atPath: sources.path()) {
            let folder = sources.appending(path: "\(module)/\(module).docc")
            let files = try? FileManager.default.contentsOfDirectory(atPath: folder.path())
            for file in files ?? [] where file.hasSuffix(".md") {
                let name = String(file.dropLast(".md".count))
                found.append(name)
                let bytes = try Data(contentsOf: folder.appending(path: file))
                let own = try #require(Articles.files.first { $0.name == name }, "\(name)")
                #expect(own.bytes.elementsEqual(bytes), "\(name)")
            }
        }
        #expect(found.sorted() == Articles.all.map(\.name).sorted())
        #expect(found.count > 10)
    }

    @Test(
        "An article is shown with its title, and lists sections that can be explained",
        arguments: Articles.all.map(\.name))
    func anArticle(_ name: String) throws {
        let article = try #require(Articles.named(name))
        let ending = program("explain", name)
        #expect(ending.status == 0)
        #expect(ending.out.contains("\(name) – an article: \(article.title)\n"))
        for section in article.sections {
            #expect(ending.out.contains("\n  \(article.spelling(of: section.key)) "))
            let place = Citation(page: name, section: section.key).spelling
            let passage = try explained(place)
            #expect(passage.hasPrefix("\(place) – \(article.title)\n"))
        }
    }

    @Test(
        "No word of an article is lost between its page and its parts",
        arguments: Articles.files.map(\.name))
    func everyWordIsShown(_ name: String) throws {
        let article = try #require(Articles.named(name))
        let file = try #require(Articles.files.first { $0.name == name })
        let text = String(decoding: file.bytes, as: UTF8.self)
        let parts = try article.sections.map {
            try explained(Citation(page: name, section: $0.key).spelling)
        }
        let shown = Set(words(try explained(name) + parts.joined()))
        // What code is written in stands behind its mark.
        let prose = text.split(separator: "\n").filter { !$0.hasPrefix("```") }
        let lost = words(prose.joined(separator: "\n")).filter { !shown.contains($0) }
        #expect(lost.isEmpty, "\(lost)")
    }

    private func words(_ text: String) -> [String] {
        text.replacing("<doc:", with: "").split { !$0.isLetter && !$0.isNumber }.map(String.init)
    }

    @Test("Prose is no wider than the terminal", arguments: [40, 80, 100])
    func proseIsAsWideAsTheTerminal(_ width: Int) throws {
        for article in Articles.all {
            for section in article.sections {
                let place = Citation(page: article.name, section: section.key).spelling
                let out = try explained(place, width: width).split(separator: "\n").dropFirst()
                // Code and tables are as wide as they are, and so is a word that cannot be broken.
                let long = out.filter {
                    $0.count > width && !$0.hasPrefix("  ") && $0.split(separator: " ").count > 2
                }
                #expect(long.isEmpty, "\(place): \(long)")
            }
        }
    }

    // MARK: - Markdown

    @Test("Markdown becomes plain text: marks go, lists, code and tables stay")
    func markdownBecomesPlainText() {
        let text = """
            # A *title*

            One `word*`, **two** words and
            <doc:secure-avic> §3.

            1. an item that is
               longer
            2. another
               - inner

            ```console
            $ code  *as it stands*

            # more
            ```
            | a | `b\\|c` |
            |---|---|
            | long | d |
            """
        let plain = MarkdownText.text(of: MarkdownBlock.blocks(of: text), width: 24)
        #expect(
            plain == """
                A title

                One word*, two words and
                secure-avic §3.

                1. an item that is
                   longer
                2. another
                   - inner

                    $ code  *as it stands*

                    # more

                  a     b|c
                  long  d

                """)
    }

    // MARK: - Citations

    @Test(
        "Citations of ours are found in a source, others are not",
        arguments: [
            ("hazard C11; story S21", "hazard C11, story S21"),
            ("kvm-unit-tests ioapic level mask; kvm-interrupts §3, §5", "kvm-interrupts §3, §5"),
            (
                "secure-avic §3, §5, §6, hazards A6 and C13; RFC patch 13/17",
                "secure-avic §3, §5, §6, hazard A6, C13"
            ),
            ("secure-avic §7 (e); GHCB specific EOI (draft 0x8000001B)", "secure-avic §7 (e)"),
            ("kvm-interrupts §6 step 1 and §9.", "kvm-interrupts §6 step 1, §9"),
            ("An interrupt too many (stories, shape b or d).", "stories, shape b, d"),
            ("hazard A1; RFC selftests, patches 32 and 35", "hazard A1"),
            ("AMD APM volume 2, 16.6.3; libvmm pull request 350", ""), ("RFC 8259, §7", ""),
            ("the model contract", ""), ("A6 without a word before", "hazard A6"),
        ])
    func citationsAreFound(_ text: String, _ spelling: String) {
        let cited = Citation.all(in: text)
        #expect(Citation.spelling(of: cited) == spelling)
        guard !spelling.isEmpty else { return }
        #expect(Citation.list(spelling) == cited)
    }

    @Test(
        "Words that name no place are no citation",
        arguments: [
            "", "level-basic", "model-contract and more", "\u{A7}5", "5", "step 3", "shape",
        ])
    func whatIsNoPlaceIsNone(_ text: String) { #expect(Citation.list(text) == nil) }
}
