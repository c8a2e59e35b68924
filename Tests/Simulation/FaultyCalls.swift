import Glibc
package import KVMHost
import Synchronization

/// What goes wrong: from which call on, from 1, and how. Call 0 is none.
package struct Fault: Sendable {
    package var call: Int
    package var errno: Int32
    /// What the firmware says to an SEV command (`kvm_sev_cmd.error`).
    package var firmware: UInt32 = 0
    /// Whether calls after it fail, too, if they are the same: a lasting fault.
    package var lasts = false

    package init(call: Int, errno: Int32, firmware: UInt32 = 0, lasts: Bool = false) {
        (self.call, self.errno, self.firmware, self.lasts) = (call, errno, firmware, lasts)
    }
}

/// System calls of which the n-th fails, and a book of what has been opened and mapped.
@safe
package final class FaultyCalls: Sendable {
    private struct Book {
        var made: [String] = []
        var descriptors: Set<Int32> = []
        var mappings: Set<UInt> = []
        var faults: [String] = []
    }

    private let book = Mutex(Book())
    private let fault: Fault
    private let base: SystemCalls

    package init(_ fault: Fault, on base: SystemCalls = .live) {
        self.fault = fault
        self.base = base
    }

    /// Calls made so far that may fail.
    package var count: Int { made.count }
    /// Their names; SEV commands by their own, open with its path.
    package var made: [String] { book.withLock { $0.made } }
    /// Whether everything that was opened has been closed, once, and so with mappings.
    package var isBalanced: Bool {
        book.withLock { $0.descriptors.isEmpty && $0.mappings.isEmpty && $0.faults.isEmpty }
    }

    private func fails(_ name: String) -> Bool {
        book.withLock { book in
            book.made.append(name)
            if book.made.count == fault.call { return true }
            guard fault.lasts, book.made.count > fault.call, fault.call > 0 else { return false }
            return book.made[fault.call - 1] == name
        }
    }

    private func name(_ request: UInt) -> String {
        KernelCall.allCases.first { $0.request == request }?.rawValue ?? "?"
    }

    /// The name of an ioctl with a structure, which for an SEV command begins with its id.
    private func name(_ request: UInt, _ pointer: UnsafeMutableRawPointer) -> String {
        guard request == KernelCall.memoryEncryptOp.request else { return name(request) }
        // SAFETY: the request says that this is a kvm_sev_cmd.
        let id = unsafe pointer.load(as: UInt32.self)
        return SEVCommand.allCases.first { $0.id == id }?.rawValue ?? "?"
    }

    private func opened(_ result: Int32) -> Int32 {
        if result >= 0 { _ = book.withLock { $0.descriptors.insert(result) } }
        return result
    }

    /// The table to give to the module under test.
    package var calls: SystemCalls {
        let errno = fault.errno
        var table = base
        table.open = {
            self.fails("open \($0)") ? -errno : self.opened(self.base.open($0, $1))
        }
        table.eventfd = { self.fails("eventfd") ? -errno : self.opened(self.base.eventfd()) }
        table.ioctl = { descriptor, request, argument in
            if self.fails(self.name(request)) { return -errno }
            let result = self.base.ioctl(descriptor, request, argument)
            // KVM_CREATE_VM and KVM_CREATE_VCPU return descriptors.
            return request == 0xae01 || request == 0xae41 ? self.opened(result) : result
        }
        // SAFETY (all below): pointers go through unchanged.
        unsafe table.ioctlPointer = { descriptor, request, pointer in
            guard unsafe self.fails(self.name(request, pointer)) else {
                let result = unsafe self.base.ioctlPointer(descriptor, request, pointer)
                // KVM_CREATE_GUEST_MEMFD, too.
                return request == 0xc040_aed4 ? self.opened(result) : result
            }
            if request == 0xc008_aeba {
                unsafe pointer.storeBytes(
                    of: self.fault.firmware, toByteOffset: 16, as: UInt32.self)
            }
            return -errno
        }
        table.mmap = { length, descriptor in
            if self.fails("mmap") { return .failed(errno) }
            let answer = self.base.mmap(length, descriptor)
            if case .mapped(let start) = answer {
                _ = self.book.withLock { $0.mappings.insert(UInt(bitPattern: start)) }
            }
            return answer
        }
        table.reserve = { length in
            if self.fails("mmap") { return .failed(errno) }
            let answer = self.base.reserve(length)
            if case .mapped(let start) = answer {
                _ = self.book.withLock { $0.mappings.insert(UInt(bitPattern: start)) }
            }
            return answer
        }
        unsafe table.munmap = { start, length in
            self.book.withLock {
                if $0.mappings.remove(UInt(bitPattern: start)) == nil {
                    $0.faults.append("munmap")
                }
            }
            return unsafe self.base.munmap(start, length)
        }
        table.close = { descriptor in
            self.book.withLock {
                if $0.descriptors.remove(descriptor) == nil { $0.faults.append("close") }
            }
            return self.base.close(descriptor)
        }
        return table
    }
}
