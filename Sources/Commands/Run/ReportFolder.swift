internal import Foundation
internal import Lockstep
internal import Reporting
internal import SystemPackage
internal import Verdicts

/// The folder of a report: a first page, a page with a picture for each scenario that did not
/// simply pass, and a log that says which scenario was running when a host went down with it.
final class ReportFolder {
    private let path: String
    private let overwrites: Bool
    private let log: FileDescriptor
    private var page: RunPage?
    private var names: Set<String> = []
    /// What came of the first page that could not be written. The run goes on: its verdicts are
    /// worth more than its pictures.
    private var failure: CommandFailure?

    private static let first = "index.html"
    private static let logName = "progress.log"

    /// Errors: the folder cannot be made, or has pages that are not to be replaced.
    init(_ path: String, overwrites: Bool) throws {
        (self.path, self.overwrites) = (path, overwrites)
        try ScenarioFolder(path: path).prepare(for: [])
        let old = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        if !overwrites, let page = old.sorted().first(where: { $0.hasSuffix(".html") }) {
            throw CommandFailure.creating("\(path)/\(page)", .fileExists)
        }
        log = try Self.log(in: path, overwrites: overwrites)
    }

    deinit { try? log.close() }

    /// A new file, whatever was there by its name: what that leads to is not written to.
    private static func log(
        in path: String, overwrites: Bool
    ) throws(CommandFailure) -> FileDescriptor {
        let file = "\(path)/\(logName)"
        do {
            let isFolder = (try? FilePath(file).stat(followTargetSymlink: false).type) == .directory
            if overwrites, !isFolder { try? FileManager.default.removeItem(atPath: file) }
            return try FileDescriptor.open(
                FilePath(file), .writeOnly, options: [.create, .exclusiveCreate],
                permissions: [.ownerReadWrite, .groupRead, .otherRead])
        } catch {
            throw .creating(file, error as? Errno ?? .ioError)
        }
    }

    /// Whether a file of another report would stand among the pages.
    static func holds(_ file: String, in path: String) -> Bool {
        let folder = FilePath(file).removingLastComponent()
        guard let own = FileIdentity(path) else { return false }
        return FileIdentity(folder.isEmpty ? "." : folder.string) == own
    }

    func begin(_ header: RunHeader) { page = RunPage(header) }

    /// The mark is on the disk before the scenario runs.
    func begin(_ name: String) { keepingFailure { try mark("begin \(name.printable)") } }

    /// - Parameter timeline: the run as data, where the scenario came to perform a step.
    func end(_ result: ScenarioResult, _ timeline: Timeline?) {
        var picture: String?
        if let timeline, result.verdict != .pass || !result.hazards.isEmpty {
            let file = fileName(for: result.name)
            keepingFailure {
                let page = TimelinePage(
                    timeline, steps: timeline.interesting, again: result.rerun)
                try write(try page.text(), to: file)
                picture = file
            }
        }
        page?.add(result, picture: picture)
        keepingFailure {
            try mark("end \(result.name.printable) \(result.verdict.rawValue)")
        }
    }

    /// Errors: the first that something could not be written for.
    func end(_ totals: Totals, unfinished: [String]) throws {
        if let page {
            keepingFailure {
                try write(try page.text(totals, unfinished: unfinished), to: Self.first)
            }
        }
        if let failure { throw failure }
    }

    private func keepingFailure(_ body: () throws -> Void) {
        do {
            try body()
        } catch {
            let other = CommandFailure(status: .internalError, message: "\(error)")
            failure = failure ?? error as? CommandFailure ?? other
        }
    }

    /// The name as a file, and not one that another scenario has already.
    private func fileName(for name: String) -> String {
        let plain = String(
            name.unicodeScalars.prefix(100).map { scalar -> Character in
                let isPlain = scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
                return isPlain && scalar.isASCII || "-@".unicodeScalars.contains(scalar)
                    ? Character(scalar) : "_"
            })
        var file = "\(plain).html"
        var number = 2
        while file == Self.first || !names.insert(file).inserted {
            file = "\(plain)-\(number).html"
            number += 1
        }
        return file
    }

    private func write(_ text: String, to name: String) throws {
        let file = try OutputFile(
            "\(path)/\(name)", overwrites: overwrites, acceptsStreams: false)
        do throws(Errno) {
            try file.write(text)
        } catch {
            throw CommandFailure.writing("\(path)/\(name)", error)
        }
        try file.finish()
    }

    private func mark(_ line: String) throws {
        do {
            try log.writeAll("\(line)\n".utf8)
            guard fsync(log.rawValue) == 0 else { throw Errno(rawValue: errno) }
        } catch {
            throw CommandFailure.writing(
                "\(path)/\(Self.logName)", error as? Errno ?? .ioError)
        }
    }
}
