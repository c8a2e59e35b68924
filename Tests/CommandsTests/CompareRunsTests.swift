import Testing
import Verdicts

@Suite("compare: runs side by side") struct CompareRunsTests {
    /// What stands below the columns.
    private func differences(_ ending: Ending) -> Substring {
        ending.out.ranges(of: "\nA–B: ").first.map { ending.out[$0.lowerBound...].dropFirst() }
            ?? ""
    }

    private func compare(
        _ first: [ScenarioResult], _ other: [ScenarioResult], unfinished: [String] = []
    ) throws -> Ending {
        try CommandsTests.compare([
            SampleRun(results: first).text,
            SampleRun(results: other, unfinished: unfinished).text,
        ])
    }

    @Test("A failure that was a pass is worse: 1, with its reason and the command")
    func newFailure() throws {
        let ending = try compare(
            [.named("level-basic"), .named("edge-basic")],
            [.named("level-basic", .fail, code: .eoiMissing), .named("edge-basic")])
        #expect(ending.status == 1 && ending.err.isEmpty)
        #expect(
            ending.out == """
                A  0.json: kvm, irqchip split, design rfc-v2
                   2 scenarios in 0.500 s, compared 8 steps, 64 fields, 2 EOIs
                   2 pass, 0 fail, 0 skip, 0 timeout, 0 error
                B  1.json: kvm, irqchip split, design rfc-v2
                   2 scenarios in 0.500 s, compared 8 steps, 64 fields, 2 EOIs
                   1 pass, 1 fail, 0 skip, 0 timeout, 0 error

                A–B: 1 worse, 1 the same
                  worse  level-basic  pass → fail
                         step 4: EOI-MISSING: EOI exit expected 0x31, observed –
                         rerun: savic-eoi run level-basic --backend kvm

                """)
    }

    @Test(
        "A timeout and an error are worse than a pass as well, and than no run",
        arguments: [Verdict.fail, .timeout, .error])
    func otherFailures(verdict: Verdict) throws {
        let bad = ScenarioResult.named("level-basic", verdict, failure: "no answer")
        for before in [
            ScenarioResult.named("level-basic"), .named("level-basic", .shown),
            .named("level-basic", .skip, skip: Skip(reason: "needs /dev/kvm")), .named("other"),
        ] {
            let ending = try compare([before], [bad])
            #expect(ending.status == 1)
            let lines = ending.outLines.map { $0.drop { $0 == " " } }
            let place = try #require(lines.firstIndex { $0.hasPrefix("worse ") })
            #expect(lines[place].hasSuffix(" → \(verdict.rawValue)"))
            #expect(lines[place + 1] == "no answer")
        }
    }

    @Test("A pass that was a failure is mended: 0, and the old reason is told")
    func mended() throws {
        let ending = try compare(
            [.named("level-basic", .fail, code: .eoiMissing)],
            [.named("level-basic", hazards: ["redelivery"])])
        #expect(ending.status == 0)
        #expect(
            differences(ending) == """
                A–B: 1 mended
                  mended  level-basic  fail → hazard
                          before: step 4: EOI-MISSING: EOI exit expected 0x31, observed –
                          hazard: redelivery

                """)
    }

    @Test("Another code is changed and not worse, the same one is as before: 0")
    func otherCode() throws {
        let before: [ScenarioResult] = [
            .named("a", .fail, code: .eoiMissing), .named("b", .fail, code: .eoiMissing),
        ]
        let ending = try compare(
            before, [.named("a", .fail, code: .state), .named("b", .fail, code: .eoiMissing)])
        #expect(ending.status == 0)
        #expect(
            differences(ending) == """
                A–B: 1 changed, 1 did not pass, as before
                  changed  a  fail → fail
                           step 4: STATE: EOI exit expected 0x31, observed –
                           before: step 4: EOI-MISSING: EOI exit expected 0x31, observed –
                           rerun: savic-eoi run a --backend kvm

                """)
    }

    @Test("An invariant that was not violated is worse, one that is violated no longer mended")
    func hazards() throws {
        let ending = try compare(
            [
                .named("a", hazards: ["attribution"]), .named("b", hazards: ["attribution"]),
                .named("c", hazards: ["attribution"]), .named("d"),
            ],
            [
                .named("a", hazards: ["attribution"]),
                .named("b", hazards: ["redelivery"]), .named("c"),
                .named("d", hazards: ["redelivery"]),
            ])
        #expect(ending.status == 1)
        #expect(
            differences(ending) == """
                A–B: 2 worse, 1 mended, 1 the same
                  worse   b  hazard → hazard
                          violates now redelivery
                          violates no longer attribution
                          rerun: savic-eoi run b --backend kvm
                  worse   d  pass → hazard
                          violates now redelivery
                          rerun: savic-eoi run d --backend kvm
                  mended  c  hazard → pass
                          violates no longer attribution

                """)
    }

    @Test("A pass that sees no EOI any more is told")
    func noEOIs() throws {
        let ending = try compare([.named("a", eois: 3)], [.named("a", eois: 0)])
        #expect(ending.status == 0)
        #expect(
            differences(ending) == """
                A–B: 1 changed
                  changed  a  pass → pass
                           no EOI was seen any more, and 3 EOIs before

                """)
    }

    @Test("What ran in one report only is told with the reason, and what ran in none is counted")
    func ranInOne() throws {
        let skip = Skip(reason: "needs /dev/kvm", hint: "load kvm_amd")
        let ending = try compare(
            [
                .named("skipped-now"), .named("not-reached"), .named("gone"),
                .named("failed-and-skipped", .fail, code: .acknowledge),
                .named("never", .skip, skip: skip),
                .named("ran-now", .skip, skip: skip),
            ],
            [
                .named("skipped-now", .skip, skip: skip),
                .named("failed-and-skipped", .skip, skip: skip), .named("never", .skip, skip: skip),
                .named("ran-now"), .named("new"),
            ], unfinished: ["not-reached"])
        #expect(ending.status == 4, "nothing ran in both")
        #expect(
            ending.out.contains(
                "\nB  1.json: kvm, irqchip split, design rfc-v2, 1 not run or not finished\n"))
        #expect(
            differences(ending) == """
                A–B: nothing was compared: 4 only A, 2 only B, 1 ran in neither
                  only A  skipped-now         pass → skip
                          needs /dev/kvm; load kvm_amd
                  only A  not-reached         pass → unfinished
                          not run or not finished
                  only A  gone                pass → –
                          it is not in the report
                  only A  failed-and-skipped  fail → skip
                          needs /dev/kvm; load kvm_amd
                  only B  ran-now             skip → pass
                          before: needs /dev/kvm; load kvm_amd
                  only B  new                 – → pass
                          before: it is not in the report

                """)
    }

    @Test("What the reports were not made alike with is told before the differences")
    func settings() throws {
        var other = SampleRun()
        other.header.design = "guest-conveys"
        other.header.backend = .savic
        other.header.simulatedBy = BackendKind.lab
        other.header.irqchip = "both"
        other.header.assumptions = [("page-tmr", "never"), ("guest-eoi", nil)]
        other.header.kernelRules = "unmask-resamples yes"
        other.header.strict = true
        other.header.tool = Tool(version: "2.0.0")
        other.header.host = [("kernel", "6.19.0"), ("microcode", "0x1")]
        let ending = try CommandsTests.compare([SampleRun().text, SampleRun().text, other.text])
        #expect(ending.status == 0)
        let start = try #require(ending.out.ranges(of: "Made differently:").first?.lowerBound)
        #expect(
            ending.out[start...] == """
                Made differently:
                  design            A, B rfc-v2; C guest-conveys
                  backend           A, B kvm; C savic (simulated by the lab)
                  irqchip           A, B split; C both
                  page-tmr          A, B as each scenario says; C never
                  kernel rules      A, B not asked for; C unmask-resamples yes
                  known hazards     A, B pass; C fail (--strict)
                  tool              A, B savic-eoi 1.0.0; C savic-eoi 2.0.0
                  host's kernel     A, B 6.18.0; C 6.19.0
                  host's microcode  A, B –; C 0x1

                A–B: no difference, 1 the same

                A–C: no difference, 1 the same

                """)
    }

    @Test("Each later report is held against the first, and one that is worse is enough: 1")
    func several() throws {
        let good = SampleRun().text
        let bad = SampleRun(results: [.named("level-basic", .fail, code: .order)]).text
        #expect(try CommandsTests.compare([good, bad, good]).status == 1)
        let ending = try CommandsTests.compare([bad, good, bad])
        #expect(ending.status == 0)
        #expect(ending.out.contains("\nA–B: 1 mended\n"))
        #expect(ending.out.hasSuffix("\nA–C: no difference, 1 did not pass, as before\n"))
    }

    @Test("JSON has codes and hazards as such beside the sentence")
    func json() throws {
        let ending = try CommandsTests.compare(
            [
                SampleRun(results: [.named("a", .fail, code: .acknowledge), .named("b")]).text,
                SampleRun(results: [
                    .named("a", .fail, code: .order), .named("b", hazards: ["redelivery"]),
                ]).text,
            ], ["--json"])
        #expect(ending.status == 1)
        let document = try JSONDocument(ending.out)
        #expect(document["of"]?.string == "run" && document["worse"]?.value as? Bool == true)
        let (worse, changed) = (
            document["differences"]?.list.first, document["differences"]?.list.last
        )
        #expect(worse?["scenario"]?.string == "b" && worse?["change"]?.string == "worse")
        #expect(worse?["hazardsBefore"]?.strings == [])
        #expect(worse?["hazards"]?.strings == ["redelivery"])
        #expect(changed?["codeBefore"]?.string == "ACK" && changed?["code"]?.string == "ORDER")
        let counts = document["pairs"]?.list.first?["counts"]
        #expect(counts?["worse"]?.integer == 1 && counts?["changed"]?.integer == 1)
    }

    @Test("What run writes is read: a catalogue against itself, and under --strict it is worse")
    func catalogue() throws {
        let folder = try Folder()
        let (plain, strict) = (folder.path("plain.json"), folder.path("strict.json"))
        let model = ["run", "--backend", "model", "-q", "-f", "json", "-o"]
        #expect(program(model + [plain]).status == 0)
        #expect(program(model + [strict, "--strict"]).status == 1)
        let same = program("compare", plain, plain)
        #expect(same.status == 0 && same.out.contains("\nA–B: no difference, "))
        let worse = program("compare", plain, strict)
        #expect(worse.status == 1)
        #expect(worse.out.contains("  known hazards  A pass; B fail (--strict)\n"))
        #expect(worse.out.contains("hazard → fail\n"))
    }

    @Test(
        "A broken report is 65 with file, line, column and the reason",
        arguments: [
            (
                "\"verdict\": \"pass\"", "\"verdict\": \"good\"",
                ":16:18: unknown verdict “good”; expected pass, shown, fail, skip, timeout, error"
            ),
            (
                "\"pass\": 1,", "\"pass\": 2,",
                ":29:13: 1 scenario of verdict pass; expected that number"
            ),
            (
                "\"duration\": 0.25", "\"duration\": -1",
                ":19:19: expected how long it took, in seconds, found “-1”"
            ),
            ("\"eois\": 1", "\"eois\": -1", "expected a number of eois"),
            (
                "\"unfinished\": []", "\"unfinished\": [\"level-basic\"]",
                ":26:18: a second scenario “level-basic”; expected each once"
            ),
            ("\"backend\": \"kvm\"", "\"b\": 1", "there is no “backend” in the report"),
            ("\"schemaVersion\": 2", "\"schemaVersion\": 1", "expected schemaVersion 2, found “1”"),
        ])
    func broken(_ from: String, _ to: String, _ reason: String) throws {
        let text = SampleRun().text
        let broken = text.replacing(from, with: to)
        #expect(broken != text)
        let ending = try CommandsTests.compare([text, broken])
        #expect(ending.status == 65 && ending.out.isEmpty)
        #expect(ending.err.hasPrefix("savic-eoi: 1.json:"))
        #expect(ending.err.contains(reason), "\(ending.err)")
    }

    @Test("A code that nobody knows is 65, and names of strangers are text")
    func strangers() throws {
        let bad = SampleRun(results: [.named("a", .fail, code: .acknowledge)]).text
        let ending = try CommandsTests.compare([bad, bad.replacing("\"ACK\"", with: "\"NONE\"")])
        #expect(ending.status == 65 && ending.err.contains("unknown mismatch code “NONE”"))
        let hostile = SampleRun(results: [.named("\u{1B}[31m|`", .error, failure: "\u{1B}c")])
        for format in ["text", "json", "markdown"] {
            let ending = try CommandsTests.compare(
                [SampleRun().text, hostile.text], ["--format", format])
            #expect(ending.status == 1 && !ending.out.contains("\u{1B}"))
        }
    }
}
