internal import Foundation
internal import Reporting
internal import SystemPackage
internal import Verdicts

/// Where a run is written: pairs of format and file.
struct OutputPlan {
    struct Output {
        var format: OutputFormat
        /// nil is stdout.
        var path: String?
    }

    var outputs: [Output]

    /// Pairs the n-th `--format` with the n-th `--output`. A format without a file goes to
    /// stdout, which has room for one. When all go to files, the terminal still gets the text.
    init(formats: [OutputFormat], paths: [String], quiet: Bool) throws {
        guard paths.count <= max(1, formats.count) else {
            throw CommandFailure.usage("more --output than --format; give them in pairs")
        }
        let formats = formats.isEmpty ? [.text] : formats
        outputs = formats.enumerated().map { index, format in
            let path = index < paths.count ? paths[index] : "-"
            return Output(format: format, path: path == "-" ? nil : path)
        }
        let onStdout = outputs.count { $0.path == nil }
        guard onStdout <= 1 else {
            throw CommandFailure.usage(
                "only one format can go to stdout; give the others an --output FILE")
        }
        let files = outputs.compactMap(\.path)
        guard Set(files).count == files.count else {
            throw CommandFailure.usage("two formats cannot go to the same file")
        }
        if onStdout == 0 { outputs.append(Output(format: .text, path: nil)) }
        if quiet { outputs.removeAll { $0.path == nil } }
    }
}

/// The recorders of a run with their open files.
struct OutputWriters: ~Copyable {
    private struct Writer {
        var recorder: any Recorder
        /// nil is stdout.
        var file: FileDescriptor?
        var path: String
    }

    private var writers: [Writer] = []

    /// Opens every file first, so that a run does not fail at its end for want of a place. When
    /// one cannot be made, those made before it are taken away again.
    init(_ plan: OutputPlan, options: RecorderOptions, overwrite: Bool) throws {
        do {
            for output in plan.outputs {
                try open(output, options: options, overwrite: overwrite)
            }
        } catch {
            for writer in writers where writer.file != nil && !overwrite {
                try? FileManager.default.removeItem(atPath: writer.path)
            }
            throw error
        }
    }

    private mutating func open(
        _ output: OutputPlan.Output, options: RecorderOptions, overwrite: Bool
    ) throws {
        var file: FileDescriptor?
        if let path = output.path { file = try Self.create(path, overwrite: overwrite) }
        var options = options
        if output.path != nil { options.text.colour = false }
        writers.append(
            Writer(
                recorder: output.format.makeRecorder(options: options), file: file,
                path: output.path ?? "stdout"))
    }

    deinit {
        // Written data has been handed to the kernel by now; an error of close adds nothing.
        for writer in writers { try? writer.file?.close() }
    }

    private static func create(_ path: String, overwrite: Bool) throws -> FileDescriptor {
        do {
            return try FileDescriptor.open(
                FilePath(path), .writeOnly,
                options: overwrite ? [.create, .truncate] : [.create, .exclusiveCreate],
                permissions: [.ownerReadWrite, .groupRead, .otherRead])
        } catch let errno as Errno {
            let reason = errno == .fileExists
                ? "it exists; --overwrite replaces it" : "\(errno)"
            throw CommandFailure(status: .cannotCreate, message: "cannot create \(path): \(reason)")
        }
    }

    mutating func record(_ event: RunEvent) throws {
        let console = Console.current
        for index in writers.indices {
            let path = writers[index].path
            let file = writers[index].file
            do {
                try writers[index].recorder.record(event) { text in
                    if let file {
                        try file.writeAll(text.utf8)
                    } else {
                        try console.write(text)
                    }
                }
            } catch let errno as Errno {
                throw CommandFailure.writing(path, errno)
            }
        }
    }
}
