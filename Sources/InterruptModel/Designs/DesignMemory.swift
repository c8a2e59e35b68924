/// What a design notes for itself in each vCPU, beside KVM's registers (model-contract §3).
///
/// It is a part of the vCPU's state, and a search tells states apart by it. So a memory should hold
/// what decisions go by and no more: a count that only grows makes no two states equal.
public protocol DesignMemory: Hashable, Sendable, BitwiseCopyable {
    /// As it is before the first step, and in a new life of a vCPU that makes KVM forget.
    init()

    /// The memory as a number, for a search. It has the indices of vectors in it, if any: 0…7 in a
    /// search.
    var packed: UInt64 { get }

    /// The memory that `packed` made a number of.
    init(packed: UInt64)

    /// How many low bits of `packed` a machine needs that has so many vectors, at most 64.
    static func bits(vectors: Int) -> Int
}

/// The memory of a design that goes by KVM's registers alone. It takes no bit of a state.
public struct NoMemory: DesignMemory {
    public init() {}
    public init(packed: UInt64) {}
    public var packed: UInt64 { 0 }
    public static func bits(vectors: Int) -> Int { 0 }
}
