import ArgumentParser
import InterruptModel
import KVMHost
import Reporting
import Scenarios
import Testing
import Verdicts

@testable import Backends
@testable import Campaigns
@testable import Commands
@testable import Lockstep

/// What every command says of the kernel lab: that it is simulated, and never that it is hardware.
@Suite("On the kernel lab") struct LabTests {
    private static let shown = "savic (simulated by the lab)"

    /// Backend `savic` as it is on the lab, played by the model.
    private struct LabBackend: ProbeHost {
        let kind = BackendKind.savic
        let simulatedBy: String?
        var inside = ModelBackend()

        init(simulatedBy: String? = "lab") { self.simulatedBy = simulatedBy }

        func obstacle(
            to scenario: Scenario, _ setup: MachineSetup, _ design: EOIDesignEntry
        ) -> Skip? { inside.obstacle(to: scenario, setup, design) }
        func hidden(on setup: MachineSetup) -> [(field: ObservedField, reason: String)] { [] }
        mutating func prepare(_ setup: MachineSetup, design: EOIDesignEntry) {
            inside.prepare(setup, design: design)
        }
        mutating func perform(
            _ action: Action, isAtomic: Bool, into observation: inout Observation
        ) { inside.perform(action, isAtomic: isAtomic, into: &observation) }
        mutating func tearDown() { inside.tearDown() }
        func obstacleToProbes(of design: EOIDesignEntry) -> Skip? { nil }
        var standardRepeats: Int { 1 }
        func characterize(_ options: CharacterizeOptions) -> Characterization {
            Characterization(findings: [])
        }
    }

    // MARK: - probe

    /// A machine with no SEV whose KVM says that it is a lab of this version; 0 is no lab.
    private static func readiness(_ version: Int32) -> Readiness {
        var calls = SystemCalls.live
        calls.open = { _, _ in 5000 }
        calls.close = { _ in 0 }
        calls.ioctl = { _, request, argument in
            switch (request, argument) {
            case (KernelCall.getAPIVersion.request, _): 12
            // "SVIC".
            case (KernelCall.checkExtension.request, 0x5356_4943): version
            case (KernelCall.checkExtension.request, _): 1
            default: -1
            }
        }
        let reader = HostReader(
            text: { _ in .missing },
            access: { $0 == "/dev/sev" ? .missing : .found(()) },
            cpuid: { _ in CPUIDLeaf(eax: 0, ebx: 0, ecx: 0, edx: 0) })
        return Readiness(HostFacts(reader: reader, calls: calls))
    }

