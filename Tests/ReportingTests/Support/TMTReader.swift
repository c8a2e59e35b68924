import Yams

/// tmt's custom results (tmt.readthedocs.io, "Results Format"): a list of mappings, each with a
/// name that begins with a slash and a result, and of the other keys those that the recorder
/// promises.
struct TMTResults {
    struct Malformed: Error, Equatable {
        var name: String
        var rule: String
    }

    struct Result: Equatable {
        var name: String
        var result: String
        var notes: [String]
        var duration: String?
    }

    private(set) var list: [Result] = []

    init(_ text: String) throws {
        guard let values = try Yams.load(yaml: text) as? [[String: Any]] else {
            throw Malformed(name: "", rule: "a list of mappings")
        }
        for value in values { list.append(try Self.result(value)) }
        let names = Set(list.map(\.name))
        try Self.require(names.count == list.count, "", "a name comes once")
    }

    private static func result(_ value: [String: Any]) throws -> Result {
        guard let name = value["name"] as? String, let result = value["result"] as? String else {
            throw Malformed(name: "", rule: "a name and a result")
        }
        let known: Set = ["name", "result", "note", "duration"]
        try require(known.isSuperset(of: value.keys), name, "known keys alone")
        let parts = name.wholeMatch(of: /(\/[A-Za-z0-9_-]+)+/)
        try require(parts != nil, name, "a path of plain letters")
        let results = ["pass", "fail", "info", "warn", "error", "skip"]
        try require(results.contains(result), name, "a result")
        guard let notes = value["note"] as? [String] else {
            throw Malformed(name: name, rule: "a list of notes")
        }
        let duration = value["duration"] as? String
        let isTime = duration?.wholeMatch(of: /[0-9]{2,}:[0-5][0-9]:[0-5][0-9]/) != nil
        try require(value["duration"] == nil || isTime, name, "hours, minutes and seconds")
        return Result(name: name, result: result, notes: notes, duration: duration)
    }

    private static func require(_ condition: Bool, _ name: String, _ rule: String) throws {
        if !condition { throw Malformed(name: name, rule: rule) }
    }
}
