internal import Foundation
internal import Scenarios
internal import SystemPackage
internal import Verdicts

/// Which scenarios a command is about: names, patterns, groups and files.
struct Selection {
    var words: [String]
    var groups: [String] = []
    var skips: [String] = []

    /// The selected scenarios, in catalogue order, those of files and folders behind.
    ///
    /// Whatever matches nothing is a usage error: an empty run must not be green.
    func scenarios() throws -> [Scenario] {
        let catalogue = try Self.catalogue()
        var names: [String] = []
        var files: [Scenario] = []
        for word in words {
            if Self.isFile(word) || !Self.isName(word, in: catalogue) {
                files += try Self.loadAll(word)
            } else {
                names.append(word)
            }
        }
        var selected = words.isEmpty ? catalogue : try Self.matching(names, in: catalogue)
        selected = try without(restricted(selected, toGroupsOf: catalogue) + files)
        do {
            try ScenarioLoader.refuseDuplicates(selected)
        } catch {
            throw CommandFailure.input(error)
        }
        return selected
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
        var wanted: Set<String> = []
        for word in words {
            let found = matches(word, among: scenarios.map(\.name))
            guard !found.isEmpty else {
                let near = Nearest.suggestion(for: word, among: scenarios.map(\.name))
                throw CommandFailure.usage(
                    "unknown scenario “\(word)”\(near); “savic-eoi list” names them all")
            }
            wanted.formUnion(found)
        }
        return scenarios.filter { wanted.contains($0.name) }
    }

    private static func matches(_ word: String, among names: [String]) -> [String] {
        if names.contains(word) { return [word] }
        if word.contains("*") { return names.filter { Pattern.matches(word[...], $0[...]) } }
        let beginning = word.hasSuffix("…") ? String(word.dropLast()) : word
        let found = names.filter { $0.hasPrefix(beginning) }
        return found.count == 1 && !beginning.isEmpty ? found : []
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
                "unknown group “\(group)”\(near); there are \(names.joined(separator: ", "))")
        }
        return scenarios.filter { scenario in groups.contains { scenario.groups.contains($0) } }
    }

    private func without(_ scenarios: [Scenario]) throws -> [Scenario] {
        var rest = scenarios
        for word in skips {
            let found = Self.matches(word, among: scenarios.map(\.name))
            guard !found.isEmpty else {
                let near = Nearest.suggestion(for: word, among: scenarios.map(\.name))
                throw CommandFailure.usage("--skip “\(word)” matches no selected scenario\(near)")
            }
            rest.removeAll { found.contains($0.name) }
        }
        guard !rest.isEmpty else {
            throw CommandFailure.usage("the selection is empty: nothing would run")
        }
        return rest
    }

    // MARK: - Files

    private static func isFile(_ word: String) -> Bool {
        word.contains("/") || word.hasSuffix(".yaml") || word.hasSuffix(".yml") || word == "-"
    }

    /// Whether a word is no folder, or names scenarios all the same.
    private static func isName(_ word: String, in catalogue: [Scenario]) -> Bool {
        !ScenarioFiles.isFolder(word) || !matches(word, among: catalogue.map(\.name)).isEmpty
    }

    /// The scenarios of a file, or of all files in a folder.
    private static func loadAll(_ path: String) throws -> [Scenario] {
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

/// Reads whole files, but not without end: the loader refuses what is too large for a scenario.
enum InputFile {
    private static let most = 1 << 20
    /// What errors call the file “-”.
    static let nameOfStdin = "stdin"

    /// Reads a file and what it says; both can go wrong, each with an exit status of its own.
    /// - Parameter parse: makes something of the bytes of a file of this name.
    static func parse<Result>(
        _ path: String,
        _ parse: (_ bytes: [UInt8], _ file: String) throws(ScenarioError) -> Result
    ) throws -> Result {
        let bytes: [UInt8]
        do {
            bytes = try read(path)
        } catch {
            throw CommandFailure.reading(path, error)
        }
        do {
            return try parse(bytes, path == "-" ? nameOfStdin : path)
        } catch {
            throw CommandFailure.input(error)
        }
    }

    /// Errors: `Errno` where the file cannot be opened or read.
    static func read(_ path: String) throws(Errno) -> [UInt8] {
        let file =
            path == "-" ? FileDescriptor.standardInput : try open(path)
        let handle = FileHandle(fileDescriptor: file.rawValue, closeOnDealloc: path != "-")
        do {
            return Array(try handle.read(upToCount: most) ?? Data())
        } catch {
            // Foundation hides the number; opening worked, so a folder is the likely reason.
            throw .isDirectory
        }
    }

    private static func open(_ path: String) throws(Errno) -> FileDescriptor {
        do {
            return try FileDescriptor.open(FilePath(path), .readOnly)
        } catch {
            throw error as? Errno ?? .ioError
        }
    }
}
