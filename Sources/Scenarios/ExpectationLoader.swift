/// Reads what a scenario expects.
enum ExpectationLoader {
    static let keys = [
        "eoi-exits", "deliveries", "order", "acks", "resamples", "line-status", "faults",
        "remote-irr", "irr", "isr", "tmr", "page-irr", "page-isr",
    ]

    /// - Parameter isAlways: whether they are judged also behind a violated invariant.
    static func load(
        _ cursor: YAMLCursor, isAlways: Bool = false
    ) throws(ScenarioError) -> [Expectation] {
        let fields = try cursor.fields("expectations", known: keys)
        guard !fields.isEmpty else { throw cursor.error("expected at least one expectation") }
        var expectations: [Expectation] = []
        for key in keys {
            guard let value = fields[key] else { continue }
            expectations.append(
                Expectation(
                    fact: try fact(key, value), location: value.location, isAlways: isAlways))
        }
        return expectations
    }

    private static func fact(
        _ key: String, _ cursor: YAMLCursor
    ) throws(ScenarioError) -> Expectation.Fact {
        switch key {
        case "eoi-exits": .eoiExits(try places(cursor))
        case "deliveries": .deliveries(try deliveries(cursor))
        case "order": .order(try places(cursor))
        case "acks": .acknowledgements(try pins(cursor))
        case "resamples": .resamples(try pins(cursor))
        case "line-status": .lineStatus(try numbers(cursor))
        case "faults": .faults(try cursor.number(in: 0...1_000, "a number of faults"))
        case "remote-irr": .remoteIRR(try pins(cursor))
        case "irr": .irr(try places(cursor))
        case "isr": .isr(try places(cursor))
        case "tmr": .tmr(try places(cursor))
        case "page-irr": .pageIRR(try places(cursor))
        default: .pageISR(try places(cursor))
        }
    }

    private static func pins(_ cursor: YAMLCursor) throws(ScenarioError) -> [UInt8] {
        var pins: [UInt8] = []
        for member in try cursor.list("pins") {
            pins.append(UInt8(try member.number(in: 0...23, "a pin")))
        }
        return pins
    }

    private static func numbers(_ cursor: YAMLCursor) throws(ScenarioError) -> [Int] {
        var numbers: [Int] = []
        for member in try cursor.list("numbers") {
            numbers.append(try member.number(in: -1...255, "a line status"))
        }
        return numbers
    }

    /// Vectors, each with the vCPU that it is on where that is said.
    private static func places(_ cursor: YAMLCursor) throws(ScenarioError) -> [PlacedVector] {
        try cursor.list("vectors") { member throws(ScenarioError) in try place(member) }
    }

    private static func place(_ cursor: YAMLCursor) throws(ScenarioError) -> PlacedVector {
        let words = try cursor.text("a vector").split(
            separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        guard words.count == 2 else { return PlacedVector(try cursor.vector()) }
        guard let vector = Number.parse(words[0]), (16...255).contains(vector),
            let vcpu = Number.parse(words[1]), (0...7).contains(vcpu)
        else {
            throw cursor.error(
                "expected a vector, 16…255, with its vCPU, 0…7, as in 0x31@1; "
                    + "found \(cursor.found)")
        }
        return PlacedVector(UInt8(vector), on: UInt8(vcpu))
    }

    private static func deliveries(
        _ cursor: YAMLCursor
    ) throws(ScenarioError) -> [PlacedVector: Int] {
        var counts: [PlacedVector: Int] = [:]
        for (key, value) in try cursor.pairs("deliveries") {
            counts[try place(key)] = try value.number(in: 0...100_000, "a number of deliveries")
        }
        return counts
    }
}
