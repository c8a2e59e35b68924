import InterruptModel
import KVMHost
import Lockstep
import Scenarios
import Synchronization
import TestSupport
import Testing
import Verdicts

@testable import Backends

@Suite("The host's kernel is looked at before and after a scenario (command-line §8)")
struct HostWatchTests {
    private static let warning = "WARNING: CPU: 0 PID: 867 at arch/x86/kvm/ioapic.c:105 rtc_irq_eoi"

    /// A kernel whose log and taint a test writes.
    private final class Kernel: Sendable {
        let lines = Mutex<[String]>([])
        let taint = Mutex<UInt64>(0)

        func say(_ line: String) { lines.withLock { $0.append(line) } }

        var log: HostLog {
            HostLog(
                news: {
                    .found(
                        self.lines.withLock { lines in
                            defer { lines = [] }
                            return lines
                        })
                },
                taint: { .found(self.taint.withLock { $0 }) })
        }
    }

    /// The model, on a host that does something at each step.
    private struct WatchedBackend: ModelPlayer {
        let kind = BackendKind.kvm
        var inside = ModelBackend()
        let watch: HostWatch
        var atStep: @Sendable () -> Void = {}

        mutating func perform(
            _ action: Action, isAtomic: Bool, into observation: inout Observation
        ) throws(BackendFailure) {
            atStep()
            inside.perform(action, isAtomic: isAtomic, into: &observation)
        }

        func obstacle(
            to scenario: Scenario, _ setup: MachineSetup, _ design: EOIDesignEntry
        ) -> Skip? { nil }
        func hostComplaints() -> [String] { watch.complaints() }
    }

    private func outcome(
        _ name: String, _ kernel: Kernel, _ irqchip: IRQChip = .split,
        before: () -> Void = {}, atStep: @escaping @Sendable () -> Void
    ) throws -> ScenarioOutcome {
        let scenario = try #require(try Catalogue.load().first { $0.name == name })
        var backend: any Backend = WatchedBackend(
            watch: HostWatch(kernel.log), atStep: atStep)
        before()
        return Lockstep(LockstepOptions(irqchip: irqchip)).run(scenario, on: &backend)
    }

    @Test("A report of the kernel's makes an error of a pass, with its line")
    func report() throws {
        let kernel = Kernel()
        let outcome = try outcome("level-basic", kernel) { kernel.say(Self.warning) }
        #expect(outcome.verdict == .error)
        #expect(outcome.failure?.contains(Self.warning) == true)
    }

    @Test("New taint makes an error of a pass, by its bit")
    func taint() throws {
        let kernel = Kernel()
        let outcome = try outcome("level-basic", kernel) { kernel.taint.withLock { $0 = 512 } }
        #expect(outcome.verdict == .error)
        #expect(outcome.failure?.contains("taint 0 became 512: bit 9") == true)
    }

    @Test("What the kernel said before, and what is no report, is nobody's failure")
    func silence() throws {
        let kernel = Kernel()
        let outcome = try outcome("level-basic", kernel) {
            kernel.say(Self.warning)
            kernel.taint.withLock { $0 = 4096 }
        } atStep: {
            kernel.say("usb 1-1: new device")
        }
        #expect(outcome.verdict == .pass)
        #expect(outcome.failure == nil)
    }

    @Test("A report between two scenarios belongs to neither")
    func between() {
        let kernel = Kernel()
        let watch = HostWatch(kernel.log)
        kernel.say(Self.warning)
        #expect(watch.complaints() == [Self.warning])
        #expect(watch.complaints() == [])
    }

    @Test("A WARN that the model has foretold is the hazard itself, and no error")
    func foretold() throws {
        let kernel = Kernel()
        let outcome = try outcome("rtc-level-warns-host", kernel, .kernel) {
            kernel.say(Self.warning)
        }
        #expect(outcome.verdict == .pass)
    }

    @Test("What the model has foretold excuses nothing else that the kernel says")
    func foretoldOther() throws {
        let kernel = Kernel()
        let outcome = try outcome("rtc-level-warns-host", kernel, .kernel) {
            kernel.say(Self.warning)
            kernel.say("BUG: kernel NULL pointer dereference, address: 0000000000000008")
        }
        #expect(outcome.verdict == .error)
        #expect(outcome.failure?.contains("NULL pointer") == true)
        #expect(outcome.failure?.contains(Self.warning) == false)
    }

    @Test("KASAN's report of vector −1 is what the model has foretold, and no error")
    func foretoldWrite() throws {
        let kernel = Kernel()
        let outcome = try outcome("empty-shadow-eoi", kernel) {
            kernel.say("BUG: KASAN: use-after-free in apic_clear_vector+0x1/0x2")
            kernel.taint.withLock { $0 = 32 }
        }
        #expect(outcome.verdict == .pass)
    }

    @Test(
        "A log that cannot be read is said, with what is needed",
        arguments: [
            (Finding<[String]>.forbidden(errno: 1), "CAP_SYSLOG"),
            (.missing, "no /dev/kmsg"), (.unknown(.errno(5)), "gives no records"),
        ])
    func unreadable(finding: Finding<[String]>, words: String) {
        let watch = HostWatch(HostLog(news: { finding }, taint: { .missing }))
        #expect(watch.complaints() == [])
        #expect(watch.remark?.contains(words) == true)
        #expect(HostWatch(.silent).remark == nil)
    }

    @Test("The kernel's own words for what should not happen are known by how they begin")
    func words() {
        let complaints = [
            Self.warning, "BUG: KASAN: use-after-free in apic_clear_vector+0x1/0x2",
            "kernel BUG at mm/usercopy.c:102!", "Oops: Oops: 0002 [#1] SMP NOPTI",
            "general protection fault, probably for non-canonical address 0xdead",
        ]
        let others = ["kvm: SMP vm created on host", "x86/fpu: BUG: no", "warning: `x' uses"]
        #expect(HostLog.complaints(in: complaints + others) == complaints)
    }
}
