import InterruptModel
import TestSupport
import Testing
import Verdicts

@testable import Commands

/// `savic-eoi bench`: what it prints, and how it ends.
@Suite("bench") struct BenchCommandTests {
    static let times = Shape.object([
        "min": .number, "p50": .number, "p90": .number, "p99": .number, "p99.9": .number,
        "max": .number,
    ])

    static let place: [String: Shape] = [
        "backend": .word(["model", "kvm", "emulator", "savic"]),
        "irqchip": .word(["split", "kernel"]),
    ]

    private static func list(
        _ members: [String: Shape], optional: [String: Shape] = [:]
    ) -> Shape {
        .list(.object(place.merging(members) { $1 }, optional: optional))
    }

    static let shape = Shape.object([
        "schemaVersion": .integer, "tool": Shape.tool, "host": .map(.string),
        "build": .word(["debug", "release"]), "interrupted": .bool,
        "roundTrips": .object([
            "steps": .list(.string), "clockMicroseconds": .number,
            "measurements": list(
                [
                    "machine": .word(["plain", "secure"]), "design": .string, "rounds": .integer,
                    "warmUp": .integer, "deliveries": .integer, "eois": .integer,
                    "endsAtDelivery": .bool, "roundsPerSecond": .number,
                    "roundMicroseconds": times,
                ], optional: ["assumptions": Shape.assumptions, "eoiMicroseconds": times]),
            "notRun": list(["reason": .string, "hint": .string]),
            "failures": list(["failure": .string]),
            "unfinished": list(["roundsDone": .integer]),
        ]),
    ])

    static func document(_ arguments: String...) throws -> JSONDocument {
        let ending = program(["bench", "--json"] + arguments)
        #expect(ending.status == 0 && ending.err.isEmpty)
        let document = try JSONDocument(ending.out)
        #expect(shape.problems(document.value).isEmpty)
        #expect(document["schemaVersion"]?.integer == 2)
        return document
    }

    @Test("Each measurement says what it was made on")
    func configuration() throws {
        let document = try Self.document(
            "--backend", "model", "--irqchip", "both", "--design", "hardened", "--rounds", "30",
            "--page-tmr", "guest")
        let measurements = document["roundTrips"]?["measurements"]?.list ?? []
        #expect(measurements.compactMap { $0["irqchip"]?.string } == ["split", "kernel"])
        for measurement in measurements {
            #expect(measurement["backend"]?.string == "model")
            #expect(measurement["machine"]?.string == "secure")
            #expect(measurement["design"]?.string == "hardened")
            #expect(measurement["assumptions"]?["page-tmr"]?.string == "guest")
            #expect(measurement["assumptions"]?["native-level-eoi"]?.string == "traps")
            #expect(measurement["rounds"]?.integer == 30)
            #expect(measurement["warmUp"]?.integer == RoundTripSection.warmUp)
            #expect(measurement["deliveries"]?.integer == 30)
            #expect(measurement["eois"]?.integer == 30)
        }
    }

    /// Their order is that of the figures; how large they are is nobody's business here.
    @Test("Times rise from the shortest to the longest")
    func order() throws {
        let document = try Self.document("--backend", "model", "--rounds", "200")
        let measurement = try #require(document["roundTrips"]?["measurements"]?.list.first)
        for name in ["roundMicroseconds", "eoiMicroseconds"] {
            let values = ["min", "p50", "p90", "p99", "p99.9", "max"].compactMap {
                measurement[name]?[$0]?.value as? Double
            }
            #expect(values.count == 6 && values == values.sorted() && values[0] > 0)
        }
    }

    @Test("The table has a row of each time, and its facts above")
    func text() throws {
        let ending = program(
            "bench", "--backend", "model", "--backend", "model", "--rounds", "10", "--design",
            "one-outstanding")
        #expect(ending.status == 0 && ending.err.isEmpty)
        let lines = ending.outLines
        #expect(lines[0] == Tool.current.name)
        for name in ["kernel ", "cpu ", "modules ", "build ", "clock "] {
            #expect(lines.contains { $0.hasPrefix(name) })
        }
        #expect(lines.contains("rounds   10 each, after 200 to warm up"))
        #expect(lines.contains("a round  assert 2, run, deassert 2, eoi, sti"))
        #expect(
            lines.contains(
                "seen     20 interrupts taken and 20 EOIs in 20 rounds, each as the model has it"))
        let table = lines.drop { !$0.hasPrefix("backend") }
        #expect(
            table.first?.split(separator: " ") == [
                "backend", "irqchip", "design", "rounds/s", "min", "p50", "p90", "p99", "p99.9",
                "max",
            ])
        let words = table.dropFirst().map { $0.split(separator: " ") }
        #expect(words.map(\.count) == [11, 7, 11, 7])
        #expect(words.map { $0.count == 11 ? $0[4] : $0[0] } == ["round", "eoi", "round", "eoi"])
        #expect(words[0].prefix(3) == ["model", "split", "one-outstanding"])
        for line in lines { #expect(line.count <= 100, "\(line)") }
    }

    @Test("Colours go where they are asked for")
    func colours() {
        let plain = program("bench", "--backend", "model", "--rounds", "1")
        #expect(!plain.out.contains("\u{1B}"))
        let painted = program(
            "bench", "--backend", "model", "--rounds", "1", "--color", "always")
        #expect(painted.out.contains("\u{1B}[1mEOI round trips\u{1B}[0m"))
    }

    @Test(
        "Microseconds have the digits that the histogram keeps",
        arguments: [
            (0.0, "0.00"), (43, "0.04"), (9_994, "9.99"), (9_996, "10.0"), (41_234, "41.2"),
            (99_960, "100"), (3_254_321, "3254"),
        ])
    func digits(nanoseconds: Double, text: String) {
        #expect(RoundTripReport.short(nanoseconds) == text)
    }

    @Test("No figure is made of nothing: exit 70 with the reason, and what was well stays")
    func failure() throws {
        let ending = program(
            "bench", "--backend", "model", "--page-tmr", "never", "--irqchip", "both", "--rounds",
            "5")
        #expect(ending.status == 70)
        #expect(!ending.out.contains("rounds/s"))
        #expect(
            ending.out.hasSuffix(
                "failed  model  split, kernel  round 1 of 205: no EOI reached the IOAPIC\n"))
        let document = try JSONDocument(
            program("bench", "--backend", "model", "--page-tmr", "never", "--json").out)
        #expect(Self.shape.problems(document.value).isEmpty)
        #expect(document["roundTrips"]?["measurements"]?.list.isEmpty == true)
        #expect(document["roundTrips"]?["failures"]?.list.count == 1)
    }

    @Test(
        "Bad arguments are usage errors",
        arguments: [
            ["--rounds", "0"], ["--rounds", "-1"], ["--rounds", "many"],
            ["--rounds", "1000000001"],
            ["--timeout", "0"], ["--timeout", "86401"], ["--backend", "auto"],
            ["--backend", "qemu"],
            ["--design", "rfc-v9"], ["--irqchip", "none"], ["--color", "blue"], ["stray"],
        ])
    func usage(arguments: [String]) {
        let ending = program(["bench"] + arguments)
        #expect(ending.status == 64)
        #expect(ending.out.isEmpty && !ending.err.isEmpty)
    }
}

