import InterruptModel
import Lockstep
import Scenarios
import TestSupport
import Testing
import Verdicts

@testable import Reporting

/// Selftests of the kernel (tools/testing/selftests/kvm). That they compile, and hold on a real
/// KVM, is for hosttests/selftests to find out.
@Suite("A run as a selftest of the kernel") struct SelftestTests {
    private func timeline(_ steps: String) throws -> Timeline {
        try Timelines.of(
            ScenarioText("steps: [\(steps)]"), LockstepOptions(irqchip: .kernel, kind: .plain))
    }

    private func body(_ timeline: Timeline) throws -> String {
        let text = try Selftest(timeline).text()
        return String(try #require(text.split(separator: "create_machine();\n").last))
    }

    @Test("The template names what there is, and all of it")
    func template() throws {
        let asked = TemplateNames.asked(by: Selftest.templates.flatMap(\.1))
        let all = try Timelines.onKernelIRQChip().compactMap { try? Selftest($0).content }
        #expect(all.reduce(into: Set()) { $0.formUnion(TemplateNames.given(by: $1)) } == asked)
        #expect(asked.count > 20)
    }

    @Test("Each step is a line of C, and behind it stands what the model predicts")
    func steps() throws {
        let found = try body(timeline("assert 2, run, deassert 2, eoi, msi 0x61"))
        #expect(
            found == """
                \texpect();

                \t/* 1: assert 2 */
                \tkvm_irq_line(vm, 2, 1);
                \texpect(.irr = { 0x31 }, .tmr = { 0x31 }, .remote_irr = BIT(2));

                \t/* 2: run */
                \tguest_run();
                \texpect(.taken = 0x31, .isr = { 0x31 }, .tmr = { 0x31 },
                \t       .remote_irr = BIT(2));

                \t/* 3: deassert 2 */
                \tkvm_irq_line(vm, 2, 0);
                \texpect(.isr = { 0x31 }, .tmr = { 0x31 }, .remote_irr = BIT(2));

                \t/* 4: eoi */
                \tguest_eoi();
                \texpect(.tmr = { 0x31 });

                \t/* 5: msi 0x61 */
                \tsignal_msi(0x61);
                \texpect(.irr = { 0x61 }, .tmr = { 0x31 });

                \tkvm_vm_free(vm);
                \treturn 0;
                }

                """)
    }

    @Test("It expects what the prediction has, where the backend had something else")
    func mismatch() throws {
        let scenarios = try ScenarioText("steps: [assert 2, run, deassert 2, eoi]").load()
        var backend: any Backend = ModelBackend(space: WideSpace(breaking: .eoiClearsRemoteIRR))
        let run = Lockstep(LockstepOptions(irqchip: .kernel, kind: .plain))
            .record(try #require(scenarios.first), on: &backend)
        let parted = try #require(run.timeline)
        #expect(run.outcome.mismatch?.step == 4)
        #expect(try body(parted).contains("guest_eoi();\n\texpect(.tmr = { 0x31 });"))
        let text = try Selftest(parted).text()
        #expect(text.contains(" * On model it was otherwise: step 4: "))
        // What the scenario itself states wrongly is no difference.
        let wrong = try Timelines.of(
            ScenarioText("steps: [assert 2, run, eoi]", "expect: {deliveries: {0x31: 7}}"),
            LockstepOptions(irqchip: .kernel, kind: .plain))
        #expect(wrong.outcome.mismatch?.code == .expectation)
        #expect(try !Selftest(wrong).text().contains("it was otherwise"))
    }

    @Test("How the machine begins is done before the first step")
    func start() throws {
        func program(_ machine: String) throws -> String {
            let text = ScenarioText(
                "steps: [run]", "machine: {pins: [{pin: 2, vector: 0x31}], \(machine)}")
            let options = LockstepOptions(irqchip: .kernel, kind: .plain)
            return try Selftest(Timelines.of(text, options)).text()
        }
        let closed = try program("interrupts: off")
        #expect(!closed.contains("guest_sti()") && !closed.contains("vm_enable_cap"))
        #expect(try program("interrupts: on").contains("run_to_sync();\n\tguest_sti();\n}"))
        let off = try program("interrupts: off, apic: off")
        #expect(off.contains("run_to_sync();\n\tguest_wrmsr(APIC_SPIV, 0xff);\n}"))
        let never = try program("interrupts: off, broadcast-suppression: disabled")
        #expect(never.contains("vm_enable_cap(vm, KVM_CAP_X2APIC_API,"))
        #expect(never.contains("_DISABLE_SUPPRESS_EOI_BROADCAST\tBIT_ULL(3)\n"))
    }

    @Test("A vector below 32 has a handler only where the guest takes it")
    func lowVectors() throws {
        func handlers(_ vector: String) throws -> [Substring] {
            let text = ScenarioText(
                "steps: [assert 2, run, eoi]", "machine: {pins: [{pin: 2, vector: \(vector)}]}")
            let timeline = try Timelines.of(text, LockstepOptions(irqchip: .kernel, kind: .plain))
            return try Selftest(timeline).text().split(separator: "\n").filter {
                $0.contains("vm_install_exception_handler(vm, 0x")
            }
        }
        #expect(try handlers("0x31").isEmpty)
        #expect(
            try handlers("0x1f") == ["\tvm_install_exception_handler(vm, 0x1f, guest_irq_handler);"]
        )
        #expect(throws: SelftestObstacle.vector(0x11)) { try handlers("0x11") }
    }

