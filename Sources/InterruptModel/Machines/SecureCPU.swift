/// A vCPU with a backing page, whatever the design: what `GuestlessMachine` is made of.
protocol SecureCPU: WideCPU {
    var requested: WideVectors { get set }
    var page: BackingPage<WideSpace> { get set }
    var isEnabled: Bool { get set }
    var asksByExtINT: Bool { get }

    mutating func unregisterPage()

    mutating func handle<Sink: EventSink>(
        _ access: EOIAccess, ended: Int, rising: Int, _ ioapic: inout IOAPIC<WideSpace>,
        _ configuration: Configuration<WideSpace>, _ sink: inout Sink)

    mutating func endAtIOAPIC<Sink: EventSink>(
        _ vector: Int, _ ioapic: inout IOAPIC<WideSpace>,
        _ configuration: Configuration<WideSpace>, _ sink: inout Sink)
}

extension SecureVCPU: SecureCPU where Space == WideSpace {}
