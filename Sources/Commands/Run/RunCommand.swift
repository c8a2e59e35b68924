internal import ArgumentParser

/// `savic-eoi run`: performs scenarios on a backend and holds it against the model.
struct RunCommand: ParsableCommand, JoinedOptions {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run scenarios, step by step against the model (the default command).",
        discussion: """
            Of many scenarios the text says what was found, of a few what happened in each.

            EXAMPLES
              savic-eoi run                                the whole catalogue
              savic-eoi run level-basic stuck-line
              savic-eoi run 'tmr-*' --design hardened --design rfc-v2
              savic-eoi run --group hazards --backend emulator
              savic-eoi run my-line.yaml --backend kvm     a file of your own
              savic-eoi run --report pages                 with pictures
              savic-eoi run -f junit -o run.xml -f json -o run.json
              savic-eoi run --failed-from run.json
            """)

    private var options = RunOptions()

    init() {}

    init(from decoder: any Decoder) throws { options = try RunOptions(from: decoder) }

    var parts: [any ParsableArguments] { [options] }

    func run() throws { try options.run() }
}
