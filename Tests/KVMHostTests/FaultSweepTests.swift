import AgentFace
import Glibc
import KVMHost
import Testing

extension OnKVM {
    /// Every call on the way from nothing to an answered command fails once, in each way.
    @Suite struct FaultSweep {
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

        @Test(.timeLimit(.minutes(1)), arguments: [EMFILE, ENOMEM, EINVAL, EPERM, EACCES, ENOTTY])
        func everyFailureIsNamedAndNothingLeaks(_ errno: Int32) throws {
            let before = try kvmHandles()
            var call = 1
            while true {
                let faulty = FaultyCalls(failing: call, errno: errno)
                let error: KVMError?
                do throws(KVMError) {
                    try path(faulty.calls)
                    error = nil
                } catch let refusal { error = refusal }
                #expect(faulty.isBalanced, "call \(call)")
                if faulty.count < call { break }
                guard case .call(let failure) = error else {
                    Issue.record("call \(call): \(String(describing: error))")
                    return
                }
                #expect(failure.errno == errno)
                #expect("\(KVMError.call(failure))".contains(CallFailure.name(of: errno)))
                call += 1
            }
            #expect(call > 20, "the path makes more calls than that")
            #expect(try kvmHandles() == before)
        }

        /// EINTR is no failure anywhere on the path but in open, which never blocks here.
        @Test(.timeLimit(.minutes(1))) func interruptedCallsAreRepeated() throws {
            let whole = FaultyCalls(failing: 0, errno: 0)
            try path(whole.calls)
            var refused: [KernelCall] = []
            for call in 1...whole.count {
                let faulty = FaultyCalls(failing: call, errno: EINTR)
                do throws(KVMError) { try path(faulty.calls) } catch {
                    if case .call(let failure) = error { refused.append(failure.call) }
                }
                #expect(faulty.isBalanced)
            }
            #expect(Set(refused).isSubset(of: [.open, .mmap, .eventfd]))
        }
    }
}
