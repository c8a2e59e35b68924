import InterruptModel
import Lockstep
import Scenarios
import Testing
import Verdicts

/// Each rule of the interrupt path, broken, and the scenario that is there to notice.
@Suite("Mutants: the catalogue notices every broken rule")
struct MutantTests {
    static let killers: [Rule: String] = [
        .maskBlocksService: "level-mask",
        .remoteIRRBlocksService: "remote-irr-blocks",
        .serviceSetsRemoteIRR: "level-basic",
        .remoteIRRNeedsAcceptance: "absent-destination",
        .levelAssertServes: "level-basic",
        .edgeNeedsLowPhase: "edge-coalesce",
        .deassertOnlyLowersLine: "level-basic",
        .sourcesAreORed: "source-outlives-other",
        .destinationMustMatch: "absent-destination",
        .remoteIRRIsReadOnly: "remote-irr-is-read-only",
        .edgeWriteClearsRemoteIRR: "toggle-clears-remote-irr",
        .writeServesPendingLevel: "level-mask",
        .unmaskDropsStoredEdge: "edge-mask",
        .unmaskResamples: "unmask-resample",
        .sameValueIsWritten: "same-value-write-serves",
        .entryWriteAsksItsDestinations: "foreign-entry-asks-no-scan",
        .entryBehindExitScans: "entry-behind-exit-scans",
        .eoiNeedsHandledVector: "edge-basic",
        .eoiIgnoresMask: "masked-in-flight",
        .eoiClearsRemoteIRR: "level-basic",
        .eoiServesAgain: "level-retrigger",
        .tmrIsSampledAtEOI: "tmr-flip",
        .exitGoesByEntry: "tmr-flip",
        .exitHasOneSlot: "simultaneous-level-level",
        .everyPinIsAcknowledged: "shared-vector",
        .acknowledgeLowersResampleSource: "resample-while-held",
        .successiveEOIsAreDelayed: "eoi-storm",
        .lowLineResetsCount: "eoi-storm-reset",
        .rtcCoalesces: "rtc-coalescing",
        .stateRestoreDerivesRTC: "rtc-after-reset",
        .initKeepsRTC: "rtc-after-init",
        .protectedRTCIsNotCounted: "rtc-vector-shared-warns-host",
        .suppressionHoldsEOI: "suppression-still-acks",
        .suppressionNeedsOffer: "suppression-masked",
        .eoiRegisterClearsRemoteIRR: "eoi-register",
        .staleVectorStaysHandled: "retarget-in-flight",
        .staleEOIRescans: "retarget-in-flight-split",
        .edgeIsNotHandled: "edge-basic",
        .notifierMakesHandled: "retarget-edge-with-notifier",
        .levelRequestSetsTMR: "tmr-edge-level",
        .edgeRequestClearsTMR: "tmr-level-edge",
        .disabledAPICDrops: "disabled-apic",
        .highestVectorFirst: "priority-three",
        .inServiceBlocks: "same-class-waits",
        .taskPriorityBlocks: "tpr-blocks",
        .acceptNeedsInterruptFlag: "interrupt-flag",
        .acceptClearsIRR: "edge-basic",
        .eoiEndsHighest: "priority-nesting",
        .injectClearsIRR: "entry-called-off",
        .injectSetsShadow: "level-basic",
        .edgeHasNoShadow: "edge-basic",
        .emptyInjectionWarns: "ext-int-pending",
        .earlyAccessIsKVMs: "ipi-before-enable",
        .allowedFiltersRequested: "disallowed-vector",
        .enableGatesPage: "requested-before-page",
        .vmrunClearsRequested: "requested-once",
        .vmrunWritesPageTMR: "level-basic",
        .nativeEdgeEOIIsAccelerated: "two-eoi-paths",
        .completionClearsShadow: "level-basic",
        .eoiClearsPageISR: "requested-once",
    ]

    /// What shows in a host's log, and in no field of an observation.
    static let unseen: Set<Rule> = [.emptyInjectionWarns]

    @Test(
        "A broken rule fails the scenario that is there for it",
        arguments: Rule.allCases.filter { !unseen.contains($0) })
    func isKilled(rule: Rule) throws {
        let name = try #require(Self.killers[rule])
        let scenario = try #require(Combination.catalogue.first { $0.name == name })
        let mutant = WideSpace(breaking: rule)
        let failed = Combination.of(scenario).first { $0.run(on: mutant).verdict == .fail }
        #expect(failed != nil)
        #expect(failed?.run().verdict == .pass)
    }

    /// The prediction is as broken as the backend, so only what scenarios state can notice: their
    /// expectations and hazards pin the rule, whatever the code says.
    @Test(
        "A rule broken on both sides contradicts what some scenario states",
        arguments: Rule.allCases)
    func isStated(rule: Rule) {
        let mutant = WideSpace(breaking: rule)
        let noticed = Combination.all.contains { combination in
            !combination.scenario.groups.contains("storm")
                && combination.run(on: mutant, against: mutant).verdict != .pass
        }
        let storms = Combination.all.lazy.filter { $0.scenario.groups.contains("storm") }
        #expect(noticed || storms.contains { $0.run(on: mutant, against: mutant).verdict != .pass })
    }

    @Test("Every rule has a scenario, and every scenario named exists")
    func table() {
        #expect(Set(Self.killers.keys) == Set(Rule.allCases))
        let names = Set(Combination.catalogue.map(\.name))
        #expect(Set(Self.killers.values).subtracting(names).isEmpty)
    }
}
