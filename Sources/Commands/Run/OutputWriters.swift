internal import Reporting
internal import SystemPackage
internal import Verdicts

/// The recorders of a run with their open files.
struct OutputWriters {
    private struct Writer {
        var recorder: any Recorder
        /// Whether people read it, and no program does.
        var isForPeople: Bool
        /// nil is stdout.
        var file: OutputFile?

        mutating func record(_ event: RunEvent) throws {
            let console = Console.current
            do {
                try recorder.record(event) { text in
                    if let file {
                        try file.write(text)
                    } else if isForPeople {
                        try console.tell(text)
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
                Writer(
                    recorder: output.format.makeRecorder(options: options),
                    isForPeople: output.format == .text, file: file))
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
