@testable import InterruptModel

/// A sequence of actions that ends with the one in which a rule shows.
struct RuleSequence {
    var setup: MachineSetup
    var actions: [Action]
    var design = "rfc-v2"
    /// Whole steps, of a rule about the entries around a guest's command; else single actions.
    var areSteps = false

    init(_ setup: MachineSetup, _ actions: Action...) {
        self.init(setup, actions: actions)
    }

    init(
        _ setup: MachineSetup, design: String = "rfc-v2", areSteps: Bool = false,
        actions: [Action]
    ) {
        self.setup = setup
        self.actions = actions
        self.design = design
        self.areSteps = areSteps
    }
}

extension Rule {
    /// The shortest stories in which this rule matters; no default, so a new rule needs its own.
    var sequences: [RuleSequence] {
        let plain = MachineSetup.plain(.low)
        let secure = MachineSetup.secure(.low)
        func two(_ pin: PinSetup) -> MachineSetup { .plain(pin).with { $0.vcpus = 2 } }
        let deaf = plain.with { $0.apicEnabled = false }
        let edge = MachineSetup.plain(.edge)
        let resampled = MachineSetup.plain(.resampled)
        let nested = MachineSetup.plain(.low, .high, nesting: true)
        let secureNested = MachineSetup.secure(.low, .high, nesting: true)
        return switch self {
        // Lines and service
        case .maskBlocksService: [RuleSequence(.plain(.maskedLow), .assert(pin: 2))]
        case .remoteIRRBlocksService:
            [RuleSequence(plain, .assert(pin: 2), .reassert(pin: 2))]
        case .serviceSetsRemoteIRR, .levelAssertServes, .levelRequestSetsTMR:
            [RuleSequence(plain, .assert(pin: 2)), RuleSequence(secure, .assert(pin: 2))]
        case .remoteIRRNeedsAcceptance, .disabledAPICDrops:
            [RuleSequence(deaf, .assert(pin: 2))]
        case .edgeNeedsLowPhase: [RuleSequence(edge, .assert(pin: 2), .reassert(pin: 2))]
        case .deassertOnlyLowersLine:
            [RuleSequence(plain, .assert(pin: 2), .deassert(pin: 2))]
        case .sourcesAreJoined:
            [RuleSequence(resampled, .assert(pin: 2), .irqfd(pin: 2), .accept, .eoi)]
        case .destinationMustMatch:
            [RuleSequence(.plain(PinSetup(pin: 2, vector: 0x31, destination: 1)), .assert(pin: 2))]

        // Several vCPUs
        case .logicalSetHasMembers:
            [
                RuleSequence(
                    two(PinSetup(pin: 2, vector: 0x31, destination: Destination(code: 0x103))),
                    .assert(pin: 2))
            ]
        case .eachIsAskedForItself: [RuleSequence(two(.low), .assert(pin: 2))]
        case .handledVectorsAreItsOwn, .eoiIsOfItsVCPU:
            [
                RuleSequence(
                    two(PinSetup(pin: 2, vector: 0x31, destination: 1)), .assert(pin: 2),
                    .accept.on(1), .eoi.on(1))
            ]
        case .ipiIsForItsDestination:
            [RuleSequence(two(.low), .sendIPI(vector: 0x61, to: IPIDestination(1)))]
        case .shorthandSparesSender:
            [RuleSequence(two(.low), .sendIPI(vector: 0x61, to: .others).on(1))]
        case .ipiGoesByPages:
            [
                RuleSequence(
                    secure.with { $0.vcpus = 2 }, .sendIPI(vector: 0x61, to: IPIDestination(1)))
            ]
        case .mapChangeAsksAll: [RuleSequence(two(.low), .disableAPIC.on(1), .scan)]

        // Entries
        case .remoteIRRIsReadOnly: [RuleSequence(plain, .assert(pin: 2), .rewrite(pin: 2))]
        case .edgeWriteClearsRemoteIRR:
            [RuleSequence(plain, .assert(pin: 2), .trigger(pin: 2, .edge))]
        case .writeServesPendingLevel:
            [RuleSequence(.plain(.maskedLow), .assert(pin: 2), .unmask(pin: 2))]
        case .unmaskDropsStoredEdge:
            [RuleSequence(.plain(.maskedEdge), .assert(pin: 2), .unmask(pin: 2))]
        case .unmaskResamples:
            [RuleSequence(resampled, .mask(pin: 2), .assert(pin: 2), .unmask(pin: 2))]

        case .sameValueIsWritten:
            [RuleSequence(deaf, .assert(pin: 2), .enableAPIC, .unmask(pin: 2))]
        case .entryWriteAsksItsDestinations:
            [
                RuleSequence(
                    .plain(PinSetup(pin: 2, vector: 0x31, destination: 1)),
                    .vector(pin: 2, vector: 0x51), .scan)
            ]
        case .entryBehindExitScans:
            [
                RuleSequence(
                    plain, areSteps: true,
                    actions: [
                        .retarget(pin: 2, destination: 1), .msi(vector: 0x31), .run, .eoi,
                    ])
            ]

        // End of interrupt
        case .eoiNeedsHandledVector: [RuleSequence(plain, .msi(vector: 0x51), .accept, .eoi)]
        case .eoiIgnoresMask:
            [RuleSequence(plain, .assert(pin: 2), .accept, .mask(pin: 2), .eoi)]
        case .eoiClearsRemoteIRR:
            [RuleSequence(plain, .assert(pin: 2), .accept, .deassert(pin: 2), .eoi)]
        case .eoiServesAgain: [RuleSequence(plain, .assert(pin: 2), .accept, .eoi)]
        case .tmrIsSampledAtEOI:
            [RuleSequence(plain, .assert(pin: 2), .accept, .msi(vector: 0x31), .eoi)]
        case .exitGoesByEntry:
            [
                RuleSequence(
                    plain.with { $0.irqchip = .split }, .assert(pin: 2), .accept,
                    .msi(vector: 0x31), .eoi)
            ]
        case .exitHasOneSlot:
            [
                RuleSequence(
                    secureNested.with { $0.irqchip = .split }, design: "reevaluate-all",
                    actions: [
                        .assert(pin: 2), .assert(pin: 3), .inject, .vmrun, .accept, .eoi,
                    ])
            ]
        case .everyPinIsAcknowledged:
            [
                RuleSequence(
                    .plain(.low, PinSetup(pin: 3, vector: 0x31)), .assert(pin: 2), .accept, .eoi)
            ]
        case .acknowledgeLowersResampleSource:
            [RuleSequence(resampled, .irqfd(pin: 2), .accept, .eoi)]
        case .eoiStormIsDelayed:
            [RuleSequence(plain, actions: storm(9_999) + [.accept, .eoi])]
        case .lowLineResetsCount:
            [
                RuleSequence(
                    plain,
                    actions: storm(9_999)
                        + [.accept, .deassert(pin: 2), .eoi, .sti, .assert(pin: 2), .accept, .eoi])
            ]
        case .rtcCoalesces:
            [
                RuleSequence(
                    .plain(.rtc), .assertStatus(pin: 8), .deassert(pin: 8), .assertStatus(pin: 8))
            ]
        case .stateRestoreDerivesRTC:
            [
                RuleSequence(
                    .plain(.rtc), .assertStatus(pin: 8), .deassert(pin: 8), .reset,
                    .assertStatus(pin: 8))
            ]
        case .initKeepsRTC:
            [
                RuleSequence(
                    .plain(.rtc), .assertStatus(pin: 8), .deassert(pin: 8), .initSignal,
                    .assertStatus(pin: 8))
            ]
        case .protectedRTCIsNotCounted:
            [
                RuleSequence(
                    .secure(.rtc), .assertStatus(pin: 8), .deassert(pin: 8),
                    .assertStatus(pin: 8))
            ]
        case .suppressionNeedsOffer:
            [
                RuleSequence(
                    secure, .suppressBroadcast, .assert(pin: 2), .inject, .vmrun, .accept,
                    .deassert(pin: 2), .eoi)
            ]
        case .suppressionHoldsEOI:
            [
                RuleSequence(
                    plain, .suppressBroadcast, .assert(pin: 2), .accept, .deassert(pin: 2), .eoi)
            ]
        case .eoiRegisterClearsRemoteIRR:
            [
                RuleSequence(
                    plain.with { $0.hasEOIRegister = true },
                    .suppressBroadcast, .assert(pin: 2), .accept, .deassert(pin: 2), .eoi,
                    .directedEOI(vector: 0x31))
            ]

        // Handled vectors
        case .staleVectorStaysHandled:
            [
                RuleSequence(
                    plain, .assert(pin: 2), .accept, .retarget(pin: 2, destination: 1), .scan, .eoi)
            ]
        case .staleEOIRescans:
            [
                RuleSequence(
                    plain, .assert(pin: 2), .accept, .retarget(pin: 2, destination: 1), .scan, .eoi,
                    .scan)
            ]
        case .edgeIsNotHandled: [RuleSequence(edge, .assert(pin: 2), .accept, .eoi)]
        case .notifierMakesHandled:
            [
                RuleSequence(
                    .plain(PinSetup(pin: 2, vector: 0x31, trigger: .edge, notifier: true)),
                    .assert(pin: 2), .accept, .eoi)
            ]

        // Local APIC
        case .edgeRequestClearsTMR:
            [
                RuleSequence(plain, .assert(pin: 2), .msi(vector: 0x31)),
                RuleSequence(secure, .assert(pin: 2), .msi(vector: 0x31)),
            ]
        case .highestVectorFirst:
            [
                RuleSequence(nested, .assert(pin: 2), .assert(pin: 3), .accept),
                RuleSequence(
                    secureNested, .assert(pin: 2), .assert(pin: 3), .inject, .vmrun, .accept),
            ]
        case .inServiceBlocks:
            [
                RuleSequence(nested, .assert(pin: 3), .accept, .sti, .assert(pin: 2), .accept),
                RuleSequence(
                    secureNested, .assert(pin: 3), .inject, .vmrun, .accept, .sti, .assert(pin: 2),
                    .inject, .vmrun, .accept),
            ]
        case .taskPriorityBlocks:
            [
                RuleSequence(plain, .tpr(0x30), .assert(pin: 2), .accept),
                RuleSequence(secure, .tpr(0x30), .assert(pin: 2), .inject, .vmrun, .accept),
            ]
        case .acceptNeedsInterruptFlag:
            [
                RuleSequence(plain, .cli, .assert(pin: 2), .accept),
                RuleSequence(secure, .cli, .assert(pin: 2), .inject, .vmrun, .accept),
            ]
        case .acceptClearsIRR:
            [
                RuleSequence(plain, .assert(pin: 2), .accept),
                RuleSequence(secure, .assert(pin: 2), .inject, .vmrun, .accept),
            ]
        case .eoiEndsHighest:
            [
                RuleSequence(
                    nested, .assert(pin: 2), .accept, .sti, .assert(pin: 3), .accept, .eoi),
                RuleSequence(
                    secureNested, .assert(pin: 2), .inject, .vmrun, .accept, .sti, .assert(pin: 3),
                    .inject, .vmrun, .accept, .eoi),
            ]

        // Hand-off and Secure AVIC hardware
        case .injectClearsIRR, .injectSetsShadow:
            [RuleSequence(secure, .assert(pin: 2), .inject)]
        case .emptyInjectionWarns: [RuleSequence(secure, .extINT, .inject)]
        case .earlyAccessGoesToKVM:
            [RuleSequence(secure.with { $0.savicEnabled = false }, .ipi(vector: 0x31))]
        case .edgeHasNoShadow: [RuleSequence(secure, .msi(vector: 0x31), .inject)]
        case .allowedFiltersRequested:
            [RuleSequence(secure.with { $0.allowed = [] }, .assert(pin: 2), .inject, .vmrun)]
        case .enableGatesPage:
            [
                RuleSequence(
                    secure.with { $0.savicEnabled = false }, .assert(pin: 2), .inject, .vmrun)
            ]
        case .vmrunClearsRequested, .vmrunWritesPageTMR:
            [RuleSequence(secure, .assert(pin: 2), .inject, .vmrun)]
        case .nativeEdgeEOIIsAccelerated:
            [RuleSequence(secure, .msi(vector: 0x31), .inject, .vmrun, .accept, .eoi)]
        case .completionClearsShadow, .eoiClearsPageISR:
            [
                RuleSequence(
                    secure, .assert(pin: 2), .inject, .vmrun, .accept, .deassert(pin: 2), .eoi)
            ]
        }
    }

    /// `count` successive EOIs of a line that stays high.
    private func storm(_ count: Int) -> [Action] {
        [.assert(pin: 2)] + (0..<count).flatMap { _ in [.accept, .eoi, .sti] }
    }
}