    @Test("However many vectors are set, no line is longer than 80 columns")
    func longLines() throws {
        let messages = (0x21...0x70).map { "\n  - msi \($0)" }.joined()
        let found = try body(
            Timelines.of(
                ScenarioText("steps:\n  - cli\(messages)"),
                LockstepOptions(irqchip: .kernel, kind: .plain)))
        let last = try #require(found.split(separator: "expect(").last)
        #expect((0x21...0x70).allSatisfy { last.contains("0x" + String($0, radix: 16)) })
        for line in found.split(separator: "\n") {
            #expect(line.replacing("\t", with: "        ").count <= 80)
        }
    }

    /// Functions and macros of the selftests that the program calls.
    private static let library: Set<String> = [
        "ARRAY_SIZE", "BIT", "BIT_ULL", "BIT_ULL", "GUEST_SYNC", "GUEST_UCALL_NONE",
        "KVM_IOCTL_ERROR", "READ_ONCE", "REPORT_GUEST_ASSERT", "TEST_ASSERT", "TEST_ASSERT_EQ",
        "TEST_ASSERT_KVM_EXIT_REASON", "TEST_FAIL", "TEST_REQUIRE", "WRITE_ONCE",
        "__TEST_REQUIRE", "__vm_ioctl", "close", "eventfd", "eventfd_read", "eventfd_write",
        "get_ucall", "kvm_check_cap", "kvm_gsi_routing_create", "kvm_gsi_routing_write",
        "kvm_irq_line", "kvm_vm_free", "rdmsr_safe", "sync_global_from_guest",
        "sync_global_to_guest", "test_assert", "vcpu_ioctl", "vcpu_mp_state_get", "vcpu_regs_get",
        "vcpu_regs_set", "vcpu_run", "vcpu_sregs_get", "vcpu_sregs_set", "virt_pg_map",
        "vm_create", "vm_create_with_one_vcpu", "vm_enable_cap", "vm_install_exception_handler",
        "vm_ioctl", "vm_vcpu_add", "x2apic_enable", "x2apic_write_reg_safe",
    ]

    @Test("What a program calls is its own or the selftests', and what is its own is called")
    func calls() throws {
        var count = 0
        for timeline in try Timelines.onKernelIRQChip() {
            guard let text = try? Selftest(timeline).text() else { continue }
            let code = text.replacing(/(?s)\/\*.*?\*\//, with: "").replacing(/"[^"]*"/, with: "")
            let called = code.matches(of: /\b([A-Za-z_]\w*)\(/).map { String($0.1) }
            let keywords: Set = ["for", "if", "while", "switch", "sizeof", "volatile", "defined"]
            let own = Set(
                code.matches(of: /(?m)^(?:static|#define|int) ?(?:inline )?[\w* ]*?(\w+)\(/)
                    .map { String($0.1) })
            let foreign = Set(called).subtracting(own).subtracting(Self.library)
            #expect(foreign.subtracting(keywords).isEmpty, "\(timeline.name)")
            for name in own where name != "main" {
                let uses = code.matches(of: try Regex("\\b\(name)\\b")).count
                let isInline = code.contains("static inline void \(name)(")
                #expect(uses > 1 || isInline, "\(timeline.name): \(name)")
            }
            count += 1
        }
        #expect(count >= 80)
    }

    @Test("What has no counterpart in such a program is refused, and said")
    func obstacles() throws {
        func obstacle(_ timeline: Timeline) -> SelftestObstacle? {
            do {
                _ = try Selftest(timeline)
                return nil
            } catch {
                return error
            }
        }
        #expect(obstacle(try Timelines.named("level-basic")) == .machine)
        let plain = try timeline("assert 2, run, eoi")
        #expect(obstacle(plain) == nil)
        var other = plain
        other.setup.endsAtDelivery = true
        #expect(obstacle(other) == .peculiarHost)
        other = plain
        other.setup.pins[0].notifier = true
        #expect(obstacle(other) == .notifier(pin: 2))
        other = plain
        other.setup.hasEOIRegister = true
        #expect(obstacle(other) == .eoiRegister)
        other = plain
        other.granularity = .atomic
        #expect(obstacle(other) == .machine)
        let raising = try timeline("assert 2, run, deassert 2, eoi-raising 2")
        #expect(obstacle(raising) == .step(number: 4, "eoi-raising 2"))
        let long = try timeline("{repeat: 1001, steps: [run]}")
        #expect(obstacle(long) == .length(1001))
        other = plain
        other.setup.broadcastSuppression = .enabled
        #expect(obstacle(other) == .suppression)
        other = plain
        other.outcome = ScenarioOutcome(.error, failure: "a reason")
        #expect(obstacle(other) == .unfinished("a reason"))
        #expect(SelftestObstacle.unfinished("a\u{1B}b").sentence.hasSuffix("a\u{241B}b"))
    }

    @Test("Names and texts of files end no comment")
    func neutral() throws {
        var wicked = try timeline("run")
        (wicked.name, wicked.summary) = ("a*/b", "*/ int x; /*\nnext \u{1B}[31m *╱ *§/ ╱*")
        let text = try Selftest(wicked).text()
        #expect(text.matches(of: /\*\//).count == text.matches(of: /\/\*/).count)
        #expect(text.contains(" * a* /b: * / int x; / *") && !text.contains("\u{1B}"))
        #expect(!text.split(separator: "\n").contains { $0.hasPrefix("next") })
    }
}
