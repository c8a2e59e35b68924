internal import Foundation
internal import SystemPackage
internal import Verdicts

/// A folder that a report's pages are written to, each whole or not there.
final class PageFolder {
    let path: String
    private let overwrites: Bool
    private let endings: [String]
    private var names: Set<String> = ["index"]
    /// What came of the first file that could not be written. The others are written all the same:
    /// what was found is worth more than one picture.
    private(set) var failure: CommandFailure?

    /// The first page.
    static let first = "index.html"

    /// - Parameters:
    ///   - overwrites: whether files that exist are replaced.
    ///   - endings: of what is written there, by which an older report is known.
    init(_ path: String, overwrites: Bool, endings: [String]) {
        (self.path, self.overwrites, self.endings) = (path, overwrites, endings)
    }

    /// Makes the folder.
    ///
    /// Errors: it cannot be made or written to, or has files of a report that are not to be
    /// replaced.
    func prepare() throws {
        try ScenarioFolder(path: path).prepare(for: [])
        let old = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        let file = old.sorted().first { name in endings.contains { name.hasSuffix($0) } }
        if !overwrites, let file { throw CommandFailure.creating("\(path)/\(file)", .fileExists) }
    }

    /// Whether a file of another report would stand among the pages.
    static func holds(_ file: String, in path: String) -> Bool {
        let folder = FilePath(file).removingLastComponent()
        guard let own = FileIdentity(path) else { return false }
        return FileIdentity(folder.isEmpty ? "." : folder.string) == own
    }

    /// A name as that of a file without its ending, and not one that something else has already.
    func stem(for name: String) -> String {
        let plain = String(
            name.unicodeScalars.prefix(100).map { scalar -> Character in
                let isPlain = scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
                return isPlain && scalar.isASCII || "-@".unicodeScalars.contains(scalar)
                    ? Character(scalar) : "_"
            })
        var stem = plain
        var number = 2
        while !names.insert(stem).inserted {
            stem = "\(plain)-\(number)"
            number += 1
        }
        return stem
    }

    func write(_ text: String, to name: String) throws {
        try OutputFile("\(path)/\(name)", overwrites: overwrites, acceptsStreams: false)
            .writeWhole(text)
    }

    /// Does something, and keeps what came of it for the end.
    func keepingFailure(_ body: () throws -> Void) {
        do {
            try body()
        } catch {
            let other = CommandFailure(status: .internalError, message: "\(error)")
            failure = failure ?? error as? CommandFailure ?? other
        }
    }
}
