internal import Reporting
internal import SystemPackage

/// Where a command's result goes: text for people as it comes about, and the JSON document.
///
/// What cannot be written to one place any more is written to the others all the same, and is an
/// error at the end.
struct ResultOutput {
    private struct Place {
        var format: PrintFormat
        /// nil is stdout.
        var file: OutputFile?
    }

    private var places: [Place]
    private let palette: Palette
    /// What came of the first place that could not be written to.
    private var failure: CommandFailure?

    /// Opens every file first, so that no work is done for want of a place.
    /// - Parameter ofFiles: the format of a file that is given without one.
    init(_ options: PrintOptions<PrintFormat>, ofFiles: PrintFormat = .text) throws {
        let plan = try OutputPlan(
            formats: options.formats, standard: .text, ofFiles: ofFiles, paths: options.output)
        places = try plan.outputs.map { output in
            let file = try output.path.map {
                try OutputFile($0, overwrites: options.overwrite)
            }
            return Place(format: output.format, file: file)
        }
        palette = options.palette
    }

    /// Adds to the text.
    mutating func tell(_ text: (Palette) -> String) throws {
        let palette = palette
        try write(.text) { file in
            try file == nil
                ? Console.current.tell(text(palette))
                : file?.write(text(Palette(colour: false)))
        }
    }

    /// Writes the document.
    mutating func write(_ document: @autoclosure () -> JSONText) throws {
        try write(.json) { file in
            let text = document().pretty
            try file == nil ? Console.current.write(text) : file?.write(text)
        }
    }

    /// Nothing more comes.
    mutating func close() throws {
        for place in places {
            do { try place.file?.finish() } catch { failure = failure ?? error }
        }
        if let failure { throw failure }
    }

    private mutating func write(
        _ format: PrintFormat, _ body: (OutputFile?) throws -> Void
    ) throws {
        var rest: [Place] = []
        for place in places {
            do {
                if place.format == format { try body(place.file) }
                rest.append(place)
            } catch let errno as Errno {
                failure = failure ?? .writing(place.file?.path ?? "stdout", errno)
            }
        }
        places = rest
        if let failure, places.isEmpty { throw failure }
    }
}

extension PrintOptions<PrintFormat> {
    /// Prints a result that is complete.
    func tell(_ text: (Palette) -> String, _ document: @autoclosure () -> JSONText) throws {
        var output = try ResultOutput(self)
        try output.tell(text)
        try output.write(document())
        try output.close()
    }

    /// Writes what has a form of its own and is alone: into the file of `--output`, or to stdout.
    func deliver(_ document: String) throws {
        let plan = try OutputPlan(
            formats: [], standard: PrintFormat.text, paths: output)
        guard let path = plan.outputs.first?.path else { return try Output.write(document) }
        try OutputFile(path, overwrites: overwrite).writeWhole(document)
    }
}

/// Prints what has one form only.
enum Output {
    /// Text for people.
    static func print(_ text: String) throws {
        try checked { try Console.current.tell(text) }
    }

    /// What a program reads: in UTF-8, whatever the locale.
    static func write(_ document: String) throws {
        try checked { try Console.current.write(document) }
    }

    private static func checked(_ body: () throws -> Void) throws {
        do {
            try body()
        } catch let errno as Errno {
            throw CommandFailure.writing("stdout", errno)
        }
    }
}
