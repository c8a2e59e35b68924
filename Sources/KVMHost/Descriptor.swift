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

    /// Times that a call is made again after EINTR. A signal interrupts a call once; a kernel that
    /// goes on saying so is at fault, and to ask it for ever would hang the tool.
    private static let patience = 1_000

    /// An ioctl with a number, or none, as its argument. Errors: `.call`, and `.interrupted` where
    /// Ctrl-C came between.
    ///
    /// EINTR is retried: KVM_CREATE_VM and others give up when a signal is pending, and nothing
    /// here waits for one. Only `KVM_RUN` has another policy, and does not come through here.
    @discardableResult
    func ioctl(
        _ call: KernelCall, _ argument: Int32 = 0, about subject: Subject = .nothing
    ) throws(KVMError) -> Int32 {
        try retried(call, subject) { request in calls.ioctl(number, request, argument) }
    }

    /// An ioctl with a structure. `Structure` has to be the one that the request is declared with.
    @discardableResult
    func ioctl<Structure>(
        _ call: KernelCall, _ structure: inout Structure, about subject: Subject = .nothing
    ) throws(KVMError) -> Int32 {
        // SAFETY: the pointer is valid for the whole structure during the call.
        try unsafe withUnsafeMutableBytes(of: &structure) { bytes throws(KVMError) in
            try unsafe retried(call, subject, bytes.baseAddress.unsafelyUnwrapped)
        }
    }

    /// An ioctl with a structure that ends in an array: `words` holds both, 8 bytes each.
    @discardableResult
    func ioctl(
        _ call: KernelCall, words: inout [UInt64], about subject: Subject = .nothing
    ) throws(KVMError) -> Int32 {
        // SAFETY: the caller has sized the array for the count in the structure's head.
        try unsafe words.withUnsafeMutableBufferPointer { words throws(KVMError) in
            try unsafe retried(
                call, subject, UnsafeMutableRawPointer(words.baseAddress.unsafelyUnwrapped))
        }
    }

    private func retried(
        _ call: KernelCall, _ subject: Subject, _ pointer: UnsafeMutableRawPointer
    ) throws(KVMError) -> Int32 {
        // SAFETY: the caller's pointer is valid during the call.
        try retried(call, subject) { request in
            unsafe calls.ioctlPointer(number, request, pointer)
        }
    }

    private func retried(
        _ call: KernelCall, _ subject: Subject, _ perform: (_ request: UInt) -> Int32
    ) throws(KVMError) -> Int32 {
        guard let request = call.request else { preconditionFailure("\(call) is no ioctl") }
        var result = perform(request)
        var repeats = 0
        while result == -EINTR, repeats < Self.patience {
            if Interruption.requested { throw .interrupted(signal: Interruption.signal) }
            result = perform(request)
            repeats += 1
        }
        if result < 0 { throw .failed(call, -result, subject) }
        return result
    }
}
