/// Finds the steps that lead from a state that keeps a property to one that breaks it.
///
/// A search for one way to each broken property judges each state once. A search for every cause
/// has to judge the end of each step.
struct StepJudge<Word: StateWord>: Sendable {
    /// Where each step leads.
    private var ends: [Family<Word>] = []
    private var expansion = Expansion<Word>()

    /// - Parameter steps: with what is broken by `sources` themselves, for all of its interest.
    mutating func broken(
        by steps: borrowing Expansion<Word>, from sources: [Family<Word>],
        _ system: TransitionSystem<Word>
    ) -> [BrokenProperties] {
        ends.removeAll(keepingCapacity: true)
        for index in 0..<steps.count {
            let step = steps.transitions[index]
            ends.append(sources[Int(step.family)].moved(step.members, by: step.changes))
        }
        expansion.begin(interest: steps.interest, wantsSuccessors: false)
        system.expand(ends, &expansion)
        let before = Before(steps.broken)
        var broken: [BrokenProperties] = []
        for each in expansion.broken {
            let step = steps.transitions[each.family]
            // To change the same bits again leads back.
            let members = ends[each.family].moved(each.members, by: step.changes).members
            for property in 0..<PropertyBits.bitWidth
            where each.properties >> PropertyBits(property) & 1 != 0 {
                let kept = members & ~before.members(of: Int(step.family), breaking: property)
                guard kept != 0 else { continue }
                broken.append(
                    BrokenProperties(
                        family: Int(step.family), members: kept, action: Int(step.action),
                        properties: 1 << PropertyBits(property)))
            }
        }
        return broken
    }

    /// The members of each family that break a property themselves.
    private struct Before {
        private struct Key: Hashable {
            var family: Int
            var property: Int
        }

        private var found: [Key: UInt64] = [:]

        init(_ broken: [BrokenProperties]) {
            for each in broken where each.action < 0 {
                for property in 0..<PropertyBits.bitWidth
                where each.properties >> PropertyBits(property) & 1 != 0 {
                    found[Key(family: each.family, property: property), default: 0] |= each.members
                }
            }
        }

        func members(of family: Int, breaking property: Int) -> UInt64 {
            found[Key(family: family, property: property)] ?? 0
        }
    }
}
