/// A set of interrupt vectors, such as an IRR, ISR or TMR.
///
/// Members are *indices* of a `VectorSpace`: in the wide space the vector number itself, in a
/// narrow space the rank among the few vectors that a small machine uses. Ascending indices are
/// ascending priorities in both.
public protocol VectorSet: Hashable, Sendable, BitwiseCopyable {
    /// The empty set.
    init()
    /// Whether it has no member.
    var isEmpty: Bool { get }
    /// The highest index, or −1 when the set is empty, as KVM's `find_highest_vector` says it.
    var highest: Int { get }
    /// Whether the vector with this index is a member. The index is one of the space, here and
    /// below: −1 is none.
    func contains(_ index: Int) -> Bool
    /// Makes the vector with this index a member.
    mutating func insert(_ index: Int)
    /// Makes the vector with this index no member.
    mutating func remove(_ index: Int)
    /// The vectors that are in either set.
    func union(_ other: Self) -> Self
    /// The vectors that are in both sets.
    func intersection(_ other: Self) -> Self
    /// The vectors of this set that `other` lacks.
    func subtracting(_ other: Self) -> Self
}

extension VectorSet {
    /// The lowest index, or −1: only a broken priority rule asks for it.
    var lowest: Int {
        var rest = self
        var last = -1
        while !rest.isEmpty {
            last = rest.highest
            rest.remove(last)
        }
        return last
    }
}

/// All 256 vectors, as an APIC register page holds them.
public struct WideVectors: VectorSet {
    var low: UInt128
    var high: UInt128

    public init() {
        self.init(low: 0, high: 0)
    }

    /// - Parameters:
    ///   - low: vectors 0…127, bit n is vector n.
    ///   - high: vectors 128…255.
    init(low: UInt128, high: UInt128) {
        self.low = low
        self.high = high
    }

    /// From the eight 32-bit words of a register, word n holding vectors 32n…32n+31.
    public init(words: SIMD8<UInt32>) {
        self.init()
        for word in 0..<4 {
            low |= UInt128(words[word]) << (32 * UInt128(word))
            high |= UInt128(words[word + 4]) << (32 * UInt128(word))
        }
    }

    /// The eight 32-bit words of a register.
    public var words: SIMD8<UInt32> {
        var words = SIMD8<UInt32>()
        for word in 0..<4 {
            words[word] = UInt32(truncatingIfNeeded: low >> (32 * UInt128(word)))
            words[word + 4] = UInt32(truncatingIfNeeded: high >> (32 * UInt128(word)))
        }
        return words
    }

    public init(_ vectors: some Sequence<UInt8>) {
        self.init()
        for vector in vectors { insert(Int(vector)) }
    }

    public var isEmpty: Bool { low | high == 0 }

    public var highest: Int {
        high != 0 ? 255 - high.leadingZeroBitCount : 127 - low.leadingZeroBitCount
    }

    public func contains(_ index: Int) -> Bool {
        (index < 128 ? low >> UInt128(index) : high >> UInt128(index - 128)) & 1 != 0
    }

    public mutating func insert(_ index: Int) {
        if index < 128 { low |= 1 << UInt128(index) } else { high |= 1 << UInt128(index - 128) }
    }

    public mutating func remove(_ index: Int) {
        if index < 128 {
            low &= ~(1 << UInt128(index))
        } else {
            high &= ~(1 << UInt128(index - 128))
        }
    }

    public func union(_ other: Self) -> Self {
        Self(low: low | other.low, high: high | other.high)
    }

    public func intersection(_ other: Self) -> Self {
        Self(low: low & other.low, high: high & other.high)
    }

    public func subtracting(_ other: Self) -> Self {
        Self(low: low & ~other.low, high: high & ~other.high)
    }

    /// The members, ascending.
    public var elements: [UInt8] {
        var rest = self
        var result: [UInt8] = []
        while !rest.isEmpty {
            let index = rest.highest
            rest.remove(index)
            result.append(UInt8(index))
        }
        return result.reversed()
    }
}

/// Up to eight vectors, for the exhaustive search.
public struct NarrowVectors: VectorSet {
    /// Bit n is the vector of rank n.
    public var bits: UInt8

    public init() { bits = 0 }
    /// The vectors whose ranks have their bits set.
    public init(bits: UInt8) { self.bits = bits }

    public var isEmpty: Bool { bits == 0 }
    @inline(__always)
    public var highest: Int { 7 - bits.leadingZeroBitCount }
    @inline(__always)
    public func contains(_ index: Int) -> Bool { bits >> UInt8(truncatingIfNeeded: index) & 1 != 0 }
    @inline(__always)
    public mutating func insert(_ index: Int) { bits |= 1 << UInt8(truncatingIfNeeded: index) }
    @inline(__always)
    public mutating func remove(_ index: Int) { bits &= ~(1 << UInt8(truncatingIfNeeded: index)) }
    @inline(__always)
    public func union(_ other: Self) -> Self { Self(bits: bits | other.bits) }
    @inline(__always)
    public func intersection(_ other: Self) -> Self { Self(bits: bits & other.bits) }
    @inline(__always)
    public func subtracting(_ other: Self) -> Self { Self(bits: bits & ~other.bits) }
}
