import AgentFace
import Foundation
import InterruptModel
import Lockstep
import Scenarios
import Simulation
import TestSupport
import Testing
import Verdicts

@testable import Backends

extension OnPlayedHost {
    /// On an unfixed kernel an EOI with nothing noted is a write outside its memory (hazard
    /// A1): the one thing that this tool may never do unasked.
    @Suite("savic: what can hurt a host") struct SavicDangerTests {
        /// How many runs there are for each that is made, see `LongTests`.
        private static let stride = LongTests.areWanted ? 11 : 1_499

        /// Played are all assumptions; the user has settled nothing, the truth, or something
        /// wrong, and the guest ends its interrupts as the scenario says or otherwise.
        @Test(
            "Without --allow-host-risk no scenario brings KVM an EOI that it has nothing noted for",
            arguments: [IRQChip.split, .kernel], [false, true])
        func nothingIsSent(irqchip: IRQChip, isHidden: Bool) throws {
            let told = Assumptions.all.map { PartialAssumptions($0) } + [PartialAssumptions()]
            let ways = [nil] + GuestEOI.allCases
            let scenarios = secureScenarios(irqchip)
            let played = Assumptions.all
            let count = scenarios.count * played.count * told.count * ways.count
            var (runs, kept, guarded) = (0, 0, 0)
            for number in Swift.stride(from: 0, to: count, by: Self.stride) {
                var rest = number
                func take<Choice>(_ choices: [Choice]) -> Choice {
                    defer { rest /= choices.count }
                    return choices[rest % choices.count]
                }
                var axes = take(told)
                axes[.guestEOI] = take(ways)?.rawValue
                var role = SecureHost.Role()
                role.assumptions = take(played)
                let scenario = take(scenarios)
                // A KVM that does not tell what it has noted, and needs it no less.
                if isHidden { role.hideShadow(behind: .value(0)) }
                let rig = SavicRig(
                    role, axes: axes, sight: SecureSight(shadow: isHidden ? .empty : .readable))
                let outcome = rig.run(
                    scenario, LockstepOptions(irqchip: irqchip, kind: .secure, axes: axes))
                if outcome.verdict == .skip { kept += 1 } else { runs += 1 }
                // The user was wrong: what was to come of the scenario is not what comes.
                if outcome.failure?.contains("not sent: ") == true { guarded += 1 }
                #expect(
                    rig.host.seen.vectorMinusOnes == 0,
                    "\(scenario.name) \(role.assumptions) told \(axes): \(outcome)")
            }
            #expect(runs > 100 && kept > 16 && guarded > 0, "\(runs), \(kept), \(guarded)")
        }

        /// A scenario that is not marked, and that a guest with another way of its EOI makes
        /// dangerous: the first of the two guards.
        @Test("A scenario is kept out by what can come of it, not by its mark alone")
        func isKeptOut() throws {
            let edge = try scenario(
                "assert 2, run, eoi", machine: "{pins: [{pin: 2, vector: 0x31, trigger: edge}]}")
            #expect(edge.danger == .none)
            func outcome(
                _ axes: PartialAssumptions, risk: Bool = false, design: String = "rfc-v2"
            ) throws -> (Verdict, Int, Skip?) {
                let rig = SavicRig(allowsHostRisk: risk, axes: axes)
                let design = try #require(EOIDesigns.named(design))
                let options = LockstepOptions(design: design, kind: .secure, axes: axes)
                let outcome = rig.run(edge, options)
                return (outcome.verdict, rig.host.seen.vectorMinusOnes, outcome.skip)
            }
            let settled: PartialAssumptions = [.pageTMR: "accurate"]
            let passed = try outcome(settled)
            #expect(passed.0 == .pass && passed.1 == 0)
            let forwarded = try outcome([.pageTMR: "accurate", .guestEOI: "ghcb"])
            #expect(forwarded.0 == .skip && forwarded.1 == 0)
            #expect(forwarded.2?.reason.hasPrefix("can hurt an unfixed host kernel") == true)
            #expect(forwarded.2?.hint.contains("characterize") == false)
            // That it would have: the same with leave to.
            let sent = try outcome(
                [.pageTMR: "accurate", .guestEOI: "ghcb"], risk: true)
            #expect(sent.1 == 1)
            // Hardware may say “level” of an edge, until it is known not to.
            let open = try outcome(PartialAssumptions())
            #expect(open.0 == .skip && open.2?.hint.contains("characterize") == true)
            // That the kernel looks before it uses what it found is the user's word alone.
            #expect(try outcome(PartialAssumptions(), design: "hardened").0 == .skip)
            // Nor does a mark need a reason.
            let marked = try scenario("run, sti?", "danger: host")
            #expect(SavicRig().run(marked).verdict == .skip)
            #expect(SavicRig(allowsHostRisk: true).run(marked).verdict != .skip)
        }

        /// The RTC's patch is the series', whatever design the EOI has.
        @Test("A scenario that trips a WARN in the host is kept out under every design")
        func warnings() throws {
            let rtc = try scenario(
                "assert-status 8, run, deassert 8, eoi", "irqchips: [kernel]",
                machine: "{pins: [{pin: 8, vector: 0x58}]}")
            for design in EOIDesigns.all {
                let options = LockstepOptions(design: design, irqchip: .kernel, kind: .secure)
                #expect(SavicRig().run(rtc, options).verdict == .skip, "\(design.name)")
            }
            let allowed = SavicRig(allowsHostRisk: true)
                .run(rtc, LockstepOptions(irqchip: .kernel, kind: .secure))
            #expect(allowed.verdict != .skip)
        }

        /// What no scenario announces, because the host is not as assumed: the second guard.
        @Test(
            "An EOI is not sent where KVM has nothing noted",
            arguments: [Action.spuriousEOI, .readEOI, .nonzeroEOI, .eoi])
        func isNotSent(action: Action) throws {
            var setup = MachineSetup(
                pins: [PinSetup(pin: 2, vector: 0x31, trigger: .edge)],
                guestEOI: action == .eoi ? .both : .linux)
            setup.entersAfterExit = true
            for allowsHostRisk in [false, true] {
                let rig = SavicRig(allowsHostRisk: allowsHostRisk)
                var observation = Observation()
                try rig.backend.prepare(setup, design: EOIDesigns.standard)
                defer { rig.backend.tearDown() }
                if action != .spuriousEOI {
                    for step in [Action.assert(pin: 2), .run] {
                        try rig.backend.perform(step, isAtomic: false, into: &observation)
                    }
                }
                var refusal: BackendFailure?
                do throws(BackendFailure) {
                    try rig.backend.perform(action, isAtomic: false, into: &observation)
                } catch { refusal = error }
                #expect(rig.host.seen.vectorMinusOnes == (allowsHostRisk ? 1 : 0))
                guard !allowsHostRisk else {
                    #expect(refusal == nil)
                    continue
                }
                guard case .failed(let sentence)? = refusal else {
                    Issue.record("\(String(describing: refusal))")
                    continue
                }
                #expect(sentence.hasPrefix("not sent: KVM has noted –"), "\(sentence)")
                #expect(sentence.contains("--allow-host-risk sends it"))
            }
        }
    }
}

/// Tests that take minutes; `SAVIC_EOI_LONG_TESTS=1 swift test` runs them.
enum LongTests {
    static let areWanted =
        ProcessInfo.processInfo.environment["SAVIC_EOI_LONG_TESTS"] != nil
}
