internal import Reporting
internal import SystemPackage
internal import Verdicts

/// Where a result is written: pairs of format and file.
struct OutputPlan<Format> {
    struct Output {
        var format: Format
        /// nil is stdout.
        var path: String?
    }

    var outputs: [Output]

    /// Pairs the n-th `--format` with the n-th `--output`. A format without a file goes to
    /// stdout, which has room for one. When all go to files, the terminal still gets the text.
    /// - Parameter standard: the text.
    init(
        formats: [Format], standard: Format, paths: [String], quiet: Bool = false
    ) throws {
        guard paths.count <= max(1, formats.count) else {
            throw CommandFailure.usage("more --output than --format; give them in pairs")
        }
        let formats = formats.isEmpty ? [standard] : formats
        outputs = formats.enumerated().map { index, format in
            let path = index < paths.count ? paths[index] : "-"
            return Output(format: format, path: Self.isStdout(path) ? nil : path)
        }
        let onStdout = outputs.count { $0.path == nil }
        guard onStdout <= 1 else {
            throw CommandFailure.usage(
                "only one format can go to stdout; give the others an --output FILE")
        }
        let files = outputs.compactMap(\.path)
        let identities = files.compactMap(FileIdentity.init)
        guard Set(files).count == files.count, Set(identities).count == identities.count else {
            throw CommandFailure.usage("two formats cannot go to the same file")
        }
        if onStdout == 0 { outputs.append(Output(format: standard, path: nil)) }
        if quiet { outputs.removeAll { $0.path == nil } }
    }

    /// Whether it is stdout by this name or by another, such as /dev/stdout.
    private static func isStdout(_ path: String) -> Bool {
        guard path != "-" else { return true }
        guard let file = FileIdentity(path) else { return false }
        return file == .stdout
    }

    /// Writes a result that is whole: what is printed first, so that no file that cannot be made
    /// costs it.
    /// - Parameter text: what is to be written in a format, to a file or not.
    func write(overwrites: Bool, _ text: (Format, _ isFile: Bool) -> String) throws {
        for output in outputs where output.path == nil {
            try Commands.Output.print(text(output.format, false))
        }
        for output in outputs {
            guard let path = output.path else { continue }
            let file = try OutputFile(path, overwrites: overwrites)
            do throws(Errno) {
                try file.write(text(output.format, true))
            } catch {
                throw CommandFailure.writing(path, error)
            }
            try file.finish()
        }
    }
}

/// The recorders of a run with their open files.
struct OutputWriters {
    private struct Writer {
        var recorder: any Recorder
        /// nil is stdout.
        var file: OutputFile?

        mutating func record(_ event: RunEvent) throws {
            let console = Console.current
            do {
                try recorder.record(event) { text in
                    if let file {
                        try file.write(text)
                    } else {
                        try console.write(text)
                    }
                }
            } catch let errno as Errno {
                throw CommandFailure.writing(file?.path ?? "stdout", errno)
            }
            if case .ended = event { try file?.finish() }
        }
    }

    private var writers: [Writer] = []
    /// What came of the first that could not be written.
    private var failure: CommandFailure?

    /// Opens every file first, so that a run does not fail at its end for want of a place.
    init(
        _ plan: OutputPlan<OutputFormat>, options: RecorderOptions, overwrite: Bool
    ) throws {
        for output in plan.outputs {
            let file = try output.path.map { try OutputFile($0, overwrites: overwrite) }
            var options = options
            if file != nil { options.text.colour = false }
            writers.append(
                Writer(recorder: output.format.makeRecorder(options: options), file: file))
        }
    }

    /// Writes an event everywhere. What cannot be written to one place any more, for example to a
    /// terminal that has gone, is written to the others all the same, and is an error at the end.
    mutating func record(_ event: RunEvent) throws {
        var rest: [Writer] = []
        for var writer in writers {
            do {
                try writer.record(event)
                rest.append(writer)
            } catch let error as CommandFailure {
                failure = failure ?? error
            }
        }
        writers = rest
        guard let failure else { return }
        if case .ended = event { throw failure }
        if writers.isEmpty { throw failure }
    }
}
