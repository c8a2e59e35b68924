internal import ArgumentParser

/// `savic-eoi replay`: a saved trace or scenario, with all its steps, on any backend.
struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Run saved traces and show their steps, on any backend.",
        discussion: """
            What explore, matrix and fuzz save are scenario files. replay performs them as run \
            does, and shows the steps also where everything went as the file says. A trace of \
            single actions is one interleaving that only the model can force; its explanation says \
            which.
            """)

    @OptionGroup var options: RunOptions

    func validate() throws {
        guard !options.names.isEmpty else {
            throw ValidationError("Say what to replay: scenario files, or names.")
        }
    }

    func run() throws {
        var run = options
        run.verbose = !run.quiet
        try run.run()
    }
}
