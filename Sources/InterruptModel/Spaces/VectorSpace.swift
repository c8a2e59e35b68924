/// How wide a machine's state is. Every rule of the model is generic over it, so the exhaustive
/// search runs the very same rules on a few bits that the lockstep runs on 256 vectors.
public protocol VectorSpace: Sendable, BitwiseCopyable {
    /// A register of one bit for each vector.
    associatedtype Vectors: VectorSet
    /// Vector index, or a set of vCPUs, for each pin.
    associatedtype PinNumbers: PinTable
    /// The code of a destination for each pin.
    associatedtype PinDestinations: PinTable
    /// KVM's count of successive EOIs for each pin. The narrow space keeps none: 10,000 is out of
    /// a search's reach, and a counter would tell equal states apart.
    associatedtype PinCounters: PinTable

    /// Priority class (vector >> 4) of the vector with this index.
    func priorityClass(_ index: Int) -> Int
    /// The vector with this index.
    func vector(_ index: Int) -> UInt8
    /// The index of `vector`, or nil when this space does not have it.
    func index(of vector: UInt8) -> Int?
    /// The pin with this index.
    func pin(_ index: Int) -> UInt8
    /// The index of `pin`, or nil when this space does not have it.
    func index(ofPin pin: UInt8) -> Int?
    /// Whether a mutant breaks `rule`; constantly false outside the wide space.
    func breaks(_ rule: Rule) -> Bool
}

/// 24 pins and 256 vectors; indices are the numbers themselves.
public struct WideSpace: VectorSpace {
    public typealias Vectors = WideVectors
    public typealias PinNumbers = WidePinTable
    /// Their codes have nine bits.
    public typealias PinDestinations = WidePinTable
    public typealias PinCounters = WidePinTable

    /// The one rule that does not hold: tests prove with it that the catalogue would notice.
    package var brokenRule: Rule?

    /// The space in which every rule holds.
    public init() { brokenRule = nil }
    package init(breaking rule: Rule) { brokenRule = rule }

    public func priorityClass(_ index: Int) -> Int { index >> 4 }
    public func vector(_ index: Int) -> UInt8 { UInt8(truncatingIfNeeded: index) }
    public func index(of vector: UInt8) -> Int? { Int(vector) }
    public func pin(_ index: Int) -> UInt8 { UInt8(truncatingIfNeeded: index) }
    public func index(ofPin pin: UInt8) -> Int? { Int(pin) }
    @inline(__always) public func breaks(_ rule: Rule) -> Bool { brokenRule == rule }
}

/// Up to eight vectors and eight pins, numbered by rank.
public struct NarrowSpace: VectorSpace {
    public typealias Vectors = NarrowVectors
    public typealias PinNumbers = NarrowPinTable
    /// The same: destinations are numbered where a state is packed (`RestLayout`).
    public typealias PinDestinations = NarrowWordTable
    public typealias PinCounters = NoPinTable

    /// Byte n is the vector, or the pin, of rank n.
    private let vectorBytes: UInt64
    private let pinBytes: UInt64
    private let vectorCount: Int
    private let pinCount: Int

    /// - Returns: nil when there are more than eight different vectors or pins.
    public init?(vectors: some Sequence<UInt8>, pins: some Sequence<UInt8>) {
        let vectors = Set(vectors).sorted()
        let pins = Set(pins).sorted()
        guard vectors.count <= 8, pins.count <= 8 else { return nil }
        vectorBytes = Self.packed(vectors)
        pinBytes = Self.packed(pins)
        vectorCount = vectors.count
        pinCount = pins.count
    }

    private static func packed(_ numbers: [UInt8]) -> UInt64 {
        numbers.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    public func priorityClass(_ index: Int) -> Int { Int(vector(index) >> 4) }

    public func vector(_ index: Int) -> UInt8 {
        UInt8(truncatingIfNeeded: vectorBytes >> UInt64(truncatingIfNeeded: 8 * index))
    }

    public func index(of vector: UInt8) -> Int? {
        (0..<vectorCount).first { self.vector($0) == vector }
    }

    public func pin(_ index: Int) -> UInt8 {
        UInt8(truncatingIfNeeded: pinBytes >> UInt64(truncatingIfNeeded: 8 * index))
    }

    public func index(ofPin pin: UInt8) -> Int? {
        (0..<pinCount).first { self.pin($0) == pin }
    }

    @inline(__always) public func breaks(_ rule: Rule) -> Bool { false }
}
