import InterruptModel
import TestSupport
import Testing

@testable import Commands

@Suite(
    "run --backend emulator and characterize: the secure agent behind the command line",
    .serialized, .opensKVM, .inTurnOnKVM)
struct EmulatorTests {
    @Test("The emulator runs what needs a secure machine, and the report says so")
    func theEmulatorRunsWhatNeedsASecureMachine() throws {
        let ending = program("run", "--backend", "emulator", "-f", "json", "level-basic")
        #expect(ending.status == 0 && ending.err.isEmpty)
        let document = try JSONDocument(ending.out)
        #expect(JSONPromiseTests.run.problems(document.value).isEmpty)
        #expect(document["backend"]?.string == "emulator")
        #expect(document["design"]?.string == "rfc-v2")
        #expect(document["totals"]?["compared"]?["eois"]?.integer == 1)
        let result = try #require(document["scenarios"]?.list.first)
        #expect(result["rerun"]?.string == "savic-eoi run level-basic --backend emulator")
    }

    @Test("What needs a plain machine is skipped with its reason: 4")
    func plainMachine() throws {
        let folder = try Folder()
        let path = try folder.write(
            Sample(name: "own-plain", more: "machines: [plain]\n").text)
        let ending = program("run", "--backend", "emulator", path)
        #expect(ending.status == 4)
        #expect(ending.out.contains("needs a plain local APIC"))
    }

    // MARK: - Axes

    @Test("The command that runs it again has the same axes, whatever gave them")
    func theRerunCommandCarriesTheAxes() throws {
        let folder = try Folder()
        let file = try folder.write(
            "assumptions: {page-tmr: never, native-level-eoi: ends, before-enable: kept}\n",
            to: "host.yaml")
        let arguments = [
            "run", "--backend", "emulator", "level-basic", "--assumptions", file, "--page-tmr",
            "guest", "--disallowed", "kept", "--guest-eoi", "native", "--design", "hardened",
        ]
        let document = try JSONDocument(program(arguments + ["-f", "json"]).out)
        let expected = [
            "page-tmr": "guest", "native-level-eoi": "ends", "disallowed": "kept",
            "before-enable": "kept", "guest-eoi": "native",
        ]
        for (name, value) in expected {
            #expect(document["assumptions"]?[name]?.string == value, "\(name)")
        }
        let result = try #require(document["scenarios"]?.list.first)
        #expect(
            result["rerun"]?.string
                == "savic-eoi run level-basic --backend emulator --design hardened "
                + "--page-tmr guest --native-level-eoi ends --disallowed kept "
                + "--before-enable kept --guest-eoi native")
    }

    // MARK: - Characterize

    @Test("characterize finds what the emulator plays, and says how to run with it")
    func characterizeFindsWhatTheEmulatorPlays() throws {
        let ending = program(
            "characterize", "--backend", "emulator", "--page-tmr", "never", "--repeat", "2")
        #expect(ending.status == 0 && ending.err.isEmpty)
        let lines = ending.outLines
        #expect(lines.contains { $0.hasPrefix("page-tmr ") && $0.contains(" never ") })
        let played = AxisEntry.ofHardware.map { axis in
            "--\(axis.name) \(axis == .pageTMR ? "never" : MachineSetup()[axis])"
        }
        let advice = "run with: savic-eoi run \(played.joined(separator: " "))"
        #expect(lines.last.map(String.init) == advice)
        for axis in AxisEntry.ofHardware {
            #expect(ending.says(axis.question), "in the words of explain")
        }
    }

    @Test("The JSON of characterize keeps its shape, and the answers are the assumptions")
    func theJSONKeepsItsShapeAndSaysTheSame() throws {
        let shape = Shape.object([
            "schemaVersion": .integer, "tool": Shape.tool, "host": .map(.string),
            "backend": .string,
            "irqchip": .word(["split", "kernel"]), "assumptions": Shape.assumptions,
            "repeat": .integer, "interrupted": .bool,
            "consistentSets": .list(Shape.assumptions),
            "probes": .list(
                .object([
                    "name": .string, "question": .string, "digest": .string,
                    "planned": .integer, "runs": .integer, "neverSeen": .list(.string),
                    "outcomes": .list(
                        .object([
                            "outcome": .string,
                            "frequency": .word(["always", "sometimes", "never"]),
                            "count": .integer, "allowed": .bool, "evidence": .string,
                        ])),
                ])),
        ])
        let ending = program(
            "characterize", "--backend", "emulator", "--page-tmr", "never", "--json",
            "--irqchip", "kernel", "--repeat", "2")
        #expect(ending.status == 0)
        let document = try JSONDocument(ending.out)
        #expect(shape.problems(document.value).isEmpty)
        #expect(document["schemaVersion"]?.integer == 2)
        #expect(document["irqchip"]?.string == "kernel")
        let probes = document["probes"]?.list ?? []
        #expect(
            probes.compactMap { $0["name"]?.string } == [
                "delivery", "tmr-level", "tmr-level-set", "tmr-edge", "tmr-self-ipi",
                "native-level-eoi", "disallowed", "shadow", "before-enable", "eoi-read",
            ])
        for probe in probes {
            #expect(probe["runs"]?.integer == 2 && probe["digest"]?.string?.count == 16)
            #expect(probe["outcomes"]?.list.first?["frequency"]?.string == "always")
        }
        for name in ["native-level-eoi", "disallowed", "before-enable"] {
            let probe = probes.first { $0["name"]?.string == name }
            #expect(document["assumptions"]?[name]?.string == probe?["answer"]?.string)
        }
        #expect(document["assumptions"]?["page-tmr"]?.string == "never")
    }

    @Test("What characterize prints, run reads, for every value of each axis")
    func whatCharacterizePrintsRunReads() throws {
        let folder = try Folder()
        let axes = AxisEntry.ofHardware
        let names = axes.map(\.name)
        for index in 0..<(axes.map(\.words.count).max() ?? 0) {
            let values = axes.map { $0.words[index % $0.words.count] }
            let options = zip(names, values).flatMap { ["--\($0)", $1] }
            let report = program(
                ["characterize", "--backend", "emulator", "--json", "--repeat", "1"] + options)
            let path = try folder.write(report.out, to: "host.json")
            let run = try JSONDocument(
                program("run", "-f", "json", "level-basic", "--assumptions", path).out)
            for (name, value) in zip(names, values) {
                #expect(run["assumptions"]?[name]?.string == value)
            }
            #expect(run["assumptions"]?.names == Set(names))
        }
    }

    @Test("What becomes of a read of EOI is the design's")
    func theReadOfEOIIsTheDesigns() throws {
        for (design, answer) in [("rfc-v2", "taken"), ("hardened", "refused")] {
            let report = try JSONDocument(
                program(
                    "characterize", "--backend", "emulator", "--design", design, "--json",
                    "--repeat", "1"
                ).out)
            let finding = report["probes"]?.list.last
            #expect(finding?["answer"]?.string == answer)
        }
    }
}
