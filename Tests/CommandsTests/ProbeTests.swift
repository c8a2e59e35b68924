import InterruptModel
import KVMHost
import Testing
import Verdicts

@testable import Commands

@Suite("probe: one line per requirement, and what to do about it") struct ProbeTests {
    @Test("Text and JSON of probe say the same")
    func textAndJSONSayTheSame() throws {
        let document = try JSONDocument(program("probe", "--json").out)
        let wide = Surroundings(width: 1000)
        let lines = program(["probe"], in: wide).out.split(
            separator: "\n", omittingEmptySubsequences: false)
        let advice = lines.firstIndex { $0.hasPrefix("what to do:") } ?? lines.endIndex
        for check in document["checks"]?.list ?? [] {
            let words = ["status", "name", "detail", "remedy"].map { check[$0]?.string ?? "" }
            let line = lines[..<advice].first {
                $0.hasPrefix(words[0] + " ") && $0.contains(" \(words[1])  ")
            }
            #expect(line?.hasSuffix(words[2]) == true)
            let isAdvised = lines[advice...].contains {
                $0.hasPrefix("  \(words[1]) ") && $0.hasSuffix(words[3])
            }
            #expect(isAdvised == !words[3].isEmpty)
        }
        for level in ["kvm", "emulator", "savic"] {
            let isReady = document["ready"]?[level]?.value as? Bool == true
            #expect(lines.contains { $0 == "\(level): ready" } == isReady)
        }
        let backend = document["backend"]?.string ?? "?"
        #expect(lines.contains { $0.hasPrefix("auto takes \(backend): ") })
    }

    @Test(
        "--require is 4 where something is missing, else 0",
        arguments: ["kvm", "emulator", "savic"])
    func requireIs4WhereSomethingIsMissing(
        _ level: String
    ) throws {
        let document = try JSONDocument(program("probe", "--json").out)
        let isReady = document["ready"]?[level]?.value as? Bool == true
        let ending = program("probe", "--require", level)
        #expect(ending.status == (isReady ? 0 : 4))
        #expect(!ending.out.isEmpty)
    }

    /// Both ways round: without a usable KVM neither says anything of rules.
    @Test("The kernel rules are those that a run finds, and none where KVM is not ready")
    func theKernelRulesAreThoseThatARunFinds() throws {
        let document = try JSONDocument(program("probe", "--json").out)
        let isReady = document["ready"]?["kvm"]?.value as? Bool == true
        let text = program("probe").out
        #expect(text.contains("\nkernel rules, found by probes:\n") == isReady)
        let words = ["run", "--backend", "kvm", "--irqchip", "both", "-f", "json", "level-basic"]
        let run = try JSONDocument(program(words).out)
        let found = KernelRule.allCases.compactMap { rule -> String? in
            guard let holds = document["kernelRules"]?[rule.rawValue]?.value as? Bool else {
                return nil
            }
            #expect(text.contains("(\(rule.source))"))
            return "\(rule.rawValue) \(holds ? "yes" : "no")"
        }
        #expect(found.isEmpty != isReady)
        let said = found.joined(separator: ", ") + ", found by probes"
        #expect(run["kernelRules"]?.string == (isReady ? said : nil))
    }

    @Test("A run takes the backend that probe names, for the same reason")
    func theRunTakesTheBackendThatTheProbeNames() throws {
        let probe = try JSONDocument(program("probe", "--json").out)
        let run = try JSONDocument(program("run", "-f", "json", "level-basic").out)
        #expect(run["backend"]?.string == probe["backend"]?.string)
        #expect(run["backendReason"]?.string == probe["reason"]?.string)
    }

    // MARK: - Other hosts

    /// Hosts that this one is not; each lacks everything in its own way.
    static let hosts: [String: HostReader] = [
        "nothing there": HostReader(
            text: { _ in .missing }, access: { _ in .missing },
            cpuid: { _ in CPUIDLeaf(eax: 0, ebx: 0, ecx: 0, edx: 0) }),
        "nothing permitted": HostReader(
            text: { _ in .forbidden(errno: 13) }, access: { _ in .forbidden(errno: 13) },
            cpuid: { _ in CPUIDLeaf(eax: 0, ebx: 0, ecx: 0, edx: 0) }),
        "modules off": HostReader(
            text: { $0.hasPrefix("/sys") ? .found("N\n") : .found("6.19.0\n") },
            access: { _ in .found(()) },
            cpuid: { _ in CPUIDLeaf(eax: 0x8000_001F, ebx: 0, ecx: 0, edx: 0) }),
        "noise": HostReader(
            text: { _ in .found("\u{1B}[2Jmaybe") }, access: { _ in .unknown(.errno(5)) },
            cpuid: { _ in CPUIDLeaf(eax: .max, ebx: .max, ecx: .max, edx: .max) }),
    ]

