import CKVM
import Glibc

/// The kernel entry points that this module uses, as values that a test may replace.
///
/// Every closure answers like the kernel itself: the result, or the errno negated. So a test that
/// fails the n-th call needs no thread-local `errno`. A call costs one indirect jump on top.
@safe
package struct SystemCalls: Sendable {
    /// open(2) with `O_CLOEXEC` added: a new descriptor.
    package var open: @Sendable (_ path: String, _ flags: Int32) -> Int32
    /// close(2).
    package var close: @Sendable (_ descriptor: Int32) -> Int32
    /// ioctl(2) whose argument is a number.
    package var ioctl: @Sendable (_ descriptor: Int32, _ request: UInt, _ argument: Int32) -> Int32
    /// ioctl(2) whose argument is a structure that the kernel reads, writes, or both.
    package var ioctlPointer:
        @Sendable (_ descriptor: Int32, _ request: UInt, UnsafeMutableRawPointer) -> Int32
    /// mmap(2), readable and writable; `descriptor` −1 means anonymous private memory, anything
    /// else a shared mapping of that descriptor from its start.
    package var mmap: @Sendable (_ length: Int, _ descriptor: Int32) -> MappingAnswer
    /// mmap(2) of addresses that nothing may touch (PROT_NONE), and that stay empty so.
    package var reserve: @Sendable (_ length: Int) -> MappingAnswer
    /// munmap(2).
    package var munmap: @Sendable (UnsafeMutableRawPointer, _ length: Int) -> Int32
    /// eventfd(2) with `EFD_CLOEXEC | EFD_NONBLOCK` and an initial count of 0.
    package var eventfd: @Sendable () -> Int32
    /// read(2) into a buffer: bytes read.
    package var read: @Sendable (_ descriptor: Int32, UnsafeMutableRawBufferPointer) -> Int
    /// write(2) from a buffer: bytes written.
    package var write: @Sendable (_ descriptor: Int32, UnsafeRawBufferPointer) -> Int
}

/// What mmap(2) answers.
@safe
package enum MappingAnswer {
    /// The first byte of the new mapping.
    case mapped(UnsafeMutableRawPointer)
    /// The errno, positive.
    case failed(Int32)
}

extension SystemCalls {
    /// The calls of the running kernel.
    // SAFETY (outermost): the closures that take pointers say what they rely on.
    package static let live = unsafe SystemCalls(
        open: { path, flags in
            // SAFETY: withCString ends the string with a zero.
            let result = unsafe path.withCString { unsafe Glibc.open($0, flags | O_CLOEXEC) }
            return answer(result)
        },
        close: { answer(Glibc.close($0)) },
        ioctl: { answer(Glibc.ioctl($0, $1, $2)) },
        // SAFETY: the caller passes a structure of the size that the request number encodes.
        ioctlPointer: { unsafe answer(Glibc.ioctl($0, $1, $2)) },
        mmap: { length, descriptor in
            let sharing = descriptor < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED
            return mapping(length, PROT_READ | PROT_WRITE, sharing, descriptor)
        },
        reserve: { mapping($0, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1) },
        // SAFETY: the owner of a mapping unmaps it once, when nothing can reach it any more.
        munmap: { unsafe answer(Glibc.munmap($0, $1)) },
        eventfd: { answer(ckvm_eventfd()) },
        // SAFETY (both): the buffer's own bounds are passed on.
        read: { unsafe answer(Glibc.read($0, $1.baseAddress, $1.count)) },
        write: { unsafe answer(Glibc.write($0, $1.baseAddress, $1.count)) })
}

/// A new mapping at addresses of the kernel's choice.
private func mapping(
    _ length: Int, _ protection: Int32, _ sharing: Int32, _ descriptor: Int32
) -> MappingAnswer {
    // SAFETY: without MAP_FIXED nothing that is mapped already is touched.
    let address = unsafe Glibc.mmap(nil, length, protection, sharing, descriptor, 0)
    guard let address = unsafe address, unsafe address != MAP_FAILED else { return .failed(errno) }
    return unsafe .mapped(address)
}

/// The kernel's way to answer: `result`, or the errno negated where libc says −1.
private func answer<Result: SignedInteger>(_ result: Result) -> Result {
    result == -1 ? -Result(errno) : result
}
