import Glibc

/// An eventfd: a counter that KVM reads to raise a line, or writes to announce an EOI.
@safe
package struct EventFD: ~Copyable {
    private let descriptor: Descriptor

    /// A counter at 0 that never blocks. Errors: `.call(eventfd)`, EMFILE too many descriptors.
    package init(calls: SystemCalls = .live) throws(KVMError) {
        let number = calls.eventfd()
        if number < 0 { throw .failed(.eventfd, -number) }
        descriptor = Descriptor(owning: number, calls: calls)
    }

    var number: Int32 { descriptor.number }

    /// Adds one.
    package func signal() throws(KVMError) {
        var one: UInt64 = 1
        // SAFETY: an eventfd takes exactly 8 bytes.
        let result = unsafe withUnsafeBytes(of: &one) { unsafe descriptor.calls.write(number, $0) }
        if result < 0 { throw .failed(.write, Int32(-result)) }
    }

    /// Takes what has been added since the last time; 0 if nothing.
    package func take() throws(KVMError) -> UInt64 {
        var count: UInt64 = 0
        // SAFETY: an eventfd gives exactly 8 bytes.
        let result = unsafe withUnsafeMutableBytes(of: &count) {
            unsafe descriptor.calls.read(number, $0)
        }
        if result == -Int(EAGAIN) { return 0 }
        if result < 0 { throw .failed(.read, Int32(-result)) }
        return count
    }
}
