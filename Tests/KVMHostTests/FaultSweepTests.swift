import AgentFace
import Glibc
import KVMHost
import Simulation
import Testing

extension OnKVM {
    /// Every call on the way from nothing to an answered command fails once, in each way.
    @Suite("Each call on the way to an answered command fails in turn") struct FaultSweepTests {
        /// Create a VM, boot the agent, one command, one interrupt, close.
        private func path(_ calls: SystemCalls) throws(KVMError) {
            let rig = try Rig(calls: calls)
            let trigger = try EventFD(calls: calls)
            try rig.machine.vm.setMSIRoutes([levelRoute])
            try rig.machine.vm.assignIRQFD(trigger, gsi: 11)
            try rig.machine.vm.irqLine(gsi: 10, level: true)
            try rig.perform(.sti)
            _ = try rig.machine.vcpu.lapic()
        }

        /// The emulator's VM: to the payload's first exit. What runs is the plain agent, which
        /// leaves by a port there, too.
        private func barePath(_ calls: SystemCalls) throws(KVMError) {
            let guest = try BareGuest(try KVMSystem(calls: calls), Rig.payload)
            _ = try guest.vcpu.run()
        }

        private static let errnos = [
            EMFILE, ENOMEM, EINVAL, EPERM, EACCES, ENOTTY, EFAULT, EBADF,
        ]

        @Test(
            "Each failure of the emulator's VM is named by its errno and leaks nothing",
            .timeLimit(.minutes(1)), arguments: errnos)
        func bareGuest(_ errno: Int32) throws {
            let calls = try sweep(errno) { (calls) throws(KVMError) in try barePath(calls) }
            #expect(calls > 14, "the path makes more calls than that")
        }

        @Test(
            "Each failure of a plain VM is named by its errno and leaks nothing",
            .timeLimit(.minutes(1)), arguments: errnos)
        func plainGuest(_ errno: Int32) throws {
            let calls = try sweep(errno) { (calls) throws(KVMError) in try path(calls) }
            #expect(calls > 20, "the path makes more calls than that")
        }

        /// Fails one call after the other; the number of calls without a failure.
        private func sweep(
            _ errno: Int32, _ path: (SystemCalls) throws(KVMError) -> Void
        ) throws -> Int {
            let before = try kvmHandles()
            var call = 1
            while true {
                let faulty = FaultyCalls(Fault(call: call, errno: errno))
                let error = failure { () throws(KVMError) in try path(faulty.calls) }
                #expect(faulty.isBalanced, "call \(call)")
                if faulty.count < call { break }
                guard case .call(let failure) = error else {
                    Issue.record("call \(call): \(String(describing: error))")
                    return call
                }
                #expect(failure.errno == errno)
                #expect("\(KVMError.call(failure))".contains(CallFailure.name(of: errno)))
                call += 1
            }
            #expect(try kvmHandles() == before)
            return call - 1
        }

        /// A kernel that says EINTR for ever would hang the tool past every limit (command-line
        /// §8). KVM_RUN has the watchdog.
        @Test(
            "A call that says EINTR for ever ends in an error that names it",
            .timeLimit(.minutes(1)), arguments: KernelCall.allCases.filter { $0 != .run })
        func endlessEINTR(_ call: KernelCall) throws {
            guard let request = call.request else { return }
            var calls = SystemCalls.live
            let live = calls
            let asked = SharedCount()
            calls.ioctl = {
                guard $1 == request else { return live.ioctl($0, $1, $2) }
                _ = asked.next()
                return -EINTR
            }
            // SAFETY: the pointer goes through unchanged.
            unsafe calls.ioctlPointer = {
                guard $1 == request else { return unsafe live.ioctlPointer($0, $1, $2) }
                _ = asked.next()
                return -EINTR
            }
            let found = failure { () throws(KVMError) in try path(calls) }
            guard let error = found else {
                #expect(asked.value == 0, "\(call) said EINTR for ever, and nobody noticed")
                return
            }
            guard case .call(let failure) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(failure.call == call && failure.errno == EINTR)
        }

        /// EINTR is no failure anywhere on the path but in open, which never blocks here.
        @Test(
            "A call that is interrupted once is repeated, save open, mmap and eventfd",
            .timeLimit(.minutes(1)))
        func interruptedCallsAreRepeated() throws {
            let whole = FaultyCalls(Fault(call: 0, errno: 0))
            try path(whole.calls)
            var refused: [KernelCall] = []
            for call in 1...whole.count {
                let faulty = FaultyCalls(Fault(call: call, errno: EINTR))
                do throws(KVMError) { try path(faulty.calls) } catch {
                    guard case .call(let failure) = error else {
                        Issue.record("call \(call): \(error)")
                        continue
                    }
                    refused.append(failure.call)
                }
                #expect(faulty.isBalanced)
            }
            #expect(Set(refused).isSubset(of: [.open, .mmap, .eventfd]))
        }
    }
}
