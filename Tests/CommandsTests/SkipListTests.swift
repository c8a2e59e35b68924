import Testing

@testable import Commands

@Suite("list --why-skipped: what does not run here, and why")
struct SkipListTests {
    @Test("The model runs everything, and hardware that is not there nothing")
    func extremes() throws {
        let all = try JSONDocument(program("list", "--json").out)["scenarios"]?.list.count
        let model = program("list", "--why-skipped", "--backend", "model")
        #expect(model.status == 0)
        #expect(model.out == "0 of \(all ?? 0) scenarios cannot run on model (asked for)\n")
        let few = ["list", "level-basic", "stuck-line", "--why-skipped", "--backend", "savic"]
        let document = try JSONDocument(program(few + ["--json"]).out)
        let skipped = document["skipped"]?.list ?? []
        #expect(document["backend"]?.string == "savic" && document["asked"]?.integer == 2)
        // On a host with Secure AVIC both run.
        #expect([0, 2].contains(skipped.count))
        #expect(skipped.allSatisfy { $0["reason"]?.string?.hasPrefix("needs ") == true })
    }

    @Test("What is skipped is what run skips, with the same reason and hint", .opensKVM)
    func asRun() throws {
        let list = try JSONDocument(
            program("list", "--why-skipped", "--backend", "kvm", "--json").out)
        let run = try JSONDocument(
            program("run", "--backend", "kvm", "--irqchip", "both", "-f", "json").out)
        let skips = (run["scenarios"]?.list ?? []).filter { $0["verdict"]?.string == "skip" }
        let listed = list["skipped"]?.list ?? []
        #expect(!listed.isEmpty)
        for each in listed {
            let name = try #require(each["name"]?.string)
            let own = skips.filter { ($0["name"]?.string ?? "").hasPrefix(name + "@") }
            #expect(own.count == 2, "\(name): on neither irqchip")
            let reasons = own.compactMap { $0["skip"]?["reason"]?.string }
            #expect(reasons.contains(each["reason"]?.string ?? ""), "\(name)")
        }
    }

    @Test("It is about scenarios and not groups, and a backend is for it alone")
    func usage() {
        #expect(program("list", "--why-skipped", "--groups").status == 64)
        #expect(program("list", "--backend", "kvm").status == 64)
    }

    @Test("Of what a host's kernel was told only what bears on the matter is reported")
    func bootParameters() {
        let line = "root=/dev/sda1 kvm_amd.sev=1 token=secret mitigations=off -- kvm=no\n"
        let kept = HostReport.bootParameters(line)
        #expect(kept.map(\.name) == ["bootParameters"])
        #expect(kept.map(\.value) == ["kvm_amd.sev=1 mitigations=off"])
        #expect(HostReport.bootParameters("quiet").isEmpty)
    }
}
