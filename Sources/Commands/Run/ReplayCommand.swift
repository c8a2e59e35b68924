internal import ArgumentParser

/// `savic-eoi replay`: a saved trace or scenario, with all its steps, on any backend.
struct ReplayCommand: ParsableCommand, JoinedOptions {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Run saved traces and show their steps, on any backend.",
        discussion: """
            What explore, matrix and fuzz save are scenario files; of a folder all are taken. \
            replay performs them as they were found – with the design and the irqchip that they \
            name, unless the command line says otherwise – and always shows the steps. Where a \
            file says that a line is stuck at its end, that is held against all that KVM, the \
            hardware and the guest's handlers can still do. A trace of single actions is one \
            interleaving, which no host program can force; its explanation says which.

            EXAMPLES
              savic-eoi explore --levels 2 --save-traces found
              savic-eoi replay found
              savic-eoi replay found/rfc-v2-attribution-atomic.yaml --design hardened
            """)

    private var options = RunOptions()

    init() {}

    init(from decoder: any Decoder) throws { options = try RunOptions(from: decoder) }

    var parts: [any ParsableArguments] { [options] }

    func validate() throws {
        guard !options.names.isEmpty else {
            throw ValidationError("Say what to replay: scenario files, folders of them, or names.")
        }
    }

    func run() throws { try options.run(replays: true) }
}
