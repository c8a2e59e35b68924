import StateExplorer
import Testing

@testable import InterruptModel

/// `hardened`, but for the vector that an EOI is taken for: the one that was noted first. The
/// shadow is a set and does not know which that is, so the design remembers it.
private enum OldestNoted: EOIDesign {
    static let name = "oldest-noted"
    static let summary = "hardened that takes the oldest noted vector"
    static let source = "a test"
    static let explanation = "The EOI is taken for the vector that was noted first."

    /// Indices of up to eight vectors in the order of their notes.
    struct Memory: DesignMemory {
        /// Sixteen bits each, index + 1, the oldest lowest; 0 behind the last.
        private var entries: UInt128 = 0

        init() {}

        init(packed: UInt64) {
            for place in 0..<8 where packed >> UInt64(4 * place) & 15 != 0 {
                append(Int(packed >> UInt64(4 * place) & 15) - 1)
            }
        }

        var packed: UInt64 {
            (0..<8).reduce(0) { $0 | UInt64(entries >> UInt128(16 * $1) & 15) << UInt64(4 * $1) }
        }

        static func bits(vectors: Int) -> Int { 4 * vectors }

        /// The oldest, or −1.
        var oldest: Int { Int(entries & 0xFFFF) - 1 }

        mutating func append(_ index: Int) {
            let end = (128 - entries.leadingZeroBitCount + 15) / 16
            precondition(end < 8, "a ninth vector is noted")
            entries |= UInt128(index + 1) << UInt128(16 * end)
        }

        mutating func removeOldest() { entries >>= 16 }
    }

    static func note<Vectors: VectorSet>(
        _ handedOff: Vectors, shadow: Vectors, memory: inout Memory
    ) {
        // Of those that go together the guest takes the highest first.
        var new = handedOff.subtracting(shadow)
        while case let vector = new.highest, vector >= 0 {
            new.remove(vector)
            memory.append(vector)
        }
    }

    static func decide<Vectors: VectorSet>(
        _ access: EOIAccess, shadow: Vectors, memory: inout Memory
    ) -> EOIDecision<Vectors> {
        guard access.isArchitectural else { return .refuse }
        var decision = EOIDecision<Vectors>()
        guard memory.oldest >= 0 else { return decision }
        decision.completes.insert(memory.oldest)
        decision.remembersLevel = true
        memory.removeOldest()
        return decision
    }

    static var forgetsOnReset: Bool { true }
    static var rulesOut: InvariantSet { InvariantSet([.memorySafety, .writeOnlyEOI]) }
}

@Suite("A design with a memory of its own runs and is searched like any other (model-contract §3)")
struct OldestNotedTests {
    private static let design = EOIDesignEntry(OldestNoted.self)
    private static let hardened = EOIDesignEntry(Hardened.self)

    /// The vector that KVM completes for the last of these actions.
    private func completed(
        _ actions: [Action], _ design: EOIDesignEntry, nesting: Bool = false
    ) -> [UInt8] {
        let setup = MachineSetup.secure(.low, .high, nesting: nesting)
        let machine = RunningMachine(setup, design: design)
        var seen = Observation()
        for action in actions {
            #expect(machine.step(action, isAtomic: true, into: &seen) != nil, "\(action)")
        }
        return seen.events.compactMap {
            if case .completed(let vector) = $0 { vector } else { nil }
        }
    }

    /// A lower vector is in service when a higher one is noted.
    private static let oneByOne: [Action] = [
        .assert(pin: 2), .inject, .vmrun, .accept, .assert(pin: 3), .inject, .vmrun,
    ]

    @Test("Where the guest ends the older of two vectors, only the order of notes tells it")
    func older() {
        #expect(completed(Self.oneByOne + [.eoi], Self.design) == [0x31])
        #expect(completed(Self.oneByOne + [.eoi], Self.hardened) == [0x41])
    }

    @Test("Where the guest ends the newer of two vectors, the order of notes misleads")
    func newer() {
        let nested = Self.oneByOne + [.sti, .accept, .eoi]
        #expect(completed(nested, Self.design, nesting: true) == [0x31])
        #expect(completed(nested, Self.hardened, nesting: true) == [0x41])
    }

    @Test("The memory moves on with each EOI, and a new life begins without it")
    func moves() {
        #expect(completed(Self.oneByOne + [.eoi, .sti, .accept, .eoi], Self.design) == [0x41])
        let again: [Action] = [
            .reset, .enableAPIC, .sti, .deassert(pin: 2), .deassert(pin: 3), .spuriousEOI,
        ]
        #expect(completed(Self.oneByOne + again, Self.design) == [])
    }

    @Test("A search tells states apart by the memory, and finds as many as a slow one")
    func search() throws {
        for (levels, bits) in [(1, 4), (2, 8)] {
            let setup = MachineSetup.levels(levels)
            let actions = SearchAlphabet.standard(on: setup, .atomic)
            func states(_ design: EOIDesignEntry) throws -> (bits: Int, found: SearchExtent) {
                let search = try ModelSearch(
                    setup, design: design, actions: actions, granularity: .atomic)
                let found = search.system.search(for: SearchQuestion(0))
                return (search.system.stateBits, found.extent)
            }
            let (own, other) = (try states(Self.design), try states(Self.hardened))
            #expect(own.found.visitsAll && own.bits == other.bits + bits)
            let slow = SlowSearch.report(
                SecureMachine<NarrowSpace, OldestNoted>(setup, space: try Levels.space(levels)),
                Levels.actions(levels))
            #expect(own.found.states == slow.states)
            #expect(own.found.transitions == slow.transitions && own.found.depth == slow.depth)
            // One vector has no order.
            #expect((own.found.states == other.found.states) == (levels == 1))
        }
    }
}
