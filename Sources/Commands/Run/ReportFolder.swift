internal import Foundation
internal import KVMHost
internal import Lockstep
internal import Reporting
internal import SystemPackage
internal import Verdicts

/// The report of a run: a first page, a page with a picture for each scenario that did not simply
/// pass, what programs read, and a log that says which scenario was running when a host went down
/// with it.
final class ReportFolder {
    private let pages: PageFolder
    private let log: FileDescriptor
    private var page: RunPage?
    /// What programs read, by the names of the files.
    private var documents: [(name: String, recorder: any Recorder)]

    private static let logName = "progress.log"
    private static let documentFormats: [(name: String, format: OutputFormat)] = [
        ("result.json", .json), ("junit.xml", .junit),
    ]

    /// - Parameter options: those of the documents.
    /// Errors: the folder cannot be made, or has pages that are not to be replaced.
    init(_ path: String, overwrites: Bool, options: RecorderOptions) throws {
        documents = Self.documentFormats.map {
            ($0.name, $0.format.makeRecorder(options: options))
        }
        pages = PageFolder(
            path, overwrites: overwrites, endings: [".html"] + documents.map(\.name))
        try pages.prepare()
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

    func begin(_ header: RunHeader) {
        page = RunPage(header, documents: documents.map(\.name))
        record(.began(header))
    }

    /// The mark is on the disk before the scenario runs.
    func begin(_ name: String) {
        pages.keepingFailure { try mark("begin \(name.printable)") }
        record(.scenarioBegan(name: name))
    }

    /// - Parameter timeline: the run as data, where the scenario came to perform a step.
    func end(_ result: ScenarioResult, _ timeline: Timeline?) {
        var picture: String?
        if let timeline, result.verdict != .pass || !result.hazards.isEmpty {
            let file = pages.stem(for: result.name) + ".html"
            pages.keepingFailure {
                let timeline = timeline.withLostLines { !Interruption.requested }
                let page = TimelinePage(
                    timeline, steps: timeline.interesting, again: result.rerun,
                    index: PageFolder.first)
                try pages.write(try page.text(), to: file)
                picture = file
            }
        }
        page?.add(result, picture: picture)
        record(.scenarioEnded(result))
        pages.keepingFailure {
            try mark("end \(result.name.printable) \(result.verdict.rawValue)")
        }
    }

    /// Errors: the first that something could not be written for.
    func end(_ totals: Totals, unfinished: [String]) throws {
        if let page {
            pages.keepingFailure {
                let text = try page.text(totals, unfinished: unfinished)
                try pages.write(text, to: PageFolder.first)
            }
        }
        record(.ended(totals, unfinished: unfinished))
        if let failure = pages.failure { throw failure }
    }

    /// The documents are told of everything, and each is written when it is whole.
    private func record(_ event: RunEvent) {
        documents = documents.map { document in
            var recorder = document.recorder
            pages.keepingFailure {
                try recorder.record(event) { try pages.write($0, to: document.name) }
            }
            return (document.name, recorder)
        }
    }

    private func mark(_ line: String) throws {
        do {
            try log.writeAll("\(line)\n".utf8)
            guard fsync(log.rawValue) == 0 else { throw Errno(rawValue: errno) }
        } catch {
            throw CommandFailure.writing(
                "\(pages.path)/\(Self.logName)", error as? Errno ?? .ioError)
        }
    }
}
