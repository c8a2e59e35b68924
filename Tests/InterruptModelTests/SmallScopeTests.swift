import Testing

@testable import InterruptModel

/// Every interleaving of `levels(n)` (contract §6 atomic, §7).
@Suite struct SmallScope {
    struct Scope: Sendable, CustomTestStringConvertible {
        var design: String
        var count: Int
        var nesting: Bool
        var testDescription: String {
            "\(design) levels(\(count))\(nesting ? " nesting" : "")"
        }
    }

    static let scopes = EOIDesigns.all.map(\.name).flatMap { design in
        [1, 2].flatMap { count in
            [false, true].map { Scope(design: design, count: count, nesting: $0) }
        }
    }

    @Test("the model and a reference from the contract's text agree", arguments: scopes)
    func agrees(_ scope: Scope) throws {
        let design = try #require(Reference.Design(rawValue: scope.design))
        let reference = Reference(count: scope.count, design: design, nesting: scope.nesting)
        let model = try Levels.report(scope.count, scope.design, nesting: scope.nesting)
        print("SCOPE", scope.testDescription, model)
        #expect(model == reference.report())
    }
}
