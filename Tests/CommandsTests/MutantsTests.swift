import InterruptModel
import Testing

@testable import Commands

/// `savic-eoi mutants`: what scenarios notice (command-line §4).
@Suite("mutants")
struct MutantsTests {
    @Test("Each rule is noticed by somebody or said not to be, and then it is 1")
    func rules() throws {
        let ending = program("mutants", "level-basic", "edge-basic", "eoi-register")
        #expect(ending.status == 1 && ending.err.isEmpty)
        let rows = ("\n" + ending.out).split(separator: "\n\n")[0]
        #expect(try #/\neoi-clears-remote-irr +level-basic/#.firstMatch(in: "\n" + rows) != nil)
        let block = try #require(ending.out.split(separator: "not noticed: ").last)
        let unnoticed = block.prefix { $0 != "." }.split { ", \n".contains($0) }.map(String.init)
        for rule in Rule.allCases {
            let hasRow = ("\n" + rows).contains("\n\(rule.name) ")
            #expect(hasRow != unnoticed.contains(rule.name), "\(rule.name)")
        }
    }

    @Test("The document has the same, with every name")
    func document() throws {
        let ending = program("mutants", "level-basic", "edge-basic", "--json")
        let document = try JSONDocument(ending.out)
        #expect(document["scenarios"]?.strings == ["level-basic", "edge-basic"])
        #expect(document["complete"]?.value as? Bool == true)
        let mutants = document["mutants"]?.list ?? []
        #expect(mutants.compactMap { $0["rule"]?.string } == Rule.allCases.map(\.name))
        let irr = try #require(mutants.first { $0["rule"]?.string == "accept-clears-irr" })
        #expect(irr["stating"]?.strings == ["level-basic", "edge-basic"])
        #expect(irr["noticed"]?.value as? Bool == true)
    }

    @Test("What does not pass as it is is not asked, and alone it is 4")
    func unfit() throws {
        let folder = try Folder()
        let file = try folder.write(Sample.fail.text)
        let ending = program("mutants", file)
        #expect(ending.status == 4)
        #expect(ending.out.contains("not asked: own-fail, which does not pass as it is: step 4: "))
        #expect(program("mutants", "levl-basic").status == 64)
    }

    @Test("A scenario that notices nothing is named")
    func idle() throws {
        let ending = program("mutants", "empty-shadow-eoi", "level-basic")
        #expect(ending.out.contains("\nscenarios that notice nothing: empty-shadow-eoi\n"))
    }
}
