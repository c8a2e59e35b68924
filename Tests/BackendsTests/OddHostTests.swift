import AgentFace
import InterruptModel
import Testing

@testable import Backends

/// What the probes make of hardware and kernels that do otherwise than any assumption set says
/// (secure-avic §4.1, §6).
@Suite("Odd hosts") struct OddHostTests {
    private static let last = Probe.all.count - 1

    private func outcome(
        _ name: String, on oddity: OddGuest.Oddity, _ assumptions: Assumptions = Assumptions()
    ) throws -> ProbeOutcome {
        let found = OddHost(assumptions: assumptions, names: [name]) { _ in oddity }.characterize()
        return try #require(found.finding(name)?.outcomes.first?.outcome)
    }

    @Test("A guest that dies in one probe costs no other its answer", arguments: 0...last)
    func death(number: Int) throws {
        let found = OddHost { $0 == number + 1 ? .diesAt(2) : nil }.characterize()
        #expect(found.findings.map(\.name) == Probe.all.map(\.name))
        for (index, finding) in found.findings.enumerated() {
            guard index == number else {
                #expect(finding.answer != nil)
                continue
            }
            let outcome = try #require(finding.outcomes.first?.outcome)
            #expect(outcome.word == "kills-vcpu" && outcome.kind == .death)
            #expect(outcome.evidence == "kills the vCPU: the vCPU shut down")
            #expect(finding.answer == nil && !finding.unforeseen.isEmpty)
        }
        #expect(!found.isComplete && found.consistentSets.isEmpty)
    }

    @Test("Guests that die or hang are given up after three, and counted")
    func givesUp() throws {
        for (oddity, sentence) in [
            (OddGuest.Oddity.diesAt(1), "the vCPU shut down"),
            (.hangsAt(1), "it did not come back"),
        ] {
            let found = OddHost(repeats: 100, names: ["before-enable"]) {
                $0 % 10 == 0 ? oddity : nil
            }.characterize()
            let finding = try #require(found.findings.first)
            #expect(finding.runs == 30 && finding.planned == 100)
            #expect(finding.frequency(of: "kills-vcpu") == .sometimes(3, of: 30))
            #expect(finding.frequency(of: "dropped") == .sometimes(27, of: 30))
            #expect(finding.stopped == "given up after 3 runs that failed")
            #expect(finding.outcomes.last?.outcome.evidence == "kills the vCPU: \(sentence)")
            #expect(found.assumptions[.beforeEnable] == nil)
        }
    }

