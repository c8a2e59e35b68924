import Testing
import Verdicts

@testable import Reporting

@Suite("LAVA's signals (reports §14)")
struct LAVATests {
    private func log(_ events: [RunEvent] = Script.events) throws -> LAVALog {
        try LAVALog(written(events, LAVARecorder()))
    }

    @Test("A run of a hazard, a failure, a skip and what never ran reads exactly like this")
    func snapshot() {
        var fail = Script.fail
        fail.outcome.unobservable = []
        let events = Script.run([Script.hazard, fail, Script.skip], unfinished: ["never@kernel"])
        #expect(
            written(events, LAVARecorder()) == """
                savic-eoi 1.0.0
                backend: model (no /dev/kvm on this host)
                irqchip: split
                design: rfc-v2
                assumptions: page-tmr=accurate, guest-eoi=linux
                kernel rules: unmask-resamples yes, found by probes
                <LAVA_SIGNAL_STARTTC nested-eoi>
                hazard: compared 1 step, 8 fields, 1 EOI; hazard: attribution, redelivery
                <LAVA_SIGNAL_ENDTC nested-eoi>
                <LAVA_SIGNAL_TESTCASE TEST_CASE_ID=nested-eoi RESULT=pass UNITS=seconds \
                MEASUREMENT=0.005>
                <LAVA_SIGNAL_STARTTC level-retrigger>
                fail: step 6: EOI-WRONG-VECTOR: EOI exit vector expected 0x41, observed 0x31
                step 6: EOI-WRONG-VECTOR
                The EOI exit names another vector than the guest ended: the wrong pin is \
                acknowledged and the right
                one stays blocked (stories, shape b).
                  field                expected  observed  before
                  EOI exit vector      0x41      0x31      –
                  remote IRR of pin 3  0         1         1
                  (3 earlier steps left out)
                     4  raise pin 3  accept 0x41
                     5  raise pin 4
                  →  6  eoi          EOI exit 0x31
                rerun: savic-eoi run level-retrigger --backend model --design rfc-v2 --irqchip split
                <LAVA_SIGNAL_ENDTC level-retrigger>
                <LAVA_SIGNAL_TESTCASE TEST_CASE_ID=level-retrigger RESULT=fail UNITS=seconds \
                MEASUREMENT=0.006>
                <LAVA_SIGNAL_STARTTC resample-ack>
                skip: needs the irqchip in the kernel; add --irqchip kernel
                <LAVA_SIGNAL_ENDTC resample-ack>
                <LAVA_SIGNAL_TESTCASE TEST_CASE_ID=resample-ack RESULT=skip>
                <LAVA_SIGNAL_TESTCASE TEST_CASE_ID=never.kernel RESULT=fail>
                3 scenarios in 0.011 s, compared 7 steps, 56 fields, 2 EOIs
                1 pass (1 hazard), 1 fail, 1 skip, 0 timeout, 0 error, 1 unfinished

                """)
    }

    @Test("Each verdict has its result; only what could not be judged is unknown")
    func results() throws {
        var shown = Script.pass
        shown.name = "shown"
        shown.outcome.verdict = .shown
        let events = Script.run(Script.results + [shown], unfinished: ["never-reached"])
        #expect(
            try log(events).cases.map(\.result) == [
                "pass", "pass", "fail", "skip", "fail", "fail", "unknown", "fail",
            ])
    }

    @Test("What ran when the program died has begun and not ended")
    func death() throws {
        let all = pieces(Script.events, LAVARecorder())
        let place = try #require(all.firstIndex { $0.contains("STARTTC level-retrigger") })
        let log = try LAVALog(all[...place].joined())
        #expect(log.open == "level-retrigger")
        #expect(log.cases.map(\.id) == ["level-basic", "nested-eoi"])
    }

    @Test(
        "What was interrupted fails under the id that it began with, each id being one of its own")
    func interrupted() throws {
        let events: [RunEvent] = [
            .began(Script.header), .scenarioBegan(name: "a"),
            .scenarioEnded(named("a")), .scenarioBegan(name: "a"),
            .ended(Totals(), unfinished: ["a", "b@kernel"]),
        ]
        let text = written(events, LAVARecorder())
        #expect(text.contains("<LAVA_SIGNAL_STARTTC a-2>\n"))
        #expect(try LAVALog(text).cases.map(\.id) == ["a", "a-2", "b.kernel"])
    }

    @Test("No name and no text of a stranger is a signal, or breaks one")
    func hostile() throws {
        let signal = "<LAVA_SIGNAL_TESTCASE TEST_CASE_ID=x RESULT=pass>"
        for text in [
            signal, "a\n" + signal, "<<LAVA_TEST_RUNNER EXIT>", "<LAVA\u{301}_SIGNAL_X y>",
            "a b=c>d", "", "@", Script.hostile,
        ] {
            var header = Script.header
            header.backendReason = text
            var bad = Script.error
            bad.outcome.failure = text
            let results = [named(text), bad, named(text)]
            let log = try log(Script.events(header, results, unfinished: [text]))
            #expect(log.cases.map(\.result) == ["pass", "fail", "pass", "fail"], "\(text)")
        }
    }

    private func named(_ name: String) -> ScenarioResult {
        var result = Script.pass
        result.name = name
        return result
    }

    @Test(
        "The reader itself refuses what LAVA refuses",
        arguments: [
            "<LAVA_SIGNAL_TESTCASE TEST_CASE_ID=a b RESULT=pass>\n",
            "<LAVA_SIGNAL_TESTCASE TEST_CASE_ID=a RESULT=good>\n",
            "<LAVA_SIGNAL_TESTCASE TEST_CASE_ID=a=b RESULT=pass>\n",
            "<LAVA_SIGNAL_TESTCASE TEST_CASE_ID=a RESULT=pass MEASUREMENT=x UNITS=s>\n",
            "<LAVA_SIGNAL_TESTCASE TEST_CASE_ID=a RESULT=pass MEASUREMENT=1>\n",
            "x <LAVA_SIGNAL_TESTCASE TEST_CASE_ID=a RESULT=pass>\n", "<LAVA_SIGNAL_ENDTC a>\n",
            "<LAVA_SIGNAL_STARTTC a>\n<LAVA_SIGNAL_STARTTC b>\n", "<LAVA_TEST_RUNNER EXIT>\n",
            String(repeating: "<LAVA_SIGNAL_TESTCASE TEST_CASE_ID=a RESULT=pass>\n", count: 2),
        ])
    func reader(_ text: String) {
        #expect(throws: LAVALog.Malformed.self) { try LAVALog(text) }
    }
}
