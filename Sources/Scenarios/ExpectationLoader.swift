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
        case "eoi-exits": .eoiExits(try cursor.vectors())
        case "deliveries": .deliveries(try deliveries(cursor))
        case "order": .order(try cursor.vectors())
        case "acks": .acknowledgements(try pins(cursor))
        case "resamples": .resamples(try pins(cursor))
        case "line-status": .lineStatus(try numbers(cursor))
        case "faults": .faults(try cursor.number(in: 0...1_000, "a number of faults"))
        case "remote-irr": .remoteIRR(try pins(cursor))
        case "irr": .irr(try cursor.vectors())
        case "isr": .isr(try cursor.vectors())
        case "tmr": .tmr(try cursor.vectors())
        case "page-irr": .pageIRR(try cursor.vectors())
        default: .pageISR(try cursor.vectors())
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

    private static func deliveries(_ cursor: YAMLCursor) throws(ScenarioError) -> [UInt8: Int] {
        var counts: [UInt8: Int] = [:]
        for (key, value) in try cursor.pairs("deliveries") {
            counts[try key.vector()] = try value.number(in: 0...100_000, "a number of deliveries")
        }
        return counts
    }
}
