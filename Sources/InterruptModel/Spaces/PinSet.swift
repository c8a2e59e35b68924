/// A set of IOAPIC pins; bit n is pin n (in a narrow space: the pin of rank n).
public struct PinSet: Hashable, Sendable, BitwiseCopyable {
    /// The members, by bit.
    public var bits: UInt32

    /// The pins whose bits are set.
    public init(bits: UInt32 = 0) { self.bits = bits }

    /// These pins, 0…31 each.
    public init(_ pins: some Sequence<Int>) {
        bits = 0
        for pin in pins { insert(pin) }
    }

    /// Whether it has no member.
    public var isEmpty: Bool { bits == 0 }
    /// Whether a pin, 0…31, is a member.
    @inline(__always)
    public func contains(_ pin: Int) -> Bool { bits >> UInt32(truncatingIfNeeded: pin) & 1 != 0 }
    /// Makes a pin, 0…31, a member.
    @inline(__always)
    public mutating func insert(_ pin: Int) { bits |= 1 << UInt32(truncatingIfNeeded: pin) }
    /// Makes a pin, 0…31, no member.
    @inline(__always)
    public mutating func remove(_ pin: Int) { bits &= ~(1 << UInt32(truncatingIfNeeded: pin)) }

    /// Makes a pin, 0…31, a member or none.
    public mutating func set(_ pin: Int, to member: Bool) {
        if member { insert(pin) } else { remove(pin) }
    }

    /// The pins that are in either set.
    public func union(_ other: Self) -> Self { Self(bits: bits | other.bits) }
    /// The pins that are in both sets.
    public func intersection(_ other: Self) -> Self { Self(bits: bits & other.bits) }
    /// The pins of this set that `other` lacks.
    public func subtracting(_ other: Self) -> Self { Self(bits: bits & ~other.bits) }

    /// Removes and returns the lowest pin, or −1 when the set is empty: pin order is KVM's order
    /// of IOAPIC EOI processing (kvm-interrupts §6).
    mutating func popLowest() -> Int {
        guard bits != 0 else { return -1 }
        let pin = bits.trailingZeroBitCount
        bits &= bits &- 1
        return pin
    }

    /// The members, ascending.
    public var elements: [Int] {
        var rest = self
        var result: [Int] = []
        while !rest.isEmpty { result.append(rest.popLowest()) }
        return result
    }
}

/// A number for each pin: the part of a redirection entry that is not a flag.
public protocol PinTable: Hashable, Sendable, BitwiseCopyable {
    /// 0 for every pin.
    init()
    /// The number of a pin. The pin is one that the table has.
    subscript(pin: Int) -> Int { get set }
}

/// All 24 pins of KVM's IOAPIC, one 16-bit number each.
public struct WidePinTable: PinTable {
    private var values: InlineArray<24, UInt16>

    public init() { values = InlineArray(repeating: 0) }

    public subscript(pin: Int) -> Int {
        get { Int(values[pin]) }
        set { values[pin] = UInt16(newValue) }
    }

    // `InlineArray` has no conformances of its own in Swift 6.3 (Swift Evolution SE-0453).
    public static func == (one: Self, other: Self) -> Bool {
        for pin in 0..<24 where one[pin] != other[pin] { return false }
        return true
    }

    public func hash(into hasher: inout Hasher) {
        for pin in 0..<24 { hasher.combine(values[pin]) }
    }
}

/// Eight pins, one byte each.
public struct NarrowPinTable: PinTable {
    private var bytes: UInt64

    public init() { bytes = 0 }

    public subscript(pin: Int) -> Int {
        @inline(__always)
        get { Int(truncatingIfNeeded: bytes >> UInt64(truncatingIfNeeded: 8 * pin) & 0xFF) }
        set {
            let shift = UInt64(truncatingIfNeeded: 8 * pin)
            bytes = bytes & ~(0xFF << shift) | UInt64(truncatingIfNeeded: newValue & 0xFF) << shift
        }
    }
}

/// Eight pins, 16 bits each.
public struct NarrowWordTable: PinTable {
    private var words = SIMD8<UInt16>()

    public init() {}

    public subscript(pin: Int) -> Int {
        get { Int(words[pin]) }
        set { words[pin] = UInt16(truncatingIfNeeded: newValue) }
    }
}

/// Holds nothing: stands in where a search must not tell states apart by a counter.
public struct NoPinTable: PinTable {
    public init() {}
    public subscript(pin: Int) -> Int {
        get { 0 }
        set {}
    }
}
