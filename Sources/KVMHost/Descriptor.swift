import CKVM
import Glibc

/// Owns one file descriptor; closes it when it goes away.
///
/// The errno of close(2) is dropped on purpose: for KVM's descriptors it carries no information.
struct Descriptor: ~Copyable {
    let number: Int32
    let calls: SystemCalls

    /// Takes over an open descriptor.
    init(owning number: Int32, calls: SystemCalls) {
        self.number = number
        self.calls = calls
    }

    deinit { _ = calls.close(number) }

    /// An ioctl with a number, or none, as its argument. Errors: `.call`.
    ///
    /// EINTR is retried: KVM_CREATE_VM and others give up when a signal is pending, and nothing
    /// here waits for one. Only `KVM_RUN` has another policy, and does not come through here.
    @discardableResult
    func ioctl(
        _ call: KernelCall, _ argument: Int32 = 0, about subject: Subject = .nothing
    ) throws(KVMError) -> Int32 {
        guard let request = call.request else { preconditionFailure("\(call) is no ioctl") }
        var result = calls.ioctl(number, request, argument)
        while result == -EINTR { result = calls.ioctl(number, request, argument) }
        if result < 0 { throw refusal(call, -result, subject) }
        return result
    }

    /// An ioctl with a structure. `Structure` has to be the one that the request is declared with.
    @discardableResult
    func ioctl<Structure>(
        _ call: KernelCall, _ structure: inout Structure, about subject: Subject = .nothing
    ) throws(KVMError) -> Int32 {
        // SAFETY: the pointer is valid for the whole structure during the call.
        let result = unsafe withUnsafeMutableBytes(of: &structure) { bytes in
            unsafe retried(call, bytes.baseAddress.unsafelyUnwrapped)
        }
        if result < 0 { throw refusal(call, -result, subject) }
        return result
    }

    /// An ioctl with a structure that ends in an array: `words` holds both, 8 bytes each.
    @discardableResult
    func ioctl(
        _ call: KernelCall, words: inout [UInt64], about subject: Subject = .nothing
    ) throws(KVMError) -> Int32 {
        // SAFETY: the caller has sized the array for the count in the structure's head.
        let result = unsafe words.withUnsafeMutableBytes { bytes in
            unsafe retried(call, bytes.baseAddress.unsafelyUnwrapped)
        }
        if result < 0 { throw refusal(call, -result, subject) }
        return result
    }

    private func retried(_ call: KernelCall, _ pointer: UnsafeMutableRawPointer) -> Int32 {
        guard let request = call.request else { preconditionFailure("\(call) is no ioctl") }
        var result = unsafe calls.ioctlPointer(number, request, pointer)
        while result == -EINTR { result = unsafe calls.ioctlPointer(number, request, pointer) }
        return result
    }

    /// EBADF and EFAULT are this module's own mistakes, not the host's: they end the program, save
    /// for the calls that reach further than their own arguments.
    private func refusal(_ call: KernelCall, _ errno: Int32, _ subject: Subject) -> KVMError {
        precondition(
            call.reachesFurther || (errno != EBADF && errno != EFAULT),
            "\(call.rawValue): errno \(errno)")
        return .failed(call, errno, subject)
    }
}
