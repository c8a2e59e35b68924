import Testing

/// A machine that a search cannot hold is a bad file, said where it stands (command-line §5).
@Suite("explore: how wide a machine may be") struct SearchWidthTests {
    private func explore(_ text: String) throws -> Ending {
        let folder = try Folder()
        return program("explore", "--config", try folder.write(text), "--max-depth", "1")
    }

    private func machine(pins: Int, vectors: Int) -> String {
        let list = (0..<pins).map { "    - {pin: \($0), vector: \(49 + $0 % vectors)}\n" }
        return "granularity: step\nmachine:\n  pins:\n" + list.joined()
    }

    @Test("Eight pins and vectors are searched; of more the message says which, and how many")
    func bounds() throws {
        #expect(try explore(machine(pins: 8, vectors: 8)).status == 0)
        let pins = try explore(machine(pins: 24, vectors: 8))
        #expect(pins.status == 65)
        #expect(pins.err.contains(":3:3: ") && pins.err.contains("8 pins, of which there are 24"))
        let allowed = (40..<49).map { "\($0)" }.joined(separator: ", ")
        let vectors = try explore(
            "granularity: step\nmachine: {allowed: [\(allowed)], pins: [{pin: 2, vector: 49}]}\n")
        #expect(vectors.status == 65)
        #expect(vectors.err.contains(":2:10: "))
        #expect(vectors.err.contains("8 vectors, of which there are 10"))
    }
}
