extension HouseRule {
    /// Sources are cited as InterruptModel.md says, "How sources are cited".
    static let citations = [sections, numbers, links, formerPages]

    /// Spelled so, or the rules would find their own samples.
    private static let mark = "\u{A7}"

    private static let sections = HouseRule(
        name: "every cited section is in a page of this repository",
        check: { file in
            guard file.isCited else { return [] }
            return SectionReader(file).faults.map { file.finding($0.index, $0.what) }
        },
        bad: [
            Sample("// model-contract \(mark)99"), Sample("/// (kvm-interrupts\n/// \(mark)99)."),
            Sample("let s = \"secure-avic \(mark)3, \(mark)9.9\""),
            Sample("source: kvm-interrupts \(mark)6 step 9", in: "Sources/Scenarios/x.yaml"),
            Sample("# secure-avic \(mark)7 (z)", in: "Sources/GuestAgent/x.S"),
            Sample("kvm-snp-uapi \(mark)5.1", in: "README.md"), Sample("// \(mark)5"),
            Sample("// contract \(mark)4"), Sample("// K \(mark)3"),
            Sample("\(mark)99", in: article), Sample("<doc:glossary> \(mark)5", in: article),
        ],
        good: [
            Sample("/// (kvm-interrupts \(mark)6, \(mark)6.1, model-contract\n/// \(mark)2.3)."),
            Sample("let s = \"secure-avic \(mark)7 (b), \"\n    + \"\(mark)6\""),
            Sample("// kvm-interrupts \(mark)6 step 3, and RFC 8259, \(mark)7"),
            Sample("source: kvm-snp-uapi \(mark)1.4; x", in: "Sources/Scenarios/x.yaml"),
            Sample("<doc:kvm-interrupts> \(mark)6, \(mark)13 and here \(mark)5", in: article),
            Sample("let s = \"name: \(mark)x\"", in: "Tests/ScenariosTests/BoundTests.swift"),
        ])

    private static let numbers = HouseRule(
        name: "every cited hazard and story exists",
        check: { file in
            guard file.isCited else { return [] }
            let text = CitedText(file)
            return ["hazard": "hazards", "story": "stories"].flatMap { word, page in
                text.keys(behind: [word, page]).compactMap { index, key in
                    ArticleIndex.tree.fault(page, key, item: nil).map { file.finding(index, $0) }
                }
            }
        },
        bad: [
            Sample("// hazard A\(9)"), Sample("/// Hazards A1 and\n/// G\(1)."),
            Sample("source: hazard A1, B\(99)", in: "Sources/Scenarios/x.yaml"),
            Sample("// story S\(3)"), Sample("x (story\nS99)", in: "README.md"),
        ],
        good: [
            Sample("/// Hazards A1, B8 and\n/// C11."), Sample("// story S14; hazard A6's"),
            Sample("let x = [\"hazard: A\(9)\"]"), Sample("// a hazard of E2E tests"),
        ])

    private static let links = HouseRule(
        name: "every linked article exists",
        check: { file in
            guard file.isCited else { return [] }
            return file.articleLinks.filter { ArticleIndex.tree.pages[$0.name] == nil }.map {
                file.finding($0.index, "no article \($0.name)")
            }
        },
        bad: [
            Sample("<doc:" + "nothing>", in: article),
            Sample("see `Commands.docc" + "/nothing.md`", in: "README.md"),
        ],
        good: [Sample("<doc:glossary>, Commands.docc/command-line.md", in: article)])

    /// Notes from which the articles were made; nobody who reads this has them.
    private static let formerPages = HouseRule(
        name: "no page is named that is not in this repository",
        check: { file in
            let names =
                ["cli-con" + "tract", "user-wi" + "shes", "hosts-mea" + "sured"]
                + ["bug-sto" + "ries", "style-anc" + "hors", "designs-and-" + "proof"]
            return file.lines.enumerated().flatMap { index, line in
                names.filter(line.contains).map { file.finding(index, "no page \($0)") }
            }
        },
        bad: [Sample("// cli-con" + "tract"), Sample("bug-sto" + "ries S1", in: "README.md")],
        good: [Sample("// command-line")])

    private static let article = "Sources/InterruptModel/InterruptModel.docc/model-contract.md"
}

extension SourceFile {
    /// The texts in which sources are cited, without those that are here to be wrong.
    fileprivate var isCited: Bool { !path.hasPrefix(HouseRule.kernelCode) }
}
