import AgentFace
import CKVM
import Glibc
import KVMHost
import Testing

extension OnKVM {
    @Suite("Nothing that a guest does keeps the host waiting", .timeLimit(.minutes(1)))
    struct WatchdogTests {
        @Test(
            "A guest that stays away is a timeout, twice in a row and not early",
            arguments: [AgentCommand.spin, .hlt])
        func aGuestThatStaysAwayIsATimeout(_ command: AgentCommand) throws {
            let rig = try Rig()
            let limit = RunLimit.milliseconds(50)
            let time = ContinuousClock().measure {
                #expect(throws: KVMError.timeout(limit)) {
                    try rig.perform(command, within: limit)
                }
            }
            #expect(time >= .milliseconds(50) && time < .seconds(5))
            // And again: the first timeout has left nothing behind that ends the next run early.
            let second = ContinuousClock().measure {
                #expect(throws: KVMError.timeout(limit)) {
                    try rig.machine.vcpu.run(within: limit)
                }
            }
            #expect(second >= .milliseconds(50))
        }

        @Test("A signal ends a run, and every run after it until it is forgotten")
        func ctrlCEndsARun() throws {
            let rig = try Rig()
            try Interruption.install()
            defer {
                ckvm_clear_interruption()
                signal(SIGINT, SIG_DFL)
                signal(SIGTERM, SIG_DFL)
            }
            var sender = pthread_t()
            // SAFETY: the thread shares nothing with this one.
            let started = unsafe pthread_create(
                &sender, nil,
                { _ in
                    usleep(50_000)
                    kill(getpid(), SIGTERM)
                    return nil
                }, nil)
            try #require(started == 0)
            #expect(throws: KVMError.interrupted(signal: SIGTERM)) { try rig.perform(.spin) }
            pthread_join(sender, nil)
            #expect(Interruption.requested && Interruption.signal == SIGTERM)
            // Also between two runs, and not any more once it is forgotten.
            #expect(throws: KVMError.interrupted(signal: SIGTERM)) { try rig.perform(.run) }
            ckvm_clear_interruption()
            let fresh = try Rig()
            #expect(try fresh.answer(.run)?.result == .done)
        }
    }
}
