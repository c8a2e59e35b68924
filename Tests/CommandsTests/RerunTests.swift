import Testing

@Suite("The command printed with a result really shows it again") struct RerunTests {
    private func scenarios(_ arguments: [String]) throws -> [JSONDocument] {
        try JSONDocument(program(arguments + ["-f", "json"]).out)["scenarios"]?.list ?? []
    }

    /// Runs what a result says and expects the same again.
    private func expectSameAgain(_ result: JSONDocument) throws {
        let rerun = try #require(result["rerun"]?.string)
        let words = shellWords(rerun)
        #expect(words.prefix(2) == ["savic-eoi", "run"])
        let again = try #require(
            try scenarios(Array(words.dropFirst())).first {
                $0["name"]?.string == result["name"]?.string
                    // The axis is part of a name only where both are run.
                    || result["name"]?.string?.hasPrefix(($0["name"]?.string ?? "?") + "@") == true
            })
        #expect(again["verdict"]?.string == result["verdict"]?.string)
        for name in ["code", "step", "field", "expected", "observed"] {
            let (one, other) = (result["mismatch"]?[name], again["mismatch"]?[name])
            #expect(one.map { "\($0.value)" } == other.map { "\($0.value)" })
        }
        #expect(again["hazards"]?.strings == result["hazards"]?.strings)
        #expect(again["skip"]?["reason"]?.string == result["skip"]?["reason"]?.string)
        #expect(again["rerun"]?.string == rerun)
    }

    @Test(
        "The command of a failure shows it again, whatever the file is called",
        arguments: ["own.yaml", "with space.yaml", "it's $HOME; `x`.yaml", "ümläut.yaml"])
    func aFailureOfAFile(_ name: String) throws {
        let folder = try Folder()
        let path = try folder.write(Sample.fail.text, to: name)
        let results = try scenarios(["run", path])
        #expect(results.first?["verdict"]?.string == "fail")
        for result in results { try expectSameAgain(result) }
    }

    @Test("The text prints the same command as the JSON")
    func theTextPrintsTheSameCommandAsTheJSON() throws {
        let folder = try Folder()
        let path = try folder.write(Sample.fail.text)
        let rerun = try #require(try scenarios(["run", path]).first?["rerun"]?.string)
        let text = program("run", path).out
        #expect(text.contains("rerun: \(rerun)\n"))
    }

    /// Every axis that a run can have comes back in the command.
    static let axes: [[String]] = [
        ["--strict"],
        ["--strict", "--design", "reevaluate-all"],
        ["--strict", "--design", "rfc-v1", "--machine", "secure"],
        ["--irqchip", "kernel"],
        ["--irqchip", "both", "--strict"],
        ["--page-tmr", "never", "--strict"],
        ["--guest-eoi", "ghcb", "--strict", "--machine", "secure"],
        ["--repeat", "2", "--timeout", "7"],
        ["--allow-host-risk"],
    ]

    @Test(
        "The commands of results of the basics, of every verdict, show them again on every axis",
        arguments: axes)
    func everyResultOfTheBasicsWithItsAxes(_ axes: [String]) throws {
        let results = try scenarios(["run", "--group", "basics"] + axes)
        #expect(results.count > 10)
        // Each takes the parser of command lines a tenth of a second in a debug build, so of each
        // verdict and each command but for the scenario's name some are enough.
        let kinds = Dictionary(grouping: results) { result in
            let words = shellWords(result["rerun"]?.string ?? "")
            return [result["verdict"]?.string ?? ""] + words.prefix(2) + words.dropFirst(3)
        }
        for result in kinds.values.flatMap({ $0.prefix(3) }) { try expectSameAgain(result) }
    }

    @Test("Among those results some fail, else they would prove nothing")
    func strictDesignsDoFailSomewhere() throws {
        for arguments in Self.axes[...1] {
            let results = try scenarios(["run", "--group", "basics"] + arguments)
            #expect(results.contains { $0["verdict"]?.string == "fail" }, "else it proves nothing")
        }
    }

    @Test("A time limit is in the command only where one was given")
    func aLimitThatMadeTheDifferenceIsRepeated() throws {
        let result = try #require(try scenarios(["run", "level-basic", "--timeout", "7"]).first)
        #expect(result["rerun"]?.string?.hasSuffix("--timeout 7") == true)
        let plain = try #require(try scenarios(["run", "level-basic"]).first)
        #expect(plain["rerun"]?.string == "savic-eoi run level-basic --backend model")
    }

    // MARK: - Words

    @Test("These tests take a command apart as a shell does")
    func wordsAreTakenApartAsAShellDoes() {
        #expect(shellWords("a 'b c' d") == ["a", "b c", "d"])
        #expect(shellWords(#"a 'it'\''s' ''"#) == ["a", "it's", ""])
    }
}

/// The words of a command: spaces, single quotes and backslashes, as POSIX shells read them.
func shellWords(_ command: String) -> [String] {
    var words: [String] = []
    var word: String?
    var isQuoted = false
    var isEscaped = false
    for character in command {
        if isEscaped {
            word = (word ?? "") + String(character)
            isEscaped = false
        } else if character == "'" {
            isQuoted.toggle()
            word = word ?? ""
        } else if character == "\\", !isQuoted {
            isEscaped = true
        } else if character == " ", !isQuoted {
            if let done = word { words.append(done) }
            word = nil
        } else {
            word = (word ?? "") + String(character)
        }
    }
    if let done = word { words.append(done) }
    return words
}
