import InterruptModel
import Scenarios
import TestSupport
import Testing

@testable import Lockstep

/// What AMD's posted selftests say about the hardware that passes them (first contact, items L1
/// and E1), over all assumption sets.
@Suite("AMD's selftests") struct ExcludedSetsTests {
    private func excluded(_ name: String) throws -> ExcludedSets {
        ExcludedSets(by: try #require(Combination.catalogue.first { $0.name == name }))
    }

    @Test("Four of them are in the catalogue")
    func catalogue() {
        let names = Combination.catalogue.filter { $0.groups.contains("amd-selftests") }
        #expect(
            names.map(\.name) == [
                "amd-selftest-registers", "amd-selftest-idle", "amd-selftest-ioapic",
                "amd-selftest-msi",
            ])
    }

    @Test(
        "30 and 31 hold whatever is assumed",
        arguments: [
            "amd-selftest-registers", "amd-selftest-idle",
        ])
    func allowsAll(name: String) throws {
        #expect(try excluded(name).sets.isEmpty)
    }

    @Test("32 excludes a page TMR that is set where a WRMSR of EOI then traps")
    func ioapic() throws {
        let found = try excluded("amd-selftest-ioapic")
        #expect(
            found.sets
                == Assumptions.all.filter { $0.pageTMR != .never && $0.nativeLevelEOI == .traps })
        #expect(
            found.combinations.map { $0.map { "\($0.axis)=\($0.value)" } } == [
                ["page-tmr=always", "native-level-eoi=traps"],
                ["page-tmr=accurate", "native-level-eoi=traps"],
                ["page-tmr=guest", "native-level-eoi=traps"],
            ])
        #expect(found.sets.contains(Assumptions()), "the model's best case is among them")
    }

    @Test("35 excludes hardware that keeps what is not allowed")
    func msi() throws {
        let found = try excluded("amd-selftest-msi")
        #expect(found.sets == Assumptions.all.filter { $0.disallowed == .kept })
        #expect(
            found.combinations.map { $0.map { "\($0.axis)=\($0.value)" } }
                == [["disallowed=kept"]])
    }

    @Test("A step that is never enabled excludes, and an optional one does not")
    func steps() throws {
        let waits = try scenario("run, eoi")
        #expect(ExcludedSets(by: waits).sets.count == 32)
        #expect(ExcludedSets(by: try scenario("run, eoi?")).sets.isEmpty)
    }
}
