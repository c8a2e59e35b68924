internal import ArgumentParser

/// `savic-eoi run`: performs scenarios on a backend and holds it against the model.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run scenarios, step by step against the model (the default command).")

    @OptionGroup var options: RunOptions

    func run() throws { try options.run() }
}
