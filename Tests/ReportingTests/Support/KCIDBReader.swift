import Foundation

/// A submission to KCIDB by the rules of its I/O schema 5.3 for tests: the members that it knows
/// and no others, each of its type and pattern, and none of them null. Beyond it, every id comes
/// once.
struct KCIDBDocument {
    struct Malformed: Error, Equatable {
        var place: String
        var rule: String
    }

    /// One test, by its texts.
    struct Test {
        let members: [String: Any]

        subscript(name: String) -> String? { members[name] as? String }

        /// The comment of the environment.
        var environment: String { object("environment")["comment"] as? String ?? "" }

        func object(_ name: String) -> [String: Any] { members[name] as? [String: Any] ?? [:] }
    }

    private(set) var tests: [Test] = []

    init(_ text: String) throws {
        let object = try JSONSerialization.jsonObject(with: Data(text.utf8))
        guard let root = object as? [String: Any] else {
            throw Malformed(place: "", rule: "an object")
        }
        try Self.require(!Self.hasNull(root), "", "no null")
        try Self.require(Set(root.keys) == ["version", "tests"], "", "version and tests")
        let version = root["version"] as? [String: Int]
        try Self.require(version == ["major": 5, "minor": 3], "version", "5.3")
        for member in root["tests"] as? [[String: Any]] ?? [] {
            let test = Test(members: member)
            try Self.check(test)
            tests.append(test)
        }
        let ids = Set(tests.compactMap { $0["id"] })
        try Self.require(ids.count == tests.count, "tests", "every id comes once")
    }

    private static let known: Set = [
        "id", "origin", "build_id", "environment", "path", "comment", "log_excerpt", "status",
        "start_time", "duration", "misc",
    ]

    private static func check(_ test: Test) throws {
        let place = test["id"] ?? "?"
        try require(known.isSuperset(of: test.members.keys), place, "known members alone")
        try require(test["origin"]?.wholeMatch(of: /[a-z0-9_]+/) != nil, place, "an origin")
        for name in ["id", "build_id"] {
            let match = test[name]?.wholeMatch(of: /[a-z0-9_]+:[^\0]+/)
            try require(match != nil, place, "\(name) has an origin")
        }
        try require(test["id"]?.hasPrefix("\(test["origin"] ?? ""):") == true, place, "its own id")
        let path = test["path"]?.wholeMatch(of: /[a-zA-Z0-9_-]+(\.[a-zA-Z0-9_-]+)*/)
        try require(path != nil, place, "a path")
        let words = ["FAIL", "ERROR", "MISS", "PASS", "DONE", "SKIP"]
        try require(test["status"].map(words.contains) == true, place, "a status")
        let length = test["log_excerpt"]?.unicodeScalars.count ?? 0
        try require(length <= 16_384, place, "an excerpt is short")
        let time = #/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00/#
        let start = test["start_time"]
        try require(start.map { $0.wholeMatch(of: time) != nil } ?? true, place, "a time")
        let duration = test.members["duration"]
        try require(duration == nil || duration is Double, place, "a duration is a number")
        let environment = Set(test.object("environment").keys)
        try require(environment.isSubset(of: ["comment", "misc"]), place, "an environment")
        let texts = texts(in: test.members)
        let isClean = texts.allSatisfy { text in
            text.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 && $0.value != 0x7F }
        }
        try require(isClean, place, "no control characters")
    }

    private static func hasNull(_ value: Any) -> Bool {
        switch value {
        case is NSNull: true
        case let object as [String: Any]: object.values.contains(where: hasNull)
        case let list as [Any]: list.contains(where: hasNull)
        default: false
        }
    }

    private static func texts(in value: Any) -> [String] {
        switch value {
        case let text as String: [text]
        case let object as [String: Any]: object.keys + object.values.flatMap(texts)
        case let list as [Any]: list.flatMap(texts)
        default: []
        }
    }

    private static func require(_ condition: Bool, _ place: String, _ rule: String) throws {
        if !condition { throw Malformed(place: place, rule: rule) }
    }
}
