internal import AgentFace
internal import InterruptModel
internal import KVMHost
internal import Lockstep

/// A guest in a real KVM whose pins a driver plays or reaches.
protocol PinnedGuest: AgentGuest {
    var pins: any PinDriver { get }

    /// The vCPU that the current step is about.
    var active: UInt8 { get }

    /// The VM, lent.
    var vm: VirtualMachine { get }

    /// Runs that vCPU until it leaves to this program.
    func run() throws(KVMError) -> VCPUExit

    /// Deals with an exit that only some guests make.
    func handle(_ exit: VCPUExit) throws(BackendFailure)
}

extension PinnedGuest {
    func next() throws(BackendFailure) -> AgentPort? {
        let exit = try BackendFailure.translating { () throws(KVMError) in try run() }
        try talk.noteExit()
        switch exit {
        case .ioapicEOI(let vector):
            events.note(.eoiExit(vector: vector))
            events.note(.ioapicEOI(vector: vector))
            try pins.handleEOI(of: vector, by: active, rising: talk.rising, on: self)
        case .io(let number, _, true, _):
            guard let port = AgentPort(port: number) else { throw .foreignPort(number) }
            return port
        default: try handle(exit)
        }
        return nil
    }

    func handle(_ exit: VCPUExit) throws(BackendFailure) {
        throw BackendFailure(.unexpectedExit(exit))
    }

    func rise(_ pin: UInt8) throws(BackendFailure) { try pins.rise(pin, on: self) }

    var active: UInt8 { 0 }

    /// Has the agent store to a device, as part of a host step: it takes no interrupt in it.
    func store(_ value: UInt32, at address: UInt32) throws(BackendFailure) {
        try ask(.store(address: address, value: value))
    }

    /// Performs a host step that no guest needs anything of its own for.
    func performHostStep(_ action: Action) throws(BackendFailure) {
        guard action.verb == .vmm(.msi) else { return try pins.perform(action, on: self) }
        _ = try BackendFailure.translating { () throws(KVMError) in
            try vm.signalMSI(destination: action.vcpu, vector: action.first, level: false)
        }
    }
}

extension MachineSetup {
    /// What reaches the pins of such a machine's IOAPIC.
    var pinDriver: any PinDriver {
        switch irqchip {
        case .split: SplitPins(self)
        case .kernel: KernelPins(self)
        }
    }
}

extension GuestIRQChip {
    init(_ irqchip: IRQChip) {
        switch irqchip {
        case .split: self = .split(reservedGSIs: 24)
        case .kernel: self = .kernel
        }
    }
}
