/// A number wide enough for every state of a transition system.
///
/// A state *is* such a number: equal states are equal words, so nothing is ever hashed away.
public protocol StateWord: Comparable, Sendable, BitwiseCopyable {
    /// No bit set.
    static var zero: Self { get }
    /// A word whose higher bits are 0.
    init(_ low: UInt64)
    /// The lowest 64 bits.
    var low: UInt64 { get }
    /// The bits that are set in either.
    static func | (one: Self, other: Self) -> Self
    /// The bits in which they differ.
    static func ^ (one: Self, other: Self) -> Self
    /// - Parameter places: 0..<width.
    func shiftedUp(_ places: Int) -> Self
    /// - Parameter places: 0..<width.
    func shiftedDown(_ places: Int) -> Self
    /// The same in every process: results do not depend on it, but their order in memory does.
    var mixed: UInt64 { get }
}

extension UInt64: StateWord {
    @inlinable public var low: UInt64 { self }
    @inlinable public func shiftedUp(_ places: Int) -> UInt64 {
        self &<< UInt64(truncatingIfNeeded: places)
    }
    @inlinable public func shiftedDown(_ places: Int) -> UInt64 {
        self &>> UInt64(truncatingIfNeeded: places)
    }
    @inlinable public var mixed: UInt64 { Mixing.fold(self ^ Mixing.one, Mixing.two) }
}

extension UInt128: StateWord {
    @inlinable public var low: UInt64 { UInt64(truncatingIfNeeded: self) }
    @inlinable public func shiftedUp(_ places: Int) -> UInt128 {
        self &<< UInt128(truncatingIfNeeded: places)
    }
    @inlinable public func shiftedDown(_ places: Int) -> UInt128 {
        self &>> UInt128(truncatingIfNeeded: places)
    }
    @inlinable public var mixed: UInt64 {
        let high = UInt64(truncatingIfNeeded: self >> 64)
        return Mixing.fold(low ^ Mixing.fold(high ^ Mixing.one, Mixing.three), Mixing.two)
    }
}

/// 256 bits, for the machines with everything switched on.
public struct WideWord: StateWord {
    /// Bits 127:0.
    public var lower: UInt128
    /// Bits 255:128.
    public var upper: UInt128

    /// Both halves put together.
    public init(lower: UInt128, upper: UInt128) {
        self.lower = lower
        self.upper = upper
    }

    public init(_ low: UInt64) { self.init(lower: UInt128(low), upper: 0) }

    public static var zero: WideWord { WideWord(0) }
    public var low: UInt64 { lower.low }

    public static func | (one: Self, other: Self) -> Self {
        Self(lower: one.lower | other.lower, upper: one.upper | other.upper)
    }

    public static func ^ (one: Self, other: Self) -> Self {
        Self(lower: one.lower ^ other.lower, upper: one.upper ^ other.upper)
    }

    public static func < (one: Self, other: Self) -> Bool {
        (one.upper, one.lower) < (other.upper, other.lower)
    }

    public func shiftedUp(_ places: Int) -> WideWord {
        // The smart shifts give 0 where everything is shifted out, and shift back below 0.
        WideWord(lower: lower << places, upper: upper << places | lower << (places - 128))
    }

    public func shiftedDown(_ places: Int) -> WideWord {
        WideWord(lower: lower >> places | upper >> (places - 128), upper: upper >> places)
    }

    public var mixed: UInt64 { Mixing.fold(lower.mixed ^ Mixing.three, upper.mixed | 1) }
}

/// Multiply and fold, as wyhash does (Wang Yi, public domain): one multiplication spreads every
/// bit over the word.
@usableFromInline
enum Mixing {
    @usableFromInline static let one: UInt64 = 0xA076_1D64_78BD_642F
    @usableFromInline static let two: UInt64 = 0xE703_7ED1_A0B4_28DB
    @usableFromInline static let three: UInt64 = 0x8EBC_6AF0_9C88_C6E3

    @inlinable static func fold(_ one: UInt64, _ other: UInt64) -> UInt64 {
        let product = one.multipliedFullWidth(by: other)
        return product.high ^ product.low
    }
}
