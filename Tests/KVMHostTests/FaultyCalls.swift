import Glibc
import KVMHost
import Synchronization

/// System calls of which the n-th fails, and a book of what has been opened and mapped.
@safe
final class FaultyCalls: Sendable {
    private struct Book {
        var count = 0
        var descriptors: Set<Int32> = []
        var mappings: Set<UInt> = []
        var faults: [String] = []
    }

    private let book = Mutex(Book())
    private let failing: Int
    private let errno: Int32

    /// Lets call number `failing`, from 1, fail with `errno`; 0 fails none.
    init(failing: Int, errno: Int32) {
        self.failing = failing
        self.errno = errno
    }

    /// Calls made so far that may fail.
    var count: Int { book.withLock { $0.count } }
    /// Whether everything that was opened has been closed, once, and so with mappings.
    var isBalanced: Bool {
        book.withLock { $0.descriptors.isEmpty && $0.mappings.isEmpty && $0.faults.isEmpty }
    }

    private func fails() -> Bool {
        book.withLock {
            $0.count += 1
            return $0.count == failing
        }
    }

    private func opened(_ result: Int32) -> Int32 {
        if result >= 0 { _ = book.withLock { $0.descriptors.insert(result) } }
        return result
    }

    /// The table to give to the module under test.
    var calls: SystemCalls {
        let live = SystemCalls.live
        var table = live
        table.open = { self.fails() ? -self.errno : self.opened(live.open($0, $1)) }
        table.eventfd = { self.fails() ? -self.errno : self.opened(live.eventfd()) }
        table.ioctl = { descriptor, request, argument in
            if self.fails() { return -self.errno }
            let result = live.ioctl(descriptor, request, argument)
            // KVM_CREATE_VM and KVM_CREATE_VCPU return descriptors.
            return request == 0xae01 || request == 0xae41 ? self.opened(result) : result
        }
        // SAFETY (all below): pointers go through unchanged.
        unsafe table.ioctlPointer = {
            unsafe self.fails() ? -self.errno : live.ioctlPointer($0, $1, $2)
        }
        table.mmap = { length, descriptor in
            if self.fails() { return .failed(self.errno) }
            let answer = live.mmap(length, descriptor)
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
            return unsafe live.munmap(start, length)
        }
        table.close = { descriptor in
            self.book.withLock {
                if $0.descriptors.remove(descriptor) == nil { $0.faults.append("close") }
            }
            return live.close(descriptor)
        }
        return table
    }
}

/// KVM descriptors and vCPU mappings of this process, as the kernel lists them.
func kvmHandles() throws -> (descriptors: Int, mappings: Int) {
    var descriptors = 0
    for number in 0..<Int32(1024) {
        var target = [CChar](repeating: 0, count: 256)
        // SAFETY: 255 of 256 places may be written.
        let count = unsafe readlink("/proc/self/fd/\(number)", &target, 255)
        guard count > 0 else { continue }
        let name = String(decoding: target[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
        if name.contains("kvm") { descriptors += 1 }
    }
    guard case .found(let maps) = HostReader.live.text("/proc/self/maps") else {
        return (descriptors, -1)
    }
    return (descriptors, maps.split(separator: "\n").count { $0.contains("kvm-vcpu") })
}
