import Glibc

/// The errno that a simulated call ends with.
package struct Refusal: Error {
    package let errno: Int32

    package init(errno: Int32) { self.errno = errno }
}

/// Refuses unless a rule is kept.
package func require(_ rule: Bool, else errno: Int32) throws(Refusal) {
    if !rule { throw Refusal(errno: errno) }
}

/// One ioctl: its number, and a structure or a number as its argument.
@safe
package struct SimulatedRequest: Sendable {
    let number: UInt
    package var value: Int32 = 0
    // Whoever makes a request waits for its answer, so one thread at a time uses what it points to.
    nonisolated(unsafe) private var pointer: UnsafeMutableRawPointer?

    init(number: UInt, value: Int32) {
        self.number = number
        self.value = value
    }

    init(number: UInt, pointer: UnsafeMutableRawPointer) {
        self.number = number
        unsafe self.pointer = unsafe pointer
    }

    /// A copy of the structure that the request number is declared with.
    package func load<Value>(
        _ type: Value.Type = Value.self, at offset: Int = 0
    ) throws(Refusal) -> Value {
        guard let pointer = unsafe pointer else { throw Refusal(errno: EFAULT) }
        // SAFETY: the module under test passes a whole structure; every bit pattern is one.
        return unsafe pointer.loadUnaligned(fromByteOffset: offset, as: Value.self)
    }

    /// Writes the structure, or an array behind it, back.
    package func store<Value>(_ value: Value, at offset: Int = 0) throws(Refusal) {
        guard let pointer = unsafe pointer else { throw Refusal(errno: EFAULT) }
        // SAFETY: as above.
        unsafe withUnsafeBytes(of: value) { bytes in
            unsafe UnsafeMutableRawBufferPointer(
                start: pointer + offset, count: bytes.count
            ).copyMemory(from: bytes)
        }
    }
}
