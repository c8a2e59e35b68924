/// Package.swift as text: as much of it as these tests need, found by its punctuation.
struct Manifest {
    struct Target {
        /// `target`, `executableTarget` or `testTarget`.
        var kind: String
        var name: String
        /// Modules of this package and products of others.
        var dependencies: [String]
        /// The name of its settings.
        var settings: String?
        var path: String?

        var isTest: Bool { kind == "testTarget" }
        var isInSources: Bool { !isTest && path == nil }
    }

    /// In the order of the text.
    private(set) var targets: [Target] = []
    /// What stands behind each `let name: [SwiftSetting] =`.
    private(set) var settings: [String: String] = [:]

    init(_ text: String) {
        let text = text.split(separator: "\n", omittingEmptySubsequences: false).filter { line in
            !line.drop { $0 == " " }.hasPrefix("//")
        }.joined(separator: "\n")
        var products: [String: String] = [:]
        for part in ("\n" + text).split(separator: "\nlet ").dropFirst() {
            let name = String(part.prefix { $0 != ":" && $0 != " " })
            if part.hasPrefix("\(name): [SwiftSetting] =") {
                settings[name] =
                    part.firstRange(of: "\n\n").map { String(part[..<$0.lowerBound]) }
                    ?? String(part)
            } else if part.hasPrefix("\(name): Target.Dependency"),
                let product = Self.value("name", in: part)
            {
                products[name] = product
            }
        }
        for start in text.ranges(of: "arget(") {
            let kind = text[..<start.upperBound].split(separator: ".").last?.dropLast() ?? ""
            guard ["target", "executableTarget", "testTarget"].contains(kind) else { continue }
            let body = Self.balanced(text[start.upperBound...])
            targets.append(Self.target(String(kind), body, products))
        }
    }

    private static func target(
        _ kind: String, _ body: Substring, _ products: [String: String]
    ) -> Target {
        var dependencies: [String] = []
        if let start = body.firstRange(of: "dependencies: [") {
            let list = body[start.upperBound...].prefix { $0 != "]" }
            for word in list.split(whereSeparator: { $0 == "," || $0.isWhitespace }) {
                let name = String(word)
                let isModule = name.hasPrefix("\"")
                let module = isModule ? String(name.dropFirst().dropLast()) : products[name]
                dependencies.append(module ?? name)
            }
        }
        let settings = body.firstRange(of: "swiftSettings: ").map {
            String(body[$0.upperBound...].prefix { $0.isLetter })
        }
        return Target(
            kind: kind, name: value("name", in: body) ?? "?", dependencies: dependencies,
            settings: settings, path: value("path", in: body))
    }

    /// The text up to the bracket that closes what has been opened before it.
    private static func balanced(_ text: Substring) -> Substring {
        var depth = 1
        let end = text.firstIndex { character in
            if character == "(" { depth += 1 }
            if character == ")" { depth -= 1 }
            return depth == 0
        }
        return text[..<(end ?? text.endIndex)]
    }

    /// The string behind `name: `.
    private static func value(_ name: String, in text: Substring) -> String? {
        text.firstRange(of: "\(name): \"").map {
            String(text[$0.upperBound...].prefix { $0 != "\"" })
        }
    }

    /// Everything that a target can see, its dependencies' dependencies too.
    func reachable(from name: String) -> Set<String> {
        var seen: Set<String> = []
        var waiting = [name]
        while let next = waiting.popLast() {
            for found in targets.first(where: { $0.name == next })?.dependencies ?? []
            where seen.insert(found).inserted { waiting.append(found) }
        }
        return seen
    }

    // MARK: - What is wrong with it

    /// Deviations from the table.
    var findings: [String] {
        moduleFindings + orderFindings + safetyFindings
    }

    private var moduleFindings: [String] {
        let names = targets.filter(\.isInSources).map(\.name)
        let missing = ModuleTable.rows.map(\.name).filter { !names.contains($0) }
        return missing.map { "no target \($0)" }
            + targets.filter(\.isInSources).flatMap { target -> [String] in
                guard let row = ModuleTable.row(target.name) else {
                    return ["\(target.name) is not in the table"]
                }
                return target.dependencies.filter { !(row.modules + row.libraries).contains($0) }
                    .map { "\(target.name) may not depend on \($0)" }
            }
    }

    /// A dependency on a target below, or on no target at all, is a way round the table.
    private var orderFindings: [String] {
        let order = targets.map(\.name)
        return targets.enumerated().flatMap { index, target in
            target.dependencies.filter { order.firstIndex(of: $0) ?? -1 >= index }.map {
                "\(target.name) depends on \($0), which stands below it"
            }
        }
    }

    private var safetyFindings: [String] {
        let needed = [
            "house": [
                ".swiftLanguageMode(.v6)", ".treatAllWarnings(as: .error)", "\"ExistentialAny\"",
                "\"MemberImportVisibility\"", "\"InternalImportsByDefault\"",
            ],
            "safe": [
                "= house +", ".strictMemorySafety()",
                ".treatWarning(\"StrictMemorySafety\", as: .error)",
            ],
            "marked": ["= house +", ".strictMemorySafety()"],
        ]
        let lacking = needed.sorted { $0.key < $1.key }.flatMap { name, parts in
            parts.filter { settings[name]?.contains($0) != true }.map { "\(name) lacks \($0)" }
        }
        return lacking
            + targets.compactMap { target in
                let expected: String? =
                    if let row = ModuleTable.row(target.name) {
                        row.isC ? nil : row.mayBeUnsafe ? "marked" : "safe"
                    } else if target.isTest {
                        target.name == "KVMHostTests" ? "marked" : "safe"
                    } else {
                        // Tools for real hosts: Swift ones are marked at least.
                        target.settings.map { $0 == "safe" ? "safe" : "marked" }
                    }
                guard target.settings != expected else { return nil }
                let found = target.settings ?? "no settings"
                return "\(target.name) has \(found), not \(expected ?? "none")"
            }
    }
}
