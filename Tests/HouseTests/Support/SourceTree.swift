import Foundation

/// The sources of this package, found from this very file.
struct SourceTree: Sendable {
    static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Every file that people write, with its path from the root.
    static let files: [SourceFile] = {
        let single = ["Package.swift", "README.md", ".swift-format", ".editorconfig"]
        let all = ["Sources", "Tests", "hosttests"].flatMap { paths(in: $0) } + single
        return all.sorted().compactMap { path in
            let text = try? String(contentsOf: root.appending(path: path), encoding: .utf8)
            return text.map { SourceFile(path: path, text: $0) }
        }
    }()

    static func file(_ path: String) -> SourceFile? { files.first { $0.path == path } }

    /// Names of the folders in a folder.
    static func folders(in path: String) -> [String] {
        content(of: path).filter { isFolder("\(path)/\($0)") }.sorted()
    }

    private static func paths(in path: String) -> [String] {
        content(of: path).flatMap { name in
            let inner = "\(path)/\(name)"
            // Links to what stands elsewhere in the tree, for the program to embed.
            if inner == "Sources/Commands/Articles" { return [String]() }
            return isFolder(inner) ? paths(in: inner) : [inner]
        }
    }

    private static func content(of path: String) -> [String] {
        // With the closing slash a folder that is a symbolic link is followed.
        let folder = root.appending(path: path).path(percentEncoded: false) + "/"
        return (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    }

    private static func isFolder(_ path: String) -> Bool {
        let inner = root.appending(path: path).path(percentEncoded: false) + "/."
        return FileManager.default.fileExists(atPath: inner)
    }
}

/// One file and its text.
struct SourceFile: Sendable {
    let path: String
    let text: String
    let lines: [String]
    /// Without comments and literals; of Swift files only, of others everything.
    let code: [String]
    /// Comments; of Swift files only, of others everything.
    let comments: [String]

    init(path: String, text: String) {
        self.path = path
        self.text = text
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let parts = path.hasSuffix(".swift") ? SwiftText(text) : nil
        code = parts?.code ?? lines
        comments = parts?.comments ?? lines
    }

    var isSwift: Bool { path.hasSuffix(".swift") }

    func isIn(_ folder: String) -> Bool { path.hasPrefix(folder + "/") }

    /// The module in whose folder it is.
    var module: String? {
        let parts = path.split(separator: "/")
        guard parts.count > 2, parts[0] == "Sources" || parts[0] == "Tests" else { return nil }
        return String(parts[1])
    }

    func finding(_ index: Int, _ what: String) -> Finding {
        Finding(path: path, line: index + 1, what: what)
    }
}

/// A place that breaks a rule.
struct Finding: CustomStringConvertible, Sendable {
    var path: String
    var line: Int
    var what: String

    var description: String { "\(path):\(line): \(what)" }
}

extension String {
    /// Places of a whole word: what stands before it and what follows.
    func places(of word: String) -> [(before: Substring, after: Substring)] {
        func isPart(_ character: Character?) -> Bool {
            character.map { $0.isLetter || $0.isNumber || $0 == "_" } ?? false
        }
        return ranges(of: word).compactMap { range in
            let (before, after) = (self[..<range.lowerBound], self[range.upperBound...])
            return isPart(before.last) || isPart(after.first) ? nil : (before, after)
        }
    }
}
