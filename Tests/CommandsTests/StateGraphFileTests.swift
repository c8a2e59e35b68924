import Testing

@Suite("explore --dot: every state as a picture")
struct StateGraphFileTests {
    @Test("Each state is a box and each change an arrow, and what goes wrong is red")
    func text() throws {
        let folder = try Folder()
        let file = folder.path("states.dot")
        let ending = program(
            "explore", "--levels", "2", "--granularity", "step", "--dot", file)
        #expect(ending.status == 1 && ending.out.contains("168 states"))
        let lines = try folder.read("states.dot").split(separator: "\n").map(String.init)
        #expect(lines.first == "digraph states {" && lines.last == "}")
        let boxes = lines.filter { $0.hasPrefix("  s") && !$0.contains(" -> ") }
        let arrows = lines.filter { $0.contains(" -> ") }
        #expect(boxes.count == 168 && !arrows.isEmpty)
        #expect(boxes[0].hasPrefix("  s0 [label=\"IF 0\\l\"") && boxes[0].contains("style=filled"))
        let way = arrows.filter { $0.contains("penwidth=3") }
        #expect(way.count > 3 && way.first?.hasPrefix("  s0 -> ") == true)
        #expect(arrows.contains { $0.contains("attribution") && $0.contains("color=red") })
        #expect(boxes.contains { $0.contains("no-orphaned-remote-irr\\l") })
    }

    @Test("More states than anybody can look at are refused before the search, and nothing is lost")
    func refusals() throws {
        let folder = try Folder()
        let many = program("explore", "--levels", "3", "--dot", folder.path("states.dot"))
        #expect(many.status == 64 && many.out.isEmpty)
        #expect(many.err.contains("--dot draws 200 states at most"))
        #expect(!folder.contains("states.dot"))
        let file = try folder.write("mine", to: "mine.dot")
        let taken = program("explore", "--levels", "1", "--dot", file)
        #expect(taken.status == 73 && taken.err.contains("--overwrite"))
        #expect(try folder.read("mine.dot") == "mine")
    }
}