/// With this host's KVM, if it has one. That its rounds were round trips, each compared with the
/// model, is what a figure means; it has no bounds.
@Suite("bench on this host", .serialized, .inTurnOnKVM) struct BenchOnHostTests {
    @Test("Without a choice everything is measured or has its reason")
    func everything() throws {
        // The search's own default, five lines, is for a release build.
        let document = try BenchCommandTests.document("--rounds", "5", "--levels", "2")
        #expect(document["explorer"]?["runs"]?.list.isEmpty == false)
        let section = try #require(document["roundTrips"])
        let measured = section["measurements"]?.list.compactMap { $0["backend"]?.string } ?? []
        let notRun = section["notRun"]?.list ?? []
        let names = measured + notRun.compactMap { $0["backend"]?.string }
        #expect(measured.first == "model")
        #expect(names.sorted() == ["emulator", "kvm", "model", "savic"])
        for entry in notRun { #expect(entry["reason"]?.string?.isEmpty == false) }
        #expect(section["failures"]?.list.isEmpty == true)
    }

    @Test(
        "Where nothing can run the status is 4",
        .enabled(if: !Readiness.current.isReady(for: .savic), "this host can run savic"))
    func nothing() {
        let ending = program("bench", "--backend", "savic", "--irqchip", "both", "--rounds", "5")
        #expect(ending.status == 4 && ending.err.isEmpty)
        #expect(ending.out.contains("not run  savic  split, kernel  needs "))
        let mixed = program("bench", "--backend", "savic", "--backend", "model", "--rounds", "5")
        #expect(mixed.status == 0, "the other could")
    }

    @Test("Every round on KVM counts, on both irqchips", .opensKVM, arguments: ["kvm", "emulator"])
    func counts(backend: String) throws {
        let ending = program(
            "bench", "--backend", backend, "--irqchip", "both", "--rounds", "50", "--json")
        #expect(ending.status == 0, "\(ending.out)")
        let document = try JSONDocument(ending.out)
        #expect(BenchCommandTests.shape.problems(document.value).isEmpty)
        let measurements = document["roundTrips"]?["measurements"]?.list ?? []
        #expect(measurements.count == 2)
        for measurement in measurements {
            #expect(measurement["rounds"]?.integer == 50)
            #expect(measurement["deliveries"]?.integer == 50)
            #expect(measurement["eois"]?.integer == 50)
            #expect(measurement["design"]?.string == (backend == "kvm" ? "plain" : "rfc-v2"))
            // Where this host's KVM ends interrupts itself there is no time of the guest's EOI.
            let isPeculiar = measurement["endsAtDelivery"]?.value as? Bool
            #expect((measurement["eoiMicroseconds"] == nil) == (isPeculiar == true))
        }
    }

    @Test("A peculiar host is named along with its figures", .opensKVM)
    func remark() throws {
        let ending = program("bench", "--backend", "kvm", "--rounds", "20")
        #expect(ending.status == 0)
        let rows = ending.outLines.filter { $0.contains(" eoi ") }
        #expect(rows.isEmpty == ending.out.contains("peculiar  kvm  split  this KVM ends every"))
    }

    @Test("The search of every state is a section of its own, each row with its configuration")
    func explorer() throws {
        let ending = program(
            "bench", "--backend", "model", "--rounds", "9", "--levels", "2", "--json")
        #expect(ending.status == 0)
        let section = try JSONDocument(ending.out)["explorer"]
        let runs = section?["runs"]?.list ?? []
        #expect(runs.first?["threads"]?.integer == 1)
        #expect(runs.allSatisfy { $0["states"]?.integer == 508 })
        #expect(runs.allSatisfy { $0["complete"]?.value as? Bool == true })
        let without = program("bench", "--backend", "model", "--rounds", "9", "--json")
        #expect(try JSONDocument(without.out)["explorer"] == nil)
        #expect(program("bench", "--levels", "7").status == 64)
    }
}
