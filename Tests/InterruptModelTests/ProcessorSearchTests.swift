import StateExplorer
import Testing

@testable import InterruptModel

@Suite("Searches of several vCPUs (processors §4)")
struct ProcessorSearchTests {
    private func search(
        _ setup: MachineSetup, with verbs: [ActionVerb] = []
    ) throws -> ModelSearch {
        let actions = SearchAlphabet.complete(
            SearchAlphabet.standard(on: setup, .atomic)
                + verbs.flatMap { SearchAlphabet.actions($0, on: setup) },
            on: setup, .atomic)
        return try ModelSearch(
            setup, design: EOIDesigns.standard, actions: actions, granularity: .atomic)
    }

    private func report(
        _ search: ModelSearch, liveness: Bool = false, deepest: Int = .max
    ) -> SearchReport {
        search.system.search(
            for: SearchQuestion(
                PropertyBits(InvariantSet(Invariant.allCases).rawValue),
                checksLiveness: liveness),
            limits: SearchLimits(depth: deepest))
    }

    @Test(
        "Lines apart make a product of states, and a sum of transitions",
        arguments: [
            (2, 2, false, 26 * 26, 2 * 70 * 26), (2, 2, true, 28 * 28, 2 * 78 * 28),
            (3, 3, false, 26 * 26 * 26, 3 * 70 * 26 * 26),
            (3, 2, false, 434 * 26, 1_800 * 26 + 70 * 434),
        ])
    func product(
        lines: Int, vcpus: Int, nesting: Bool, states: Int, transitions: Int
    ) throws {
        let setup = MachineSetup.levels(lines, vcpus: vcpus).with { $0.nesting = nesting }
        let found = report(try search(setup))
        #expect(found.isComplete)
        #expect(found.states == states)
        #expect(found.transitions == transitions)
    }

    @Test("A product goes wrong where its parts do, and as soon")
    func parts() throws {
        let one = report(try search(.levels(2)))
        let two = report(try search(.levels(4, vcpus: 2)))
        func lengths(_ report: SearchReport) -> [Int: Int] {
            Dictionary(
                uniqueKeysWithValues: report.counterexamples.map { ($0.property, $0.length) })
        }
        #expect(!lengths(one).isEmpty)
        #expect(lengths(two) == lengths(one))
    }

    /// What is stored of a state is all that the rules look at: the slow search has whole states.
    @Test(
        "Where lines meet, the search over words finds what the slow search does",
        arguments: [
            [ActionVerb.ioapic(.retarget)], [.guest(.sendIPI)], [.access(.tpr)],
            [.access(.disableAPIC), .access(.enableAPIC)], [.vmm(.reset)],
        ], MachineKind.allCases)
    func meeting(verbs: [ActionVerb], kind: MachineKind) throws {
        let setup = MachineSetup(
            kind: kind, irqchip: .kernel,
            pins: [PinSetup(pin: 2, vector: 0x31, destination: .broadcast)],
            interruptsEnabled: false
        ).with { $0.vcpus = 2 }
        let depth = 6
        let search = try search(setup, with: verbs)
        let found = report(search, deepest: depth)
        let space = try #require(NarrowSpace(vectors: [0x31], pins: [2]))
        let narrow = search.actions.map {
            $0.renumbered(
                pin: { UInt8(space.index(ofPin: $0) ?? 0) },
                vector: { UInt8(space.index(of: $0) ?? 0) })
        }
        let slow =
            switch kind {
            case .plain:
                SlowSearch.report(
                    Machine<Processors<PlainVCPU<NarrowSpace>>>(setup, space: space), narrow,
                    deepest: depth)
            case .secure:
                SlowSearch.report(
                    Machine<Processors<SecureVCPU<NarrowSpace, RFCv2>>>(setup, space: space),
                    narrow, deepest: depth)
            }
        #expect(found.states == slow.states && found.states > 50)
        #expect(found.transitions == slow.transitions)
    }

    @Test("A line is served by whichever vCPU takes its interrupt, and by no other's vector")
    func liveness() throws {
        let shared = MachineSetup(
            kind: .plain,
            pins: [
                PinSetup(pin: 2, vector: 0x31), PinSetup(pin: 3, vector: 0x31, destination: 1),
            ]
        ).with { $0.vcpus = 2 }
        let found = report(try search(shared), liveness: true)
        #expect(found.stuck == [])
    }
}