    @Test("Where no interrupt arrives at all nothing is called dropped", arguments: Assumptions.all)
    func noDelivery(assumptions: Assumptions) {
        for oddity in [OddGuest.Oddity.takesNothing, .deliversNothing] {
            let found = OddHost(assumptions: assumptions) { _ in oddity }.characterize()
            for name in ["delivery", "native-level-eoi", "disallowed", "before-enable", "eoi-read"]
            {
                #expect(found.finding(name)?.answer == nil, "\(name)")
                #expect(found.finding(name)?.outcomes.first?.outcome.kind == .open, "\(name)")
            }
            #expect(
                found.assumptions[.disallowed] == nil && found.assumptions[.beforeEnable] == nil)
        }
    }

    @Test("A shadow that does not read is found, and EOI is not read then")
    func hiddenShadow() throws {
        let found = OddHost { _ in .hidesShadow }.characterize()
        let shadow = try #require(found.finding("shadow"))
        #expect(shadow.answer == "unreadable" && shadow.unforeseen.count == 1)
        #expect(
            shadow.outcomes.first?.outcome.evidence == "with 0x31 handed off KVM's ISR reads –")
        #expect(try outcome("eoi-read", on: .hidesShadow).evidence.hasPrefix("not tried"))
        #expect(found.finding("delivery")?.answer == "works")
        #expect(found.assumptions == PartialAssumptions(Assumptions()))
    }

    @Test(
        "Only a trap at a WRMSR of EOI with AVIC_NOACCEL is called that",
        arguments: [
            (
                AgentVC(code: 0x7C, msr: 0x80B, flags: [.write]),
                "#VC 0x7C at a WRMSR of 0x80B, as a fault"
            ),
            (
                AgentVC(code: 0x402, msr: 0x808, flags: [.trap, .write]),
                "#VC 0x402 at a WRMSR of 0x808"
            ),
            (
                AgentVC(code: 0x402, msr: 0x80B, flags: [.write]),
                "#VC 0x402 at a WRMSR of 0x80B, as a fault"
            ),
            (
                AgentVC(code: 0x402, msr: 0x80B, flags: [.trap]),
                "#VC 0x402 at a RDMSR of 0x80B, as a trap"
            ),
        ])
    func otherVC(vc: AgentVC, text: String) throws {
        let found = OddHost(names: ["native-level-eoi"]) { _ in .vc(vc) }.characterize()
        let finding = try #require(found.findings.first)
        #expect(finding.answer == "other-vc" && finding.unforeseen.count == 1)
        #expect(finding.outcomes[0].outcome.evidence.hasPrefix(text))
        #expect(found.assumptions[.nativeLevelEOI] == nil && !found.isComplete)
    }

    @Test("A WRMSR of EOI that does nothing has not ended the interrupt")
    func deafEOI() throws {
        #expect(try outcome("native-level-eoi", on: .eoiDoesNothing).kind == .open)
        #expect(try outcome("delivery", on: .eoiDoesNothing).word == "not-ended")
    }

    @Test("A read of EOI that does nothing is ignored, as long as a write arrives")
    func ignoredRead() throws {
        #expect(try outcome("eoi-read", on: .ignoresRead).word == "ignored")
    }

    @Test("TMR that is written at acceptance is no assumption set's, and both times are told")
    func lateTMR() throws {
        let found = OddHost(names: Probe.ofPageTMR) { _ in .lateTMR }.characterize()
        let finding = try #require(found.finding("tmr-level"))
        #expect(finding.answer == "set-at-acceptance" && finding.unforeseen.count == 1)
        #expect(finding.outcomes[0].outcome.evidence == "at VMRUN 0, once accepted 1")
        #expect(found.assumptions[.pageTMR] == nil && found.consistentSets.isEmpty)
        #expect(
            found.reasonWhyUnknown(.pageTMR) == "tmr-level is always 1/1 set-at-acceptance")
    }

    @Test("An interrupt between processors that clears page TMR is told, and no set allows it")
    func sendingClearsTMR() throws {
        let found = OddHost { _ in .sendingClearsTMR }.characterize()
        let finding = try #require(found.finding("tmr-self-ipi"))
        #expect(finding.answer == "clear" && finding.unforeseen.count == 1)
        #expect(finding.outcomes[0].outcome.evidence == "once sent 0, once accepted 0")
        #expect(found.consistentSets.isEmpty)
        // No axis is about it.
        #expect(found.assumptions == PartialAssumptions(Assumptions()))
    }

    @Test("999 of 1,000 is sometimes, and not accurate")
    func sometimes() throws {
        let found = OddHost(repeats: 1000, names: Probe.ofPageTMR) {
            $0 == 500 ? .losesTMR : nil
        }.characterize()
        let finding = try #require(found.finding("tmr-level"))
        #expect(finding.frequency(of: "set").spelling == "sometimes 999/1000")
        #expect(finding.frequency(of: "clear").spelling == "sometimes 1/1000")
        #expect(found.assumptions[.pageTMR] == nil)
        // Each word is one that some set gives, but no set both.
        #expect(finding.unforeseen.isEmpty && found.consistentSets.isEmpty)
        #expect(found.finding("tmr-edge")?.frequency(of: "clear").spelling == "always 1000/1000")
        #expect(found.finding("tmr-edge")?.frequency(of: "set").spelling == "never 0/1000")
    }

    @Test("Answers that go together under no assumption set are told as such")
    func together() {
        // The bit is written for level vectors, and lost where the guest had set it.
        let found = OddHost(names: Probe.ofPageTMR) { $0 == 2 ? .losesTMR : nil }.characterize()
        #expect(found.findings.allSatisfy { $0.answer != nil && $0.unforeseen.isEmpty })
        #expect(found.assumptions[.pageTMR] == nil && found.consistentSets.isEmpty)
        #expect(found.reasonWhyUnknown(.pageTMR).hasPrefix("no assumption set allows"))
    }

    @Test("Ctrl-C keeps what there is")
    func interrupted() {
        var asked = 0
        let found = OddHost(repeats: 10) { _ in nil }.characterize {
            asked += 1
            return asked > 15
        }
        #expect(found.isInterrupted && !found.isComplete)
        #expect(found.findings.map(\.name) == ["delivery", "tmr-level"])
        #expect(found.findings[0].runs == 10 && found.findings[0].stopped == nil)
        #expect(found.findings[1].runs == 3 && found.findings[1].stopped == "interrupted")
    }
}