    @Test("A lab is ready without the hardware, and one line says that it is a lab")
    func aLabIsReadyWithoutTheHardware() throws {
        let readiness = Self.readiness(1)
        #expect(readiness.isReady(for: .savic) && readiness.isReady(for: .kvm))
        #expect(readiness.lack(for: .savic) == nil)
        #expect(readiness.backend == .savic && readiness.backendSimulatedBy == "lab")
        #expect(readiness.shownBackend == Self.shown)
        #expect(
            readiness.reason
                == "this KVM is the kernel lab, which simulates the hardware of Secure AVIC")
        // One line says it, and of the hardware none is missing.
        let lines = readiness.checks.filter { $0.detail.contains("kernel lab") }
        #expect(lines.map(\.name) == ["kernel lab"])
        #expect(readiness.checks.allSatisfy { $0.status == .found && $0.remedy.isEmpty })
        #expect(!readiness.checks.contains { $0.name.hasPrefix("CPU") || $0.name == "/dev/sev" })
    }

    @Test("A lab of another version is a lack that says what to do")
    func otherVersion() {
        let readiness = Self.readiness(2)
        #expect(!readiness.isReady(for: .savic) && readiness.isReady(for: .kvm))
        #expect(readiness.backend == .model && readiness.backendSimulatedBy == nil)
        let lack = readiness.lack(for: .savic)
        #expect(
            lack?.reason
                == "needs kernel lab: /dev/kvm is a kernel lab of version 2, this tool speaks "
                + "version 1")
        #expect(
            lack?.hint.hasPrefix("build the lab (hosttests/savic-kernel) and this tool") == true)
        #expect(readiness.reason.contains("kernel lab of version 2"))
    }

    @Test("Of a released kernel nothing is said about a lab")
    func aReleasedKernelIsNotAskedForALab() {
        let readiness = Self.readiness(0)
        #expect(!readiness.checks.contains { $0.name.contains("lab") })
        #expect(readiness.checks.contains { $0.name == "CPU: Secure AVIC" })
        #expect(!readiness.isReady(for: .savic) && readiness.simulatedBy == nil)
        #expect(readiness.lack(for: .savic)?.reason.contains("CPU") == true)
    }

    @Test("probe says that the lab simulates, in text and JSON")
    func probeSaysIt() throws {
        let text = ProbeCommand.ending(of: Self.readiness(1))
        #expect(
            text == "\nmodel: ready\nkvm: ready\nemulator: ready\n"
                + "savic: ready (simulated by the lab)\nauto takes \(Self.shown): this KVM is the "
                + "kernel lab, which simulates the hardware of Secure AVIC\n")
        #expect(!ProbeCommand.ending(of: Self.readiness(0)).contains("simulated"))
        // What small guests show is no matter here.
        let look = KernelLook(Self.readiness(2).without("/dev/kvm"))
        let command = try ProbeCommand.parse([])
        let document = try JSONDocument(command.document(Self.readiness(1), look).pretty)
        #expect(document["backend"]?.string == "savic")
        #expect(document["simulatedBy"]?.string == "lab")
        #expect(document["ready"]?["savic"]?.value as? Bool == true)
        let model = try JSONDocument(command.document(Self.readiness(2), look).pretty)
        #expect(model["backend"]?.string == "model" && model["simulatedBy"] == nil)
    }

    // MARK: - run

    private func header(_ backend: LabBackend) throws -> RunHeader {
        let scenarios = try Catalogue.load().filter { $0.name == "level-basic" }
        var session = RunSession(
            scenarios: scenarios, options: try RunOptions.parse(["level-basic"]), replays: false,
            axes: PartialAssumptions(),
            backend: ChosenBackend(backend: backend, reason: "asked for"))
        var header: RunHeader?
        var rerun = ""
        _ = try session.run { event in
            if case .began(let found) = event { header = found }
            if case .scenarioEnded(let result) = event { rerun = result.rerun }
        }
        #expect(rerun == "savic-eoi run level-basic --backend savic")
        return try #require(header)
    }

    @Test("A run's header says that the lab simulates, the command that runs it again does not")
    func theHeaderSaysItAndTheCommandDoesNot() throws {
        let lab = try header(LabBackend())
        #expect(lab.backend == .savic && lab.simulatedBy == "lab")
        #expect(lab.shownBackend == Self.shown)
        #expect(try header(LabBackend(simulatedBy: nil)).simulatedBy == nil)
    }

    // MARK: - characterize and bench

    @Test("characterize says that the lab simulates, in text and JSON")
    func characterizeSaysIt() throws {
        let command = try CharacterizeCommand.parse(["--backend", "savic"])
        let report = command.report(of: LabBackend())
        let text = report.text(width: 100, Palette(colour: false))
        #expect(text.contains("\nbackend  \(Self.shown), irqchip split; plays accurate/"))
        let document = try JSONDocument(report.document.pretty)
        #expect(document["backend"]?.string == "savic")
        #expect(document["simulatedBy"]?.string == "lab")
        let hardware = command.report(of: LabBackend(simulatedBy: nil))
        let other = hardware.text(width: 100, Palette(colour: false))
        #expect(other.contains("\nbackend  savic, irqchip split\n"))
        #expect(try JSONDocument(hardware.document.pretty)["simulatedBy"] == nil)
    }

    @Test("bench says that the lab simulates, in text and JSON")
    func benchSaysIt() throws {
        var report = RoundTripReport(rounds: 1, warmUp: 0, axes: PartialAssumptions())
        report.entries = [
            RoundTripReport.Entry(
                backend: .savic, simulatedBy: "lab", irqchip: "split", machine: "secure",
                design: "rfc-v2", outcome: .failed("it broke"))
        ]
        let text = report.text(width: 100, Palette(colour: false))
        #expect(text.contains("failed  \(Self.shown)  split"))
        let document = try JSONDocument(report.document.pretty)
        let failure = try #require(document["failures"]?.list.first)
        #expect(failure["backend"]?.string == "savic")
        #expect(failure["simulatedBy"]?.string == "lab")
    }

    // MARK: - fuzz

    /// Hardware has its own ways; the lab plays what each run draws.
    @Test("A lab's campaign draws assumptions, one on hardware does not")
    func aLabsCampaignDrawsAssumptions() throws {
        let command = try FuzzCommand.parse(["--backend", "savic", "--seed", "1"])
        #expect(command.options(1, on: LabBackend()).assumptions == nil)
        let hardware = LabBackend(simulatedBy: nil)
        #expect(command.options(1, on: hardware).assumptions == Assumptions())
    }

    private static let report = SampleReport(findings: [.init(run: 0)]).text.replacing(
        "\"backend\": \"emulator\",", with: "\"backend\": \"savic\", \"simulatedBy\": \"lab\",")

    @Test("A lab's fuzz report reads back and says again that it is simulated")
    func aLabsReportReadsBackAndSaysItAgain() throws {
        let file = try FuzzReportFile(
            Array(Self.report.utf8), file: "a.json")
        #expect(file.settings.backend == .savic && file.settings.simulatedBy == "lab")
        let merged = try MergedCampaign(file, [])
        #expect(merged.heading.contains("\nbackend  \(Self.shown), irqchip split, design rfc-v2\n"))
        let summary = merged.report.summary
        #expect(summary.contains("4 runs on \(Self.shown), compared 96 steps"))
        let finding = try #require(merged.report.findings.first)
        let text = merged.report.text(of: finding, Palette(colour: false))
        #expect(text.contains("\n  on \(Self.shown)\n  | name: "))
        let again = merged.report.again(finding, "found/a.yaml")
        #expect(again == "  again: savic-eoi run ./found/a.yaml --backend savic\n")
        let document = try JSONDocument(merged.document.pretty)
        #expect(document["backend"]?.string == "savic")
        #expect(document["simulatedBy"]?.string == "lab")
    }

    @Test("Shards of the lab and of hardware are no campaign: 65")
    func shards() throws {
        let folder = try Folder()
        let lab = try folder.write(Self.report, to: "lab.json")
        let hardware = try folder.write(
            SampleReport(shard: 2).text.replacing("emulator", with: "savic"), to: "hardware.json")
        let ending = program("merge", lab, hardware)
        #expect(ending.status == 65)
        #expect(
            ending.err
                == "savic-eoi: \(hardware):1:1: simulatedBy is nobody, but lab in \(lab):6:38; "
                + "expected shards of one campaign\n")
        #expect(program("merge", lab).out.contains(Self.shown))
    }

    @Test("A simulator that is no name is 65")
    func aSimulatorIsAName() throws {
        let folder = try Folder()
        let text = Self.report.replacing("\"lab\"", with: "\"a \\u001b[2J\"")
        let ending = program("merge", try folder.write(text))
        #expect(ending.status == 65 && ending.err.contains("expected a name"))
    }

    @Test("A lab's assumptions read back like any others")
    func aLabsAssumptionsReadBack() throws {
        let text = "{\"simulatedBy\": \"lab\", \"assumptions\": {\"page-tmr\": \"never\"}}"
        let file = try AssumptionFile(Array(text.utf8), file: "a.json")
        #expect(file.assumptions[.pageTMR] == "never")
    }
}

extension Readiness {
    /// The same host with one thing missing.
    fileprivate func without(_ name: String) -> Readiness {
        Readiness(
            checks: checks.map { check in
                var check = check
                if check.name == name { check.status = .missing }
                return check
            })
    }
}
