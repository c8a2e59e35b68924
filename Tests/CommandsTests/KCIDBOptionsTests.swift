import Testing

@Suite("run --format kcidb: who reports what (reports §13)")
struct KCIDBOptionsTests {
    private static let run = ["run", "level-basic", "--format", "kcidb"]
    private static let origin = ["--kcidb-origin", "my_ci"]
    private static let build = ["--kcidb-build", "maestro:6543"]

    private func test(_ ending: Ending) throws -> JSONDocument {
        try #require(JSONDocument(ending.out)["tests"]?.list.first)
    }

    @Test("Origin, build and run are in each test, as options have them")
    func options() throws {
        let ending = program(Self.run + Self.origin + Self.build + ["--kcidb-run", "night-7"])
        #expect(ending.status == 0 && ending.err.isEmpty)
        let document = try JSONDocument(ending.out)
        #expect(document["version"]?["major"]?.integer == 5)
        let test = try test(ending)
        #expect(test["id"]?.string == "my_ci:night-7-level-basic")
        #expect(test["origin"]?.string == "my_ci")
        #expect(test["build_id"]?.string == "maestro:6543")
        #expect(test["path"]?.string == "savic_eoi.basics.level-basic")
        #expect(test["start_time"]?.string?.hasSuffix("+00:00") == true)
    }

    @Test("The environment has them too; an option goes before it, and an empty variable is none")
    func environment() throws {
        let surroundings = Surroundings(environment: [
            "SAVIC_EOI_KCIDB_ORIGIN": "farm", "SAVIC_EOI_KCIDB_BUILD": "farm:1",
            "SAVIC_EOI_KCIDB_RUN": "night-8",
        ])
        let all = try test(program(Self.run, in: surroundings))
        #expect(all["id"]?.string == "farm:night-8-level-basic")
        #expect(all["build_id"]?.string == "farm:1")
        let one = try test(program(Self.run + Self.origin, in: surroundings))
        #expect(one["id"]?.string == "my_ci:night-8-level-basic")
        let empty = Surroundings(environment: ["SAVIC_EOI_KCIDB_ORIGIN": ""])
        #expect(program(Self.run + Self.build, in: empty).status == 64)
        // Who reports elsewhere has the variables all the same.
        #expect(program(["run", "level-basic"], in: surroundings).status == 0)
    }

    @Test("Two runs of the same have no id in common")
    func ids() throws {
        let command = Self.run + Self.origin + Self.build
        let ids = try (0..<2).map { _ in try test(program(command))["id"]?.string }
        #expect(ids[0] != ids[1])
        #expect(ids[0]?.hasPrefix("my_ci:savic-eoi-") == true)
    }

    @Test("What never ran has its group, and its irqchip")
    func unfinished() throws {
        let command =
            ["run", "stuck-line", "level-retrigger", "--backend", "model", "--irqchip", "both"]
            + ["--strict", "--fail-fast", "--format", "kcidb"] + Self.origin + Self.build
        let ending = program(command)
        #expect(ending.status == 1)
        let tests = try JSONDocument(ending.out)["tests"]?.list ?? []
        let missed = tests.filter { $0["status"]?.string == "MISS" }
        #expect(missed.isEmpty == false)
        for test in missed {
            let parts = test["path"]?.string?.split(separator: ".") ?? []
            #expect(parts.count == 4 && ["split", "kernel"].contains(parts.last))
        }
    }

    @Test("Without origin and build it is 64, and what is missing is named")
    func missing() {
        for (given, sentence) in [
            ([], "needs --kcidb-origin NAME and --kcidb-build ORIGIN:ID: "),
            (Self.origin, "needs --kcidb-build ORIGIN:ID: "),
            (Self.build, "needs --kcidb-origin NAME: "),
        ] {
            let ending = program(Self.run + given)
            #expect(ending.status == 64 && ending.out.isEmpty)
            #expect(
                ending.err
                    == "savic-eoi: --format kcidb \(sentence)a test without them is none to KCIDB\n"
            )
        }
    }

    @Test(
        "What the schema refuses is 64, and so is an option that is of no use",
        arguments: [
            (["--kcidb-origin", "My-CI"], "takes lower-case letters, digits and _, found “My-CI”"),
            (["--kcidb-origin", ""], "takes lower-case letters, digits and _, found “”"),
            (["--kcidb-build", "6543"], "takes the id of a build, such as maestro:6543"),
            (["--kcidb-build", "A:1"], "takes the id of a build"),
            (["--kcidb-build", "a:"], "takes the id of a build"),
            (["--kcidb-build", "a:\u{7}"], "takes the id of a build"),
            (["--kcidb-run", ""], "takes printable letters"),
        ])
    func refused(_ option: [String], _ sentence: String) {
        // The last one counts.
        let ending = program(Self.run + Self.origin + Self.build + option)
        #expect(ending.status == 64 && ending.out.isEmpty)
        #expect(ending.err.hasPrefix("savic-eoi: \(option[0]) \(sentence)"), "\(ending.err)")
        let useless = program(["run", "level-basic"] + option)
        #expect(useless.status == 64)
        #expect(useless.err == "savic-eoi: \(option[0]) is for --format kcidb\n")
    }
}
