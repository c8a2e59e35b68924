internal import Glibc
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

    private static let first = "index.html"
    private static let logName = "progress.log"

    /// Errors: the folder cannot be made, or has a report that is not to be replaced.
    init(_ path: String, overwrites: Bool) throws {
        (self.path, self.overwrites) = (path, overwrites)
        try ScenarioFolder(path: path).prepare(for: [])
        // What is not finished goes away again: that the first page can be written shows here.
        _ = try OutputFile("\(path)/\(Self.first)", overwrites: overwrites, acceptsStreams: false)
        let file = "\(path)/\(Self.logName)"
        do {
            log = try FileDescriptor.open(
                FilePath(file), .writeOnly,
                options: [.create, overwrites ? .truncate : .exclusiveCreate, .noFollow],
                permissions: [.ownerReadWrite, .groupRead, .otherRead])
        } catch {
            throw CommandFailure.creating(file, error as? Errno ?? .ioError)
        }
    }

    deinit { try? log.close() }

    func begin(_ header: RunHeader) { page = RunPage(header) }

    /// The mark is on the disk before the scenario runs.
    func begin(_ name: String) throws { try mark("begin \(name.printable)") }

    /// - Parameter timeline: the run as data, where the scenario came to perform a step.
    func end(_ result: ScenarioResult, _ timeline: Timeline?) throws {
        var picture: String?
        if let timeline, result.verdict != .pass || !result.hazards.isEmpty {
            let file = fileName(for: result.name)
            let page = TimelinePage(
                timeline, steps: timeline.interesting, again: result.rerun)
            try write(try page.text(), to: file)
            picture = file
        }
        page?.add(result, picture: picture)
        try mark("end \(result.name.printable) \(result.verdict.rawValue)")
    }

    func end(_ totals: Totals, unfinished: [String]) throws {
        guard let page else { return }
        try write(try page.text(totals, unfinished: unfinished), to: Self.first)
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
