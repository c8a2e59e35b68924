import AgentFace
import CKVM
import Glibc
import InterruptModel
import KVMHost
import Lockstep
import Simulation
import Synchronization

@testable import Backends

/// An SNP host with Secure AVIC and the RFC's KVM, or a kernel lab, whose guests run: their
/// machine code is what was launched, in an ordinary VM on the real /dev/kvm, and the rules are
/// the model's.
///
/// What a real host has and this one has not: encryption, the 8259 and the PIT, other vCPUs, and
/// time between two calls.
final class SecureHost: SimulatedMachine {
    /// What it plays.
    struct Role: Sendable {
        var design = EOIDesigns.standard
        var assumptions = Assumptions()
        var kernelRules = KernelRules.newest
        /// With one rule of the hardware or of KVM broken for a mutant.
        var space = WideSpace()
        /// Where the launched agent has its VMGEXITs.
        var agent = AgentImage.secure
        var sevStatus: UInt64?
        var protocolAnswers: [GHCBMSRRequest: UInt64] = [:]
        var refusals: [GHCBRequest: GHCBAnswer] = [:]
        var interceptedMSRs: Set<UInt32> = []
        var deliversInterrupts = true
        /// What a run from this one on, from 1, comes to instead of running the guest.
        var strike: (run: Int, exit: @Sendable (inout kvm_run) -> Int32)?
        /// Of which guest, from 1, runs are counted so; nil counts all together.
        var struckGuest: Int?
        /// The errno of KVM_CREATE_IRQCHIP, and of resample irqfds.
        var chipRefusal: Int32?
        var resampleRefusal: Int32?

        /// A KVM that does not tell its in-service registers: refused, or zeros.
        mutating func hideShadow(behind answer: GHCBAnswer) {
            for index in X2APICMSR.isr..<X2APICMSR.irr + 8 {
                refusals[.msrRead(index: index)] = answer
            }
        }
    }

    let role: Role
    private let vm = Mutex<SecureVM?>(nil)
    private let book = Mutex(Book())

    /// What the host remembers of all its guests.
    struct Book {
        /// EOIs that KVM took for vector −1.
        var vectorMinusOnes = 0
        /// EOIs that KVM completed.
        var completions = 0
        /// Messages and lines that came to nothing because the simulated host could not.
        var failures: [String] = []
        var runs = 0
        var guests = 0
        /// What it was told to play, as a kernel lab.
        var simulations: [LabSimulation] = []
    }

    init(_ role: Role = Role()) { self.role = role }

    var seen: Book { book.withLock { $0 } }

    func run(_ run: inout kvm_run, on kernel: SimulatedKernel) -> Int32 {
        let (number, isStruck) = book.withLock { book in
            let isStruck = role.struckGuest.map { $0 == book.guests } ?? true
            if isStruck { book.runs += 1 }
            return (book.runs, isStruck)
        }
        if let strike = role.strike, isStruck, number >= strike.run { return strike.exit(&run) }
        return vm.withLock { vm -> Int32 in
            guard let vm else { return EINVAL }
            do throws(BackendFailure) {
                let result = try vm.run(&run, on: kernel)
                note(vm.takeTrace(signalling: kernel))
                return result
            } catch {
                if case .timeout = error { return EINTR }
                book.withLock { $0.failures.append("\(error)") }
                return EIO
            }
        }
    }

    func perform(
        _ call: KernelCall, _ request: SimulatedRequest, on kernel: SimulatedKernel
    ) throws(Refusal) -> Int32? {
        let answer = vm.withLock { vm -> Result<Int32?, Refusal> in
            do throws(Refusal) {
                if let chip = try SecureVM.chip(call, request) {
                    if chip == .kernel, let errno = role.chipRefusal {
                        throw Refusal(errno: errno)
                    }
                    book.withLock { $0.guests += 1 }
                    vm = SecureVM(chip, role)
                    return .success(nil)
                }
                if let simulation = try SecureVM.simulation(call, request) {
                    book.withLock { $0.simulations.append(simulation) }
                    try vm?.play(simulation)
                    return .success(nil)
                }
                guard let vm else { return .success(nil) }
                let result = try vm.perform(call, request)
                note(vm.takeTrace(signalling: kernel))
                return .success(result)
            } catch { return .failure(error) }
        }
        return try answer.get()
    }

    func take(from eventfd: Int32, on kernel: SimulatedKernel) -> Bool {
        vm.withLock { vm in
            guard let vm, vm.take(from: eventfd) else { return false }
            note(vm.takeTrace(signalling: kernel))
            return true
        }
    }

    func end() { vm.withLock { $0 = nil } }

    private func note(_ events: [Event]) {
        book.withLock { book in
            for event in events {
                switch event {
                case .vectorMinusOne: book.vectorMinusOnes += 1
                case .completed: book.completions += 1
                default: break
                }
            }
        }
    }
}

/// One VM of a secure host. Used by one thread at a time.
final class SecureVM {
    let chip: IRQChip
    private(set) var role: SecureHost.Role
    /// What the rules go by; changes only before the guest runs.
    private var setup: MachineSetup
    /// Until the guest runs for the first time.
    private var fresh: EmulatedKVM
    private var guest: EmulatedVCPU?
    private var trace = EventTrace()
    /// EOI exits that are still to be made: the guest does not run before.
    private var eoiExits: [UInt8] = []
    var routes: [UInt32: Route] = [:]
    /// What irqfds raise, and whom they tell of the acknowledgement.
    var irqfds: [Int32: (pin: Int, resampler: Int32?)] = [:]
    /// Pins that were high as edges when they were served.
    var deliveredEdges = PinSet()
    /// IOREGSEL.
    var selected = 0

