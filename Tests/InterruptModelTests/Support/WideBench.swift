import Testing

@testable public import InterruptModel

/// Anything that performs atomic actions and tells their events.
protocol Stepping {
    /// The events of one atomic action in order, or nil when it is not enabled.
    mutating func perform(_ action: Action) -> [Event]?
    var picture: Snapshot { get }
}

extension Stepping {
    /// The action is enabled and gives exactly these events in this order.
    mutating func expect(
        _ action: Action, _ events: Event...,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(perform(action) == events, sourceLocation: sourceLocation)
    }

    /// The action is not enabled, and nothing has changed.
    mutating func refuse(
        _ action: Action, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let before = picture
        #expect(perform(action) == nil, sourceLocation: sourceLocation)
        #expect(picture == before, sourceLocation: sourceLocation)
    }

    /// Each action is enabled; what happens in it is not this test's matter.
    mutating func run(
        _ actions: Action..., sourceLocation: SourceLocation = #_sourceLocation
    ) {
        for action in actions {
            #expect(perform(action) != nil, "\(action)", sourceLocation: sourceLocation)
        }
    }

    /// What KVM and the hardware do until the guest takes `vector`.
    mutating func take(
        _ vector: UInt8, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        for action in [Action.scan, .inject, .vmrun] { _ = perform(action) }
        expect(.accept, .took(vector), sourceLocation: sourceLocation)
    }
}

/// A wide machine of a known type: its whole state is open to the test.
struct WideBench<CPU: WideCPU>: Stepping {
    var machine: Machine<OneProcessor<CPU>>

    init(_ setup: MachineSetup) {
        machine = Machine(setup, space: WideSpace())
    }

    var state: Machine<OneProcessor<CPU>>.State { machine.state }
    var picture: Snapshot { machine.snapshot }
    var violations: [Invariant] { machine.violations.members }

    mutating func perform(_ action: Action) -> [Event]? {
        var trace = EventTrace()
        return machine.perform(action, into: &trace) ? trace.events : nil
    }
}

typealias PlainBench = WideBench<PlainVCPU<WideSpace>>
typealias SecureBench = WideBench<SecureVCPU<WideSpace, RFCv2>>

/// A machine as the rest of the product holds it, of any kind, design and broken rule.
struct Runner: Stepping {
    private let machine: RunningMachine
    private var seen = Observation()
    private var broken: InvariantSet = []

    init(_ setup: MachineSetup, _ design: String = "rfc-v2", breaking rule: Rule? = nil) throws {
        let design = try #require(EOIDesigns.named(design))
        let space = rule.map { WideSpace(breaking: $0) } ?? WideSpace()
        machine = RunningMachine(setup, design: design, space: space)
    }

    var picture: Snapshot { machine.snapshot }
    /// What the last action broke, and what does not hold after it.
    var violations: [Invariant] { broken.members }

    mutating func perform(_ action: Action) -> [Event]? {
        took(machine.step(action, isAtomic: true, into: &seen))
    }

    /// One step at the granularity of a host program.
    mutating func step(_ action: Action) -> [Event]? {
        took(machine.step(action, into: &seen))
    }

    private mutating func took(_ broken: InvariantSet?) -> [Event]? {
        guard let broken else { return nil }
        self.broken = broken
        return seen.events
    }
}

extension Event {
    static func level(_ vector: UInt8) -> Self { .delivered(vector: vector, level: true) }
    static func edge(_ vector: UInt8) -> Self { .delivered(vector: vector, level: false) }
    static func took(_ vector: UInt8) -> Self { .accepted(vector: vector) }
    static func ends(_ vector: UInt8, _ trigger: Trigger = .level) -> Self {
        .ended(vector: vector, level: trigger == .level)
    }
    static func completes(_ vector: UInt8) -> Self { .completed(vector: vector) }
    static func exits(_ vector: UInt8) -> Self { .eoiExit(vector: vector) }
    static func reaches(_ vector: UInt8) -> Self { .ioapicEOI(vector: vector) }
    static func acks(_ pin: UInt8, _ vector: UInt8) -> Self {
        .acknowledged(pin: pin, vector: vector)
    }
}

extension MachineSetup {
    /// A guest without Secure AVIC on KVM's own IOAPIC.
    static func plain(_ pins: PinSetup..., nesting: Bool = false) -> Self {
        MachineSetup(kind: .plain, irqchip: .kernel, pins: pins, nesting: nesting)
    }

    static func secure(_ pins: PinSetup..., nesting: Bool = false) -> Self {
        MachineSetup(kind: .secure, irqchip: .kernel, pins: pins, nesting: nesting)
    }

    static func of(_ kind: MachineKind, _ pins: PinSetup..., nesting: Bool = false) -> Self {
        MachineSetup(kind: kind, irqchip: .kernel, pins: pins, nesting: nesting)
    }

    /// The same with some things changed.
    func with(_ change: (inout Self) -> Void) -> Self {
        var copy = self
        change(&copy)
        return copy
    }
}

extension PinSetup {
    static let low = PinSetup(pin: 2, vector: 0x31)
    static let high = PinSetup(pin: 3, vector: 0x41)
    static let maskedLow = PinSetup(pin: 2, vector: 0x31, masked: true)
    static let edge = PinSetup(pin: 2, vector: 0x31, trigger: .edge)
    static let maskedEdge = PinSetup(pin: 2, vector: 0x31, trigger: .edge, masked: true)
    static let resampled = PinSetup(pin: 2, vector: 0x31, resampler: true)
    static let rtc = PinSetup(pin: 8, vector: 0x38, trigger: .edge)
}

extension PinSet: ExpressibleByArrayLiteral {
    public init(arrayLiteral elements: Int...) { self.init(elements) }
}

extension WideVectors: ExpressibleByArrayLiteral {
    public init(arrayLiteral elements: UInt8...) { self.init(elements) }
}
