import AgentFace
import InterruptModel
import Lockstep
import TestSupport
import Testing

@testable import Backends

extension OnEmulator {
    /// What the emulator was told to play is what the probes find, or they would not find out
    /// what hardware does either.
    @Suite("Characterize")
    struct CharacterizeTests {
        private func characterize(
            _ played: Assumptions = Assumptions(), _ design: EOIDesignEntry = EOIDesigns.standard,
            agent: AgentImage = .secure, irqchip: IRQChip = .split
        ) -> Characterization {
            EmulatorBackend(limit: 1, agent: agent).characterize(
                CharacterizeOptions(irqchip: irqchip, played: played, design: design))
        }

        /// With the RFC's designs an EOI that KVM has nothing noted for would end the
        /// characterization, because the emulator refuses to be hurt by a probe. The designs take
        /// turns: every third of them meets a set of assumptions.
        @Test(
            "Every assumption is found, under every design, and KVM is never hurt",
            arguments: EOIDesigns.all.map(\.name))
        func finds(name: String) throws {
            let design = try #require(EOIDesigns.named(name))
            let turn = try #require(EOIDesigns.all.firstIndex { $0.name == name }) % 3
            #expect(Assumptions.all.count == 32 && EOIDesigns.all.count >= 3)
            for (index, played) in Assumptions.all.enumerated() where index % 3 == turn {
                let found = characterize(played, design)
                #expect(found.assumptions == PartialAssumptions(played), "\(played)")
                #expect(found.isComplete && found.consistentSets == [played])
                #expect(found.findings.map(\.name) == Probe.all.map(\.name))
                for finding in found.findings {
                    #expect(finding.runs == 1 && finding.stopped == nil)
                    #expect(finding.outcomes.allSatisfy { !$0.outcome.evidence.isEmpty })
                }
            }
        }

        @Test("With KVM's own IOAPIC the same is found")
        func findsInKernel() throws {
            for played in Assumptions.all {
                let found = characterize(played, irqchip: .kernel)
                #expect(found.assumptions == PartialAssumptions(played), "\(played)")
            }
        }

        @Test(
            "A read of EOI is what the design makes of it",
            arguments: EOIDesigns.all.map(\.name))
        func eoiRead(name: String) throws {
            let design = try #require(EOIDesigns.named(name))
            // The RFC's look at the exit code alone (hazard B8).
            let expected = ["rfc-v1", "rfc-v2"].contains(name) ? EOIReadFate.taken : .refused
            let finding = try #require(characterize(Assumptions(), design).finding("eoi-read"))
            #expect(finding.answer == expected.rawValue, "\(finding.outcomes)")
        }

        @Test("A guest that does not do as it is told gives no answer, never a wrong one")
        func mutants() {
            // Its interrupts are never allowed: nothing reaches the page.
            let found = characterize(agent: .secure.replacing(.allow(0, .leave), by: .run))
            #expect(found.findings.allSatisfy { $0.answer == nil })
            #expect(found.assumptions.isEmpty)
            let evidence = found.finding("disallowed")?.outcomes.first?.outcome.evidence
            #expect(evidence?.hasPrefix("no interrupt arrives at all") == true)
        }

        @Test("Hardware that takes no interrupt leaves what can be known without it")
        func delivery() {
            // It never opens.
            let found = characterize(agent: .secure.replacing(.sti, by: .run))
            let delivery = found.finding("delivery")
            #expect(delivery?.answer == nil)
            #expect(
                delivery?.outcomes.first?.outcome.evidence
                    == "an edge vector that the guest has allowed does not arrive")
            #expect(found.assumptions == [.pageTMR: "accurate"])
            for name in ["disallowed", "before-enable"] {
                let outcome = found.finding(name)?.outcomes.first?.outcome
                #expect(outcome?.kind == .open)
                #expect(outcome?.evidence.hasPrefix("no interrupt arrives at all") == true)
            }
        }

        @Test("A probe that had KVM use vector −1 is given up, and the others are not")
        func refusesToHurt() {
            let found = EmulatorBackend(
                limit: 1, agent: .secure.replacing(.sti, by: .readEOI)
            ).characterize(CharacterizeOptions(repeats: 5))
            #expect(found.findings.map(\.name) == Probe.all.map(\.name))
            let delivery = found.finding("delivery")
            #expect(delivery?.outcomes.first?.outcome.kind == .failure)
            #expect(
                delivery?.outcomes.first?.outcome.evidence.contains("had KVM use vector −1") == true
            )
            #expect(delivery?.runs == 3)
            #expect(delivery?.stopped == "given up after 3 runs that failed")
            #expect(found.finding("shadow")?.answer == "readable")
        }

        @Test("Hardware that does otherwise once in so many times is sometimes, not always")
        func odd() throws {
            let backend = EmulatorBackend(limit: 1, oddOneIn: 50)
            let found = backend.characterize(
                CharacterizeOptions(repeats: 50, names: Probe.ofPageTMR))
            let finding = try #require(found.finding("tmr-level"))
            #expect(finding.frequency(of: "set") == .sometimes(49, of: 50))
            #expect(finding.frequency(of: "clear").spelling == "sometimes 1/50")
            #expect(finding.answer == nil && found.assumptions[.pageTMR] == nil)
            #expect(found.reasonWhyUnknown(.pageTMR) == "tmr-level is sometimes 49/50 set")
            #expect(found.finding("tmr-level-set")?.answer == "set")
        }
    }
}