    /// Where a GSI leads.
    enum Route {
        case pin(Int)
        case message(vector: UInt8, level: Bool, destination: UInt8)
    }

    /// The irqchip that a call makes, if it does.
    static func chip(
        _ call: KernelCall, _ request: SimulatedRequest
    ) throws(Refusal) -> IRQChip? {
        switch call {
        case .createIRQChip: return .kernel
        case .enableCap:
            let wanted: kvm_enable_cap = try request.load()
            return wanted.cap == UInt32(KVM_CAP_SPLIT_IRQCHIP) ? .split : nil
        default: return nil
        }
    }

    /// What a call has the kernel lab play, if it does.
    static func simulation(
        _ call: KernelCall, _ request: SimulatedRequest
    ) throws(Refusal) -> LabSimulation? {
        guard call == .enableCap else { return nil }
        let wanted: kvm_enable_cap = try request.load()
        return wanted.cap == UInt32(SAVIC_LAB_CAPABILITY) ? try LabSimulation(wanted) : nil
    }

    /// Plays what the kernel lab is told, whatever its role says.
    func play(_ simulation: LabSimulation) throws(Refusal) {
        guard let design = EOIDesigns.named(simulation.design) else {
            throw Refusal(errno: ENOENT)
        }
        role.design = design
        setup.assumptions = simulation.assumptions
        fresh = Self.kvm(setup, role)
    }

    init(_ chip: IRQChip, _ role: SecureHost.Role) {
        self.chip = chip
        self.role = role
        // KVM's reset state: every pin is masked, the APIC is off, the guest has enabled nothing.
        setup = MachineSetup(
            irqchip: chip,
            pins: (0..<24).map {
                PinSetup(pin: $0, vector: 0, trigger: .edge, masked: true)
            },
            allowed: [], savicEnabled: false, interruptsEnabled: false, apicEnabled: false)
        setup.assumptions = role.assumptions
        setup.kernelRules = role.kernelRules
        fresh = Self.kvm(setup, role)
        if chip == .kernel { for pin in 0..<24 { routes[UInt32(pin)] = .pin(pin) } }
    }

    private static func kvm(_ setup: MachineSetup, _ role: SecureHost.Role) -> EmulatedKVM {
        var kvm = EmulatedKVM(setup, role.design, role.space)
        kvm.protocolAnswers = role.protocolAnswers
        kvm.refusals = role.refusals
        return kvm
    }

    /// What SPIV bit 12 does is settled before there is a vCPU.
    func set(_ suppression: BroadcastSuppression) {
        setup.broadcastSuppression = suppression
        fresh = Self.kvm(setup, role)
    }

    /// The rules with their state.
    var parts: any GuestlessMachine {
        get { guest?.kvm.parts ?? fresh.parts }
        set {
            if let guest { guest.kvm.parts = newValue } else { fresh.parts = newValue }
        }
    }

    /// Lets the rules act.
    func act<Result>(_ body: (inout any GuestlessMachine, inout EventTrace) -> Result) -> Result {
        body(&parts, &trace)
    }

    /// What has happened since the last time; resample descriptors are told.
    func takeTrace(signalling kernel: SimulatedKernel) -> [Event] {
        let events = trace.events
        trace.removeAll()
        for case .resampled(let pin) in events {
            for irqfd in irqfds.values where irqfd.pin == Int(pin) {
                if let resampler = irqfd.resampler { kernel.signal(resampler) }
            }
        }
        return events
    }

    // MARK: - KVM_RUN

    func run(
        _ run: inout kvm_run, on kernel: SimulatedKernel
    ) throws(BackendFailure) -> Int32 {
        if !eoiExits.isEmpty { return run.leave(byEOI: eoiExits.removeFirst()) }
        if guest == nil {
            switch try LaunchedGuest.build(on: kernel, role.agent) {
            case .success(let machine):
                guest = EmulatedVCPU(machine, fresh, .milliseconds(200))
                if let status = role.sevStatus { guest?.sevStatus = status }
                guest?.interceptedMSRs = role.interceptedMSRs
                guest?.deliversInterrupts = role.deliversInterrupts
            case .failure(let fault): return run.leave(byFaultAt: fault.address)
            }
        }
        guard let guest else { return EINVAL }
        guest.enter(noting: &trace)
        _ = try guest.deliver()
        var rising: UInt8?
        while true {
            let before = trace.events.count
            switch try guest.next(rising: &rising, noting: &trace) {
            case .handled:
                for case .eoiExit(let vector) in trace.events[before...] {
                    eoiExits.append(vector)
                }
                if !eoiExits.isEmpty { return run.leave(byEOI: eoiExits.removeFirst()) }
            case .port(let port): return run.leave(by: port)
            case .store(let address, let length, let data):
                guard store(data, at: address) else {
                    return run.leave(byStoreAt: address, length, data)
                }
            case .terminated(let request): return run.leave(byTermination: request)
            }
            guest.enter(noting: &trace)
        }
    }
}
