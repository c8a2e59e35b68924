internal import SystemPackage

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
    /// - Parameters:
    ///   - standard: the text.
    ///   - ofFiles: the format of a file that is given without one; nil is the text.
    ///   - quiet: whether nothing goes to stdout.
    init(
        formats: [Format], standard: Format, ofFiles: Format? = nil, paths: [String],
        quiet: Bool = false
    ) throws {
        guard paths.count <= max(1, formats.count) else {
            throw CommandFailure.usage("more --output than --format; give them in pairs")
        }
        let formats = formats.isEmpty ? [paths.isEmpty ? standard : ofFiles ?? standard] : formats
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
    /// - Parameter text: what is to be written in a format, to a file or not, in the letters that
    ///   its readers have.
    func write(overwrites: Bool, _ text: (Format, _ isFile: Bool) -> String) throws {
        for output in outputs where output.path == nil {
            try Commands.Output.write(text(output.format, false))
        }
        for output in outputs {
            guard let path = output.path else { continue }
            let file = try OutputFile(path, overwrites: overwrites)
            try file.writeWhole(text(output.format, true))
        }
    }
}

extension OutputFile {
    /// Writes all that is to be in it.
    func writeWhole(_ text: String) throws(CommandFailure) {
        do throws(Errno) {
            try write(text)
        } catch {
            throw .writing(path, error)
        }
        try finish()
    }
}
