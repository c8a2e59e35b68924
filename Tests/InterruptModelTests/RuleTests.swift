import Testing

@testable import InterruptModel

/// Each rule is known to matter at model level (Rule's own promise: "a mutant breaks exactly
/// one").
@Suite("Each rule matters at model level") struct RuleTests {
    struct Frame: Equatable {
        var events: [Event]?
        var snapshot: Snapshot
    }

    private func frames(_ sequence: RuleSequence, breaking rule: Rule?) throws -> [Frame] {
        var runner = try Runner(sequence.setup, sequence.design, breaking: rule)
        var result: [Frame] = []
        for action in sequence.actions {
            let events = sequence.areSteps ? runner.step(action) : runner.perform(action)
            result.append(Frame(events: events, snapshot: runner.picture))
        }
        return result
    }

    @Test("A broken rule shows in the last action of its sequence", arguments: Rule.allCases)
    func breakShows(rule: Rule) throws {
        #expect(!rule.sequences.isEmpty)
        for sequence in rule.sequences {
            let intact = try frames(sequence, breaking: nil)
            let broken = try frames(sequence, breaking: rule)
            #expect(intact.last != broken.last, "\(sequence.setup.kind)")
        }
    }

    @Test("An intact machine performs every action but the last, which a rule may forbid")
    func sequencesAreEnabled() throws {
        for rule in Rule.allCases {
            for sequence in rule.sequences {
                let intact = try frames(sequence, breaking: nil)
                #expect(intact.dropLast().allSatisfy { $0.events != nil }, "\(rule)")
            }
        }
    }

    @Test("Breaking a rule changes nothing before the actions that can show it")
    func breakIsLocal() throws {
        var exceptions: Set<Rule> = []
        for rule in Rule.allCases {
            for sequence in rule.sequences {
                let intact = try frames(sequence, breaking: nil)
                let broken = try frames(sequence, breaking: rule)
                if intact.dropLast() != broken.dropLast() { exceptions.insert(rule) }
            }
        }
        // PPR shows the in-service vector and TPR from the moment that they are set.
        #expect(exceptions == [.inServiceBlocks, .taskPriorityBlocks])
    }

    @Test("The narrow space breaks nothing", arguments: Rule.allCases)
    func narrowIsIntact(rule: Rule) throws {
        let space = try #require(NarrowSpace(vectors: [0x31], pins: [2]))
        #expect(!space.breaks(rule))
        #expect(WideSpace(breaking: rule).breaks(rule))
        #expect(!WideSpace().breaks(rule))
    }
}