    @Test(
        "On hosts that lack something, every miss has a remedy and the first is the reason",
        arguments: hosts.keys.sorted())
    func everyMissHasARemedy(_ host: String) throws {
        let reader = try #require(Self.hosts[host])
        let checks = Requirements.checks(of: HostFacts(reader: reader))
        #expect(Set(checks.map(\.name)).count == checks.count)
        for check in checks {
            #expect(!check.detail.isEmpty)
            switch check.status {
            case .found: #expect(check.remedy.isEmpty)
            case .missing, .forbidden: #expect(!check.remedy.isEmpty, "\(check.name)")
            case .unknown: break
            }
        }
        let readiness = Readiness(checks: checks)
        #expect(!readiness.isReady(for: .savic))
        #expect(readiness.reason.contains(readiness.firstMiss(for: .savic)?.name ?? "?"))
    }

    @Test("Every miss of this host has a remedy")
    func everyMissOfThisHostHasARemedy() throws {
        let document = try JSONDocument(program("probe", "--json").out)
        for check in document["checks"]?.list ?? []
        where ["missing", "forbidden"].contains(check["status"]?.string) {
            #expect(check["remedy"]?.string?.isEmpty == false)
        }
    }

    @Test("A host with everything is ready for every backend and takes savic")
    func aHostWithEverythingIsReady() {
        let check = ProbeCheck(
            name: "all", level: .savic, status: .found, detail: "there", remedy: "")
        let readiness = Readiness(checks: [check])
        #expect(readiness.isReady(for: .kvm) && readiness.isReady(for: .savic))
        #expect(readiness.backend == .savic)
        #expect(readiness.lack(for: .savic) == nil)
        #expect(Readiness(checks: []).lack(for: .savic) == nil)
    }

    @Test("savic lacks what kvm lacks and kvm not what savic does; the model lacks nothing")
    func levels() {
        let miss = ProbeCheck(name: "m", level: .kvm, status: .missing, detail: "d", remedy: "r")
        let above = ProbeCheck(name: "a", level: .savic, status: .missing, detail: "d", remedy: "r")
        #expect(!Readiness(checks: [miss]).isReady(for: .savic))
        #expect(Readiness(checks: [miss]).isReady(for: .model))
        #expect(Readiness(checks: [above]).isReady(for: .kvm))
    }

    // MARK: - The words of the options

    @Test("--backend takes auto and every backend, --require those that need something")
    func wordsAreBackends() {
        #expect(BackendChoice.allCases.map(\.kind) == [nil] + BackendKind.allCases)
        #expect(
            RequiredBackend.allCases.map(\.kind) == BackendKind.allCases.filter { $0 != .model })
        #expect(RequiredBackend.allCases.allSatisfy { $0.rawValue == $0.kind.rawValue })
    }

    // MARK: - The emulator

    /// Its VM has no irqchip, so a KVM without a split one will do; and no other backend asks for
    /// MSR exits.
    @Test("The emulator needs MSR exits, and no split irqchip")
    func theEmulatorNeedsWhatItUses() throws {
        let reader = try #require(Self.hosts["noise"])
        let checks = Requirements.checks(of: HostFacts(reader: reader)).map { check in
            var check = check
            check.status = .found
            return check
        }
        func firstMisses(without name: String) -> [BackendKind: String] {
            let readiness = Readiness(
                checks: checks.map { check in
                    var check = check
                    if check.name == name { check.status = .missing }
                    return check
                })
            return BackendKind.allCases.reduce(into: [:]) { misses, level in
                misses[level] = readiness.firstMiss(for: level)?.name
            }
        }
        #expect(firstMisses(without: "nothing").isEmpty)
        for name in ["KVM module", "/dev/kvm"] {
            #expect(firstMisses(without: name) == [.kvm: name, .emulator: name, .savic: name])
        }
        let split = "split irqchip"
        #expect(firstMisses(without: split) == [.kvm: split, .savic: split])
        let exits = "userspace MSR exits"
        #expect(firstMisses(without: exits) == [.emulator: exits])
        #expect(firstMisses(without: "/dev/sev") == [.savic: "/dev/sev"])
    }

    @Test("Where auto takes the model, the backends that can run are known, and why not savic")
    func theBackendsThatCanRun() {
        func readiness(_ missing: [BackendKind]) -> Readiness {
            Readiness(
                checks: BackendKind.allCases.map {
                    var check = ProbeCheck(
                        name: $0.rawValue, level: $0, status: .found, detail: "d", remedy: "")
                    if missing.contains($0) { check.status = .missing }
                    check.sparedBy = .emulator
                    return check
                })
        }
        #expect(readiness([.savic]).others == [.kvm, .emulator])
        #expect(readiness([.savic, .emulator]).others == [.kvm])
        #expect(readiness([.savic, .kvm]).others == [.emulator])
        #expect(readiness([.savic, .kvm, .emulator]).others.isEmpty)
        #expect(readiness([.savic]).reason == "no Secure AVIC here: savic: d")
    }
}
