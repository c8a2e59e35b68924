internal import ArgumentParser
internal import Foundation
internal import Scenarios
internal import Verdicts

/// Which scenarios a command is about: names, patterns, groups and files.
struct Selection {
    var words: [String]
    var groups: [String] = []
    var skips: [String] = []
    /// Only what did not pass there.
    var failed: FailedRuns?

    /// The selected scenarios, in catalogue order, those of files and folders behind.
    ///
    /// Whatever matches nothing is a usage error: an empty run must not be green.
    func scenarios() throws -> [Scenario] {
        var names: [String] = []
        var files: [Scenario] = []
        for word in words {
            if try Self.isPath(word) {
                files += try Self.loadAll(word)
            } else {
                names.append(word)
            }
        }
        // Files alone say all there is to know, and to read the catalogue takes its time.
        let isOfFiles = !words.isEmpty && names.isEmpty && groups.isEmpty
        let catalogue = isOfFiles ? [] : try Self.catalogue()
        var selected = words.isEmpty ? catalogue : try Self.matching(names, in: catalogue)
        selected = try without(restricted(selected + files, toGroupsOf: catalogue + files))
        if let failed { selected = try failed.scenarios(among: selected) }
        do {
            try ScenarioLoader.refuseDuplicates(selected)
        } catch {
            throw CommandFailure.input(error)
        }
        return selected
    }

    /// The one scenario that a word stands for.
    /// - Parameter done: what is done with one at a time.
    static func scenario(_ word: String, is done: String) throws -> Scenario {
        let scenarios = try Selection(words: [word]).scenarios()
        guard scenarios.count == 1, let scenario = scenarios.first else {
            let names = scenarios.prefix(8).map(\.name).joined(separator: ", ")
            throw CommandFailure.usage(
                "one scenario is \(done) at a time; \(quoted: word) stands for "
                    + "\(scenarios.count): \(names)")
        }
        return scenario
    }

    static func catalogue() throws -> [Scenario] {
        do {
            return try Catalogue.load()
        } catch {
            throw CommandFailure(status: .internalError, message: "\(error)")
        }
    }

    // MARK: - Names

    /// Exact names, `*` patterns, or the beginning of exactly one name.
    static func matching(_ words: [String], in scenarios: [Scenario]) throws -> [Scenario] {
        let names = scenarios.map(\.name)
        var wanted: Set<String> = []
        for word in words where !wanted.contains(word) {
            let found = matches(word, among: names)
            guard !found.isEmpty else {
                throw CommandFailure.usage(UnknownName(word, in: scenarios).sentence)
            }
            wanted.formUnion(found)
        }
        return scenarios.filter { wanted.contains($0.name) }
    }

    private static func matches(_ word: String, among names: [String]) -> [String] {
        if names.contains(word) { return [word] }
        if word.contains("*") { return names.filter { Pattern.matches(word[...], $0[...]) } }
        let found = beginning(with: word, among: names)
        return found.count == 1 ? found : []
    }

    /// The names that begin so; behind the beginning there may be the “…” of a shortened table.
    static func beginning(with word: String, among names: [String]) -> [String] {
        let beginning = word.hasSuffix("…") ? String(word.dropLast()) : word
        return beginning.isEmpty ? [] : names.filter { $0.hasPrefix(beginning) }
    }

    private func restricted(
        _ scenarios: [Scenario], toGroupsOf catalogue: [Scenario]
    ) throws -> [Scenario] {
        guard !groups.isEmpty else { return scenarios }
        let known = Set(catalogue.flatMap(\.groups))
        for group in groups where !known.contains(group) {
            let names = known.sorted()
            let near = Nearest.suggestion(for: group, among: names)
            throw CommandFailure.usage(
                "unknown group \(quoted: group)\(near); there are \(names.joined(separator: ", "))")
        }
        return scenarios.filter { scenario in groups.contains { scenario.groups.contains($0) } }
    }

    private func without(_ scenarios: [Scenario]) throws -> [Scenario] {
        var rest = scenarios
        for word in skips {
            let found = Self.matches(word, among: scenarios.map(\.name))
            guard !found.isEmpty else {
                let unknown = UnknownName(word, in: scenarios)
                throw CommandFailure.usage("--skip: \(unknown.sentence)")
            }
            rest.removeAll { found.contains($0.name) }
        }
        guard !rest.isEmpty else {
            throw CommandFailure.usage("the selection is empty: nothing would run")
        }
        return rest
    }

    // MARK: - Reports

    // MARK: - Files

    /// Whether a word names a file or a folder: by the way it is written, or because there is one
    /// and no scenario of that name.
    static func isPath(_ word: String) throws -> Bool {
        if word.contains("/") || word.hasSuffix(".yaml") || word.hasSuffix(".yml") || word == "-" {
            return true
        }
        return try FileManager.default.fileExists(atPath: word)
            && matches(word, among: catalogue().map(\.name)).isEmpty
    }

    /// The scenarios of a file, or of all files in a folder.
    static func loadAll(_ path: String) throws -> [Scenario] {
        guard path != "-", ScenarioFiles.isFolder(path) else { return try load(path) }
        return try ScenarioFiles.paths(in: path).flatMap(load)
    }

    private static func load(_ path: String) throws -> [Scenario] {
        try InputFile.parse(path) { bytes, file throws(ScenarioError) in
            try ScenarioLoader.load(bytes, file: file)
        }
    }
}

/// Shell-like patterns: `*` stands for any text.
enum Pattern {
    /// Takes time in proportion to both lengths: only the last `*` seen can have to give way.
    static func matches(_ pattern: Substring, _ text: Substring) -> Bool {
        var (rest, left) = (pattern, text)
        var retry: (pattern: Substring, text: Substring)?
        while !left.isEmpty {
            if rest.first == "*" {
                rest = rest.dropFirst()
                retry = (rest, left)
            } else if rest.first == left.first {
                rest = rest.dropFirst()
                left = left.dropFirst()
            } else if let last = retry {
                left = last.text.dropFirst()
                rest = last.pattern
                retry = (rest, left)
            } else {
                return false
            }
        }
        return rest.allSatisfy { $0 == "*" }
    }
}
