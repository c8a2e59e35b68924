import AgentFace
import InterruptModel
import Lockstep
import Simulation
import TestSupport
import Testing
import Verdicts

@testable import Backends

extension OnPlayedHost {
    /// Hardware is asked who writes page TMR before anything is predicted of it (first contact,
    /// item L1).
    @Suite("savic: who writes page TMR") struct FoundPageTMRTests {
        private func rig(
            _ pageTMR: PageTMR, axes: PartialAssumptions = PartialAssumptions(), finds: Bool = true
        ) -> SavicRig {
            var role = SecureHost.Role()
            role.assumptions = Assumptions(pageTMR: pageTMR)
            return SavicRig(role, axes: axes, findsPageTMR: finds)
        }

        @Test("A run goes by what the probes found", arguments: PageTMR.allCases)
        func goesByIt(pageTMR: PageTMR) throws {
            let basic = try scenario("assert 2, run, deassert 2, eoi")
            let found = rig(pageTMR)
            #expect(found.backend.found.isEmpty && found.backend.remarks.isEmpty)
            let outcome = found.run(basic)
            #expect([.pass, .shown].contains(outcome.verdict), "\(outcome)")
            #expect(found.backend.found == [.pageTMR: pageTMR.rawValue])
            #expect(
                found.backend.remarks
                    == ["page TMR \(pageTMR.rawValue), found by 3 runs of its probes"])
            #expect(found.host.seen.vectorMinusOnes == 0)
            // By the best case it would fail wherever the hardware does not set the bit.
            let blind = rig(pageTMR, finds: false).run(basic)
            #expect((blind.verdict == .fail) == [.never, .guest].contains(pageTMR), "\(blind)")
        }

        @Test("It is asked once, and not where the user has said it")
        func asksOnce() throws {
            let basic = try scenario("run")
            let found = rig(.never)
            _ = found.run(basic)
            let runs = found.host.seen.runs
            _ = found.run(basic)
            let second = found.host.seen.runs - runs
            #expect(runs > 5 * second)
            let told = rig(.never, axes: [.pageTMR: "always"])
            _ = told.run(basic)
            #expect(told.host.seen.runs == second && told.backend.found.isEmpty)
        }

        @Test("Where it cannot be found out the header says so")
        func unknown() throws {
            var role = SecureHost.Role()
            role.refusals[.msrRead(index: 0x810)] = .exception
            role.agent = .secure.replacing(.allow(0, .leave), by: .run)
            let rig = SavicRig(role, findsPageTMR: true)
            try rig.backend.look(at: .split)
            #expect(rig.backend.found.isEmpty)
            let remark = try #require(rig.backend.remarks.first)
            #expect(remark.hasPrefix("who writes page TMR was not found out (tmr-level is always "))
            #expect(remark.hasSuffix("): run characterize"))
        }
    }
}
