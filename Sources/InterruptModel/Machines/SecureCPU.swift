/// A vCPU with a backing page, whatever the design: what `GuestlessMachine` is made of.
protocol SecureCPU: WideCPU {
    var requested: WideVectors { get set }
    var page: BackingPage<WideSpace> { get set }
    var isEnabled: Bool { get set }
    var asksByExtINT: Bool { get }
}

extension SecureVCPU: SecureCPU where Space == WideSpace {}
