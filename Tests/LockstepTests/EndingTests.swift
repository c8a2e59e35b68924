import Scenarios
import Synchronization
import Testing
import Verdicts

@testable import Lockstep

/// Every run ends in time, whatever it consists of (command-line §8).
@Suite("When a run ends before its last step")
struct EndingTests {
    private static let steps = [
        "[{repeat: 300, steps: [assert 2, run, deassert 2, eoi, sti]}]",
        "[run, {repeat: 10000, steps: [{expect: {irr: []}}]}]",
        "[run, {repeat: 10000, steps: [eoi?]}]",
        "[{repeat: 30, steps: [{repeat: 30, steps: [run, {always: {irr: []}}]}]}]",
    ]

    private func outcome(_ steps: String, _ change: (inout LockstepOptions) -> Void) throws
        -> ScenarioOutcome
    {
        let text = """
            name: long
            summary: a line
            source: a test
            groups: [test]
            machine: {pins: [{pin: 2, vector: 0x31}]}
            steps: \(steps)

            """
        let scenario = try #require(
            try ScenarioLoader.load(Array(text.utf8), file: "test.yaml").first)
        var options = LockstepOptions()
        change(&options)
        var backend: any Backend = ModelBackend()
        return Lockstep(options).run(scenario, on: &backend)
    }

    @Test("It ends when its time is spent, whatever its steps are", arguments: steps)
    func time(steps: String) throws {
        let outcome = try outcome(steps) { $0.limit = .zero }
        #expect(outcome.verdict == .timeout)
        #expect(outcome.compared.steps <= 64)
    }

    @Test("It ends when somebody wants it to", arguments: steps)
    func stop(steps: String) throws {
        let asked = Counter()
        let outcome = try outcome(steps) { $0.isStopped = { asked.next() == 3 } }
        #expect(outcome.isInterrupted)
        #expect(outcome.compared.steps < 64 * 3)
    }

    @Test("Otherwise it goes to its end", arguments: steps)
    func end(steps: String) throws {
        let outcome = try outcome(steps) { _ in }
        #expect(outcome.verdict == .pass || outcome.verdict == .shown)
    }

    private final class Counter: Sendable {
        private let count = Mutex(0)
        func next() -> Int {
            count.withLock {
                $0 += 1
                return $0
            }
        }
    }
}
