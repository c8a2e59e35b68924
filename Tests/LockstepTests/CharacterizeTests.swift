import AgentFace
import InterruptModel
import Lockstep
import Testing

extension OnEmulator {
    /// What the emulator was told to play is what the probes find, or they would not find out
    /// what hardware does either.
    @Suite("Characterize")
    struct CharacterizeTests {
        static let assumptions = PageTMR.allCases.flatMap { pageTMR in
            NativeLevelEOI.allCases.flatMap { native in
                RequestFate.allCases.flatMap { disallowed in
                    RequestFate.allCases.map {
                        Assumptions(
                            pageTMR: pageTMR, nativeLevelEOI: native, disallowed: disallowed,
                            beforeEnable: $0)
                    }
                }
            }
        }

        private func characterize(
            _ played: Assumptions = Assumptions(), _ design: EOIDesignEntry = EOIDesigns.standard,
            agent: AgentImage = .secure, irqchip: IRQChip = .split
        ) throws -> Characterization {
            try EmulatorBackend(limit: 1, agent: agent).characterize(
                irqchip: irqchip, played: played, design: design)
        }

        /// With the RFC's designs an EOI that KVM has nothing noted for would end the
        /// characterization, because the emulator refuses to be hurt by a probe.
        @Test(
            "Every assumption is found, under every design, and KVM is never hurt",
            arguments: EOIDesigns.all.map(\.name))
        func finds(name: String) throws {
            let design = try #require(EOIDesigns.named(name))
            #expect(Self.assumptions.count == 32)
            for played in Self.assumptions {
                let found = try characterize(played, design)
                #expect(found.assumptions == AxisOverrides(played), "\(played)")
                #expect(found.findings.allSatisfy { !$0.evidence.isEmpty })
            }
        }

        @Test("With KVM's own IOAPIC the same is found")
        func findsInKernel() throws {
            for played in Self.assumptions {
                let found = try characterize(played, irqchip: .kernel)
                #expect(found.assumptions == AxisOverrides(played), "\(played)")
            }
        }

        @Test("A read of EOI is what the design makes of it", arguments: [
            ("rfc-v1", EOIReadFate.taken), ("rfc-v2", .taken), ("hardened", .refused),
            ("one-outstanding", .refused), ("reevaluate-all", .refused),
            ("guest-conveys", .refused),
        ])
        func eoiRead(name: String, expected: EOIReadFate) throws {
            let design = try #require(EOIDesigns.named(name))
            let found = try characterize(Assumptions(), design)
            let finding = try #require(found.findings.first { $0.name == "eoi-read" })
            #expect(finding.answer == .eoiRead(expected), "\(finding.evidence)")
        }

        @Test("A guest that does not do as it is told gives no answer, never a wrong one")
        func mutants() throws {
            // Its interrupts are never allowed: nothing reaches the page.
            let found = try characterize(agent: .secure.replacing(.allow(0, .leave), by: .run))
            let answers = found.findings.map(\.answer)
            #expect(answers[0] == nil && answers[1] == nil && answers[4] == nil)
        }

        @Test("A probe that had KVM use vector −1 ends the characterization")
        func refusesToHurt() {
            let agent = AgentImage.secure.replacing(.sti, by: .readEOI)
            #expect(throws: BackendFailure.self) { try characterize(agent: agent) }
            do {
                _ = try characterize(agent: agent)
            } catch {
                #expect("\(error)".contains("had KVM use vector −1"))
            }
        }
    }
}
