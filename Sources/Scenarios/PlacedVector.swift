/// A vector, on a certain vCPU or on any: `0x31@1`, `0x31`.
public struct PlacedVector: Hashable, Sendable, ExpressibleByIntegerLiteral {
    public var vector: UInt8
    /// nil where every vCPU counts.
    public var vcpu: UInt8?

    public init(_ vector: UInt8, on vcpu: UInt8? = nil) {
        (self.vector, self.vcpu) = (vector, vcpu)
    }

    public init(integerLiteral vector: UInt8) { self.init(vector) }

    /// Whether it stands for what happened, or is, on a certain vCPU.
    package func stands(for found: PlacedVector) -> Bool {
        vector == found.vector && (vcpu == nil || vcpu == found.vcpu)
    }
}
