extension HouseRule {
    /// Files that may be longer than 600 lines because they are tables: one entry after another,
    /// none longer than a page. No code is among them.
    static let tables: Set<String> = [
        "Sources/Scenarios/Catalogue/basics.yaml", "Sources/Scenarios/Catalogue/stories.yaml",
    ]

    /// The lab's code, which is a part of a kernel.
    static let kernelCode = "hosttests/savic-kernel/kernel/"
    /// Where the kernel's own style holds, which has tabs (Documentation/process/coding-style.rst).
    private static let tabbed = [kernelCode, "Sources/Reporting/Programs/"]

    /// Rules about characters, lines and files.
    static let layout = [lineLength, fileLength, blanks, ending, places]

    private static let lineLength = HouseRule(
        name: "a line has at most 100 characters",
        check: { file in
            file.lines.enumerated().filter { _, line in
                // A row of a Markdown table cannot be broken.
                line.count > 100 && !(file.path.hasSuffix(".md") && line.hasPrefix("|"))
            }.map { file.finding($0, "\($1.count) characters") }
        },
        bad: [Sample(String(repeating: "x", count: 101))],
        good: [
            Sample(String(repeating: "x", count: 100)), Sample(String(repeating: "–", count: 100)),
            Sample("| " + String(repeating: "x", count: 100), in: "README.md"),
        ])

    private static let fileLength = HouseRule(
        name: "a file has at most 600 lines",
        check: { file in
            let count = file.lines.count - 1
            return count <= 600 || tables.contains(file.path)
                ? [] : [file.finding(600, "\(count) lines; take it apart, or name it as a table")]
        },
        bad: [Sample(String(repeating: "\n", count: 601))],
        good: [
            Sample(String(repeating: "\n", count: 600)),
            Sample(String(repeating: "\n", count: 601), in: tables.first ?? "none"),
        ])

    private static let blanks = HouseRule(
        name: "no tabs, no carriage returns, no blanks at the end of a line",
        check: { file in
            file.lines.enumerated().compactMap { index, line in
                if line.contains("\t"), !tabbed.contains(where: file.path.hasPrefix) {
                    return file.finding(index, "a tab")
                }
                if line.unicodeScalars.contains("\r") { return file.finding(index, "a CR") }
                return line.last == " " ? file.finding(index, "a blank at the end") : nil
            }
        },
        bad: [Sample("\tx\n"), Sample("x \n"), Sample("x\r\ny\n"), Sample("   \n")],
        good: [Sample("    x\n\ny\n"), Sample("\tx\n", in: kernelCode + "x.c")])

    private static let ending = HouseRule(
        name: "a file ends with one newline",
        check: { file in
            let isRight = file.text.hasSuffix("\n") && !file.text.hasSuffix("\n\n")
            return isRight ? [] : [file.finding(file.lines.count - 1, "not one newline at the end")]
        },
        bad: [Sample("x"), Sample("x\n\n"), Sample("")], good: [Sample("x\n")])

    /// Folders of the machine that this was written on; spelled in pieces, or the rule would
    /// find itself.
    private static let places = HouseRule(
        name: "no path of one machine",
        check: { file in
            file.lines.enumerated().compactMap { index, line in
                ["work", "tmp", "root"].first { line.contains("/" + $0 + "/") }.map {
                    file.finding(index, "/\($0)/; take a path from the package or a new folder")
                }
            }
        },
        bad: [
            Sample("let path = \"/" + "work/x\""), Sample("see /" + "root/x", in: "README.md"),
            Sample("# /" + "tmp/x", in: "hosttests/run"),
        ],
        good: [Sample("let work = root/tmp")])
}
