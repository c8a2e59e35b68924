import Testing

@testable import InterruptModel

/// What a portrait foretells is held against what happens: in every state of a search's first
/// depths, for every design.
@Suite("What an EOI would do is what it does")
struct PortraitTests {
    private static let setups: [MachineSetup] = MachineKind.allCases.flatMap { kind in
        GuestEOI.allCases.map { eoi in
            MachineSetup(
                kind: kind,
                pins: [
                    PinSetup(pin: 2, vector: 0x31), PinSetup(pin: 3, vector: 0x41, trigger: .edge),
                ], guestEOI: eoi, nesting: true, interruptsEnabled: true)
        }
    }

    private static let actions: [Action] = [
        .assert(pin: 2), .deassert(pin: 2), .assert(pin: 3), .inject, .vmrun, .accept, .sti, .eoi,
    ]

    @Test("The guest ends what the portrait says, and KVM completes what the design has foretold")
    func foretold() {
        for setup in Self.setups {
            for design in EOIDesigns.all {
                explore(setup, design)
                if setup.kind == .plain { break }
            }
        }
    }

    private func explore(_ setup: MachineSetup, _ design: EOIDesignEntry) {
        // A running machine is no value: each way is gone from the start.
        var ways: [[Action]] = [[]]
        var seen: Set<Portrait> = []
        for _ in 0..<7 {
            var next: [[Action]] = []
            for way in ways {
                for action in Self.actions {
                    let machine = RunningMachine(setup, design: design)
                    for step in way { _ = machine.record(step, isAtomic: true) }
                    let before = machine.portrait
                    guard let step = machine.record(action, isAtomic: true) else { continue }
                    #expect(step.entry == nil && step.own.portrait == machine.portrait)
                    if action == .eoi { check(before, step.own.events, setup, design) }
                    if seen.insert(machine.portrait).inserted { next.append(way + [action]) }
                }
            }
            ways = next
        }
    }

    private func check(
        _ before: Portrait, _ events: [Event], _ setup: MachineSetup, _ design: EOIDesignEntry
    ) {
        let ended = events.compactMap { event -> UInt8? in
            if case .ended(let vector, _) = event { vector } else { nil }
        }
        var completed = events.compactMap { event -> UInt8? in
            if case .completed(let vector) = event { vector } else { nil }
        }
        #expect(ended == before.guestWouldEnd.map { [$0] } ?? [])
        // A guest that ends twice foretells its first EOI.
        let first = before.kvmWouldComplete?.elements ?? []
        if setup.guestEOI == .both, completed.count > first.count {
            completed.removeLast(completed.count - first.count)
        }
        if setup.guestEOI != .both || before.kvmWouldComplete != nil {
            #expect(Set(completed) == Set(first), "\(design.name) \(setup.guestEOI)")
        }
    }

    @Test("The entry of a guest step is told apart from what the guest does")
    func entry() throws {
        var setup = Self.setups[0]
        setup.kind = .secure
        let machine = RunningMachine(setup, design: EOIDesigns.standard)
        let asserted = try #require(machine.record(.assert(pin: 2)))
        #expect(asserted.entry == nil && asserted.own.events.count == 1)
        let taken = try #require(machine.record(.run))
        #expect(taken.entry?.portrait.registers.pageIRR == [0x31])
        #expect(taken.own.events == [.accepted(vector: 0x31)])
        #expect(taken.own.portrait.registers.pageISR == [0x31])
        #expect(machine.record(.assert(pin: 2)) == nil)
    }
}
