package import AgentFace
package import InterruptModel
package import KVMHost
package import Lockstep
package import Scenarios
package import Verdicts

/// The secure agent in a guest with Secure AVIC, against the model step by step: the guest's
/// in-service register from its own page, KVM's shadow through the GHCB, EOI exits or resample
/// descriptors, and with KVM's own irqchip real Remote IRR.
///
/// It is an SEV-SNP guest on hardware; on the kernel lab (hosttests/savic-kernel), where KVM is
/// real and the processor's part is simulated, an ordinary one.
package final class SavicBackend: Backend {
    package let kind = BackendKind.savic

    private let device: KVMDevice
    private let limit: RunLimit
    private let allowsHostRisk: Bool
    private let axes: PartialAssumptions
    private let ground: Ground
    private let agent: AgentImage
    /// What this host lacks, if anything: nothing is tried then.
    private let lack: Skip?
    private let host: KnownHost
    private let watch: HostWatch
    /// Which EOI designs the kernel lab has, as far as it was asked.
    private var labDesigns: [String: Bool] = [:]
    private var guest: SavicGuest?
    /// What guests can see here, once it is known.
    package private(set) var sight: SecureSight?
    /// Who writes the page's TMR, once it was tried to find out; nil before, and for ever where
    /// that need not be.
    private var pageTMR: FoundPageTMR?
    private let findsPageTMR: Bool

    /// What guests are made on here.
    private enum Ground {
        case known(SecureGround)
        /// Why none can be made.
        case unknown(BackendFailure)
    }

    /// Opens `/dev/kvm` where the host has all that is needed.
    /// - Parameters:
    ///   - lack: the requirement that this host does not meet.
    ///   - seconds: the longest time that one `KVM_RUN` may take.
    ///   - allowsHostRisk: run scenarios that can hurt an unfixed host.
    ///   - axes: the assumptions that the user has settled.
    package convenience init(
        lack: Skip?, limit seconds: UInt64 = 10, allowsHostRisk: Bool = false,
        axes: PartialAssumptions = PartialAssumptions()
    ) {
        self.init(
            lack: lack, limit: seconds, allowsHostRisk: allowsHostRisk, axes: axes, calls: .live,
            reader: .live, log: .live())
    }

    /// - Parameters:
    ///   - calls: the kernel to talk to; a test has its own.
    ///   - reader: the host to look at.
    ///   - agent: what runs in the guest; a mutant has other machine code.
    ///   - known: what need not be found out of the host's KVM by guests of its own.
    ///   - sight: nor of its secure guests.
    ///   - findsPageTMR: find out who writes the page's TMR where nobody has said so.
    ///   - log: what the host's kernel says of itself.
    package init(
        lack: Skip?, limit seconds: UInt64, allowsHostRisk: Bool, axes: PartialAssumptions,
        calls: SystemCalls, reader: HostReader, agent: AgentImage = .secure,
        known: [IRQChip: HostTraits] = [:], sight: SecureSight? = nil,
        findsPageTMR: Bool = true, log: HostLog = .silent
    ) {
        watch = HostWatch(log)
        self.lack = lack
        self.agent = agent
        self.allowsHostRisk = allowsHostRisk
        self.axes = axes
        self.sight = sight
        self.findsPageTMR = findsPageTMR && axes[.pageTMR] == nil
        limit = .seconds(seconds)
        let device = KVMDevice(calls: calls)
        self.device = device
        host = KnownHost(device, limit, known: known)
        ground = Self.ground(of: device, reader)
    }

    private static func ground(of device: KVMDevice, _ reader: HostReader) -> Ground {
        do throws(BackendFailure) {
            if try device.isKernelLab() { return .known(.lab) }
        } catch { return .unknown(error) }
        guard let bit = reader.encryptionBit else {
            return .unknown(
                .failed("CPUID 8000001F does not tell the C-bit: this CPU has no SEV"))
        }
        return .known(.hardware(encryptionBit: bit))
    }

    private var isLab: Bool {
        if case .known(.lab) = ground { true } else { false }
    }

    package var simulatedBy: String? { isLab ? BackendKind.lab : nil }

    /// Why `/dev/kvm` is there but cannot be used, if so and if it matters.
    package var refusal: String? { lack == nil ? device.refusal : nil }

    package func look(at irqchip: IRQChip) throws(BackendFailure) {
        // Where no guest can be made, nothing has to be predicted.
        guard lack == nil, case .known = ground else { return }
        try host.look(at: irqchip)
        guard findsPageTMR, !isLab, pageTMR == nil, device.missing == nil else { return }
        pageTMR = FoundPageTMR(
            by: characterize(
                CharacterizeOptions(
                    irqchip: irqchip, repeats: FoundPageTMR.runs, names: Probe.ofPageTMR)))
    }

    package var found: PartialAssumptions { pageTMR?.axes ?? PartialAssumptions() }

    package var remarks: [String] { [pageTMR?.remark, watch.remark].compactMap(\.self) }

    package func kernelRules(on irqchip: IRQChip) -> [KernelRule: Bool] {
        host.kernelRules(on: irqchip)
    }

    /// What plain guests have shown of a host is true of its secure ones as far as KVM's IOAPIC
    /// and its scans go, which are the same code. When KVM scans, and that it ends interrupts
    /// itself, is of the plain ones alone.
    package func actual(_ setup: MachineSetup) -> MachineSetup {
        var setup = setup
        setup.entersAfterExit = true
        setup.kernelRules = host.traits(on: setup.irqchip).kernelRules
        found.apply(to: &setup)
        return setup
    }

    package func obstacle(
        to scenario: Scenario, _ setup: MachineSetup, _ design: EOIDesignEntry
    ) -> Skip? {
        if let lack { return lack }
        if let skip = device.missing { return skip }
        if setup.kind == .plain {
            return Skip(
                reason: "needs a plain local APIC: this guest has Secure AVIC"
                    + (isLab ? ", if a simulated one" : ""),
                hint: "run it with --backend kvm")
        }
        if let skip = HostLimits.obstacle(to: scenario, setup, on: device) { return skip }
        if let skip = GuestLimits.secureObstacle(to: scenario, setup) { return skip }
        if let skip = lackOfDesign(design) { return skip }
        guard !allowsHostRisk else { return nil }
        let isMarked = scenario.danger == .host && scenario.dangerousMachines.contains(.secure)
        // The lab plays what it is told, so there nothing is left open.
        let axes = isLab ? PartialAssumptions(setup.assumptions) : axes
        // Which design the kernel has is not known of hardware: a safe one may be somebody's hope.
        let worst = isLab || HostDanger.isOf(design) ? design : EOIDesigns.standard
        let extent = HostDanger(axes: axes).extent(in: scenario, on: actual(setup), worst)
        guard isMarked || extent != .none else { return nil }
        let risk = "run it with --allow-host-risk on a machine that may crash"
        let settle = "have characterize find out what this host does (--assumptions FILE), or "
        return Skip(
            reason: "can hurt an unfixed host kernel, by an EOI that it has nothing noted for or "
                + "by a WARN",
            hint: !isMarked && extent == .some ? settle + risk : risk)
    }

    /// That the kernel lab does not have a design, if so; of hardware's KVM it is the user's word.
    private func lackOfDesign(_ design: EOIDesignEntry) -> Skip? {
        guard isLab else { return nil }
        if labDesigns[design.name] == nil {
            labDesigns[design.name] = device.hasLabDesign(design.name)
        }
        guard labDesigns[design.name] == false else { return nil }
        return Skip(
            reason: "needs EOI design \(design.name), which the kernel lab does not have",
            hint: "build the lab with it (hosttests/savic-kernel), or take another --design")
    }

    /// What cannot be seen, and why.
    package func hidden(on setup: MachineSetup) -> [(field: ObservedField, reason: String)] {
        HostLimits.hiddenIOAPIC(on: setup.irqchip)
            + [(.requested, "RequestedIRR is in the VMCB, and VMRUN has consumed it")]
            + (sight?.hidden ?? [])
    }

    /// To ask the guest is to enter it, and that injects what a host step has made pending.
    package func visible(of fields: FieldSet, after action: Action) -> FieldSet {
        let guestTells = FieldSet([.isr, .irr, .tmr, .ppr, .pageISR, .pageIRR, .pageTMR])
        guard action.actor == .guest else { return fields.subtracting(guestTells) }
        // Until the guest has enabled Secure AVIC, an RDMSR of PPR is KVM's to answer.
        return guest?.hasToldPPR == false ? fields.subtracting(FieldSet([.ppr])) : fields
    }

    package func prepare(
        _ setup: MachineSetup, design: EOIDesignEntry
    ) throws(BackendFailure) {
        guest = try makeGuest(setup, design)
    }

    private func makeGuest(
        _ setup: MachineSetup, _ design: EOIDesignEntry
    ) throws(BackendFailure) -> SavicGuest {
        let ground: SecureGround
        switch self.ground {
        case .known(let known): ground = known
        case .unknown(let failure): throw failure
        }
        return try device.use { system throws(BackendFailure) in
            let sight: SecureSight
            if let known = self.sight {
                sight = known
            } else {
                sight = try check(system, setup.irqchip, design, on: ground)
                self.sight = sight
            }
            return try SavicGuest(
                system, agent, setup, design, on: ground, limit, sight: sight,
                allowsHostRisk: allowsHostRisk)
        }
    }

    /// Finds out on a guest of its own what guests can see here.
    private func check(
        _ system: borrowing KVMSystem, _ irqchip: IRQChip, _ design: EOIDesignEntry,
        on ground: SecureGround
    ) throws(BackendFailure) -> SecureSight {
        let guest = try SavicGuest(
            system, agent, SightCheck.setup(irqchip), design, on: ground, limit,
            sight: SecureSight(), allowsHostRisk: false)
        return try SightCheck.sight(of: guest)
    }

    package func perform(
        _ action: Action, isAtomic: Bool, into observation: inout Observation
    ) throws(BackendFailure) {
        guard let guest else { throw .failed("no machine was prepared") }
        try guest.perform(action, into: &observation)
    }

    package func tearDown() { guest = nil }

    package func hostComplaints() -> [String] { watch.complaints() }
}

extension SavicBackend: ProbeHost {
    package func obstacleToProbes(of design: EOIDesignEntry) -> Skip? {
        lack ?? device.missing ?? lackOfDesign(design)
    }

    /// Hardware that does otherwise once in a thousand runs shows it in 3,000 with 95 %. The lab
    /// runs in an emulated machine and plays the same each time.
    package var standardRepeats: Int { isLab ? 3 : 3_000 }

    /// The lab plays what it is told. Hardware plays what it plays: what the options have played
    /// says only what to expect, and there nothing is expected.
    package func characterize(_ options: CharacterizeOptions) -> Characterization {
        let design = isLab ? options.design : EOIDesigns.standard
        let bench = ProbeBench(
            irqchip: options.irqchip, played: isLab ? options.played : Assumptions(),
            wantsVector: design.wantsVector
        ) { setup throws(BackendFailure) in try self.makeGuest(setup, design) }
        return ProbeSeries(options: options, bench: bench, agent: agent).run()
    }
}
