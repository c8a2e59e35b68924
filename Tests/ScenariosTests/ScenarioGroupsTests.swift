import Testing

@testable import Scenarios

@Suite("The groups of scenarios")
struct ScenarioGroupsTests {
    @Test("Each group of the catalogue has a line of its own, and each line a group")
    func summaries() throws {
        let names = ScenarioGroups.names(in: try Catalogue.load())
        #expect(Set(names) == Set(ScenarioGroups.summaries.keys))
        #expect(names.count == Set(names).count)
        #expect(Set(ScenarioGroups.summaries.values).count == names.count)
        for name in names {
            let summary = try #require(ScenarioGroups.summary(of: name))
            // Behind name and number it has to fit a terminal of 80 columns.
            #expect(summary.count <= 61 && !summary.hasSuffix("."))
        }
        #expect(ScenarioGroups.summary(of: "found") == nil)
    }

    @Test("They come in the order of their first scenarios")
    func order() throws {
        let scenarios = try Catalogue.load()
        let names = ScenarioGroups.names(in: scenarios)
        #expect(names.first == scenarios[0].groups[0])
        let firsts = names.map { name in
            scenarios.firstIndex { $0.groups.contains(name) } ?? .max
        }
        #expect(firsts == firsts.sorted())
    }
}
