internal import ArgumentParser
internal import Reporting
internal import Scenarios
internal import SystemPackage
internal import Verdicts

/// `savic-eoi step NAME|FILE`: a scenario step by step, forward, back and by hand.
struct StepCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "step",
        abstract: "Go through a scenario or a saved trace on the model, step by step.",
        discussion: """
            Each line that is typed is an order – forward, back, goto, continue, watch, print, \
            show, save, quit; “help” names them all – or a step as scenario files spell it, \
            “assert 2”, which is performed here and stands before those that come. Enter alone \
            goes on as before. A step that breaks an invariant says so. What is typed can come \
            from a pipe: then nothing is asked, and a line that cannot be followed ends it.

            EXAMPLES
              savic-eoi step stuck-line
              savic-eoi step found/rfc-v2-attribution-atomic.yaml --design hardened
              savic-eoi step level-basic --machine plain
            """)

    @Argument(
        help: ArgumentHelp(
            "A scenario's name, the beginning of it, or a YAML file.", valueName: "name|file"),
        completion: .scenarios)
    var name: String

    @OptionGroup(title: "What it goes through")
    var machine: MachineOptions

    @Flag(help: "Write with ASCII alone, as where the locale has no UTF-8.")
    var ascii = false

    @Option(name: .customLong("color"), help: "Colour the text.")
    var colour: ColourChoice = .auto

    @OptionGroup(title: "Assumptions")
    var assumed: AssumptionOptions

    func validate() throws {
        guard name != "-" else {
            throw ValidationError("stdin has what is typed; name the scenario's file.")
        }
    }

    func run() throws {
        let console = Console.current
        let scenario = try Selection.scenario(name, is: "gone through")
        var session = StepSession(
            try StepCourse(scenario, machine.lockstep(for: scenario, assumed, assumed.chosen())),
            width: console.width, palette: Palette(colour: console.colours(colour)))
        try say(session.heading)
        var input = StepInput(console.read)
        while true {
            if console.readsTerminal { console.say(session.prompt) }
            guard let line = try input.next() else {
                if console.readsTerminal { console.say("\n") }
                return
            }
            let answer: [String]?
            do throws(CommandFailure) {
                answer = try self.answer(to: line, &session)
            } catch {
                // Who types can type something else; what comes from a pipe was meant as a whole.
                guard console.readsTerminal else { throw error.located(inLine: input.line) }
                console.complain(error.message)
                continue
            }
            guard let answer else { return }
            try say(answer)
        }
    }

    /// What is to be said of a line; nil where it is to quit.
    private func answer(
        to line: String, _ session: inout StepSession
    ) throws(CommandFailure) -> [String]? {
        switch try session.reader.order(line) {
        case .quit: nil
        case .save(let path): try save(session, in: path)
        case let order: try session.follow(order)
        }
    }

    private func say(_ lines: [String]) throws {
        let text = lines.map { $0 + "\n" }.joined()
        try Output.print(ascii ? text.inASCII : text)
    }

    private func save(
        _ session: StepSession, in path: String
    ) throws(CommandFailure) -> [String] {
        // Names of scenarios are plain; a file's need not be.
        let stem = FilePath(path).lastComponent?.stem ?? ""
        let name = try? ScenarioLoader.name(.typed(stem, in: path))
        let text = ScenarioWriter.text(of: try session.found(named: name))
        guard text.utf8.count <= YAMLText.largestFile else {
            throw .typed("a scenario file of so many steps would be too long to be read")
        }
        guard !OutputFile.exists(path) else {
            throw CommandFailure(
                status: .cannotCreate, message: "\(path) exists; “save” takes a new file's name")
        }
        try OutputFile(path, overwrites: false, acceptsStreams: false).writeWhole(text)
        return ["     saved: " + ShellCommand("savic-eoi", "run", path.pathWord).text]
    }
}

extension CommandFailure {
    /// The same of a line that was not typed at a terminal.
    fileprivate func located(inLine line: Int) -> CommandFailure {
        CommandFailure(status: status, message: "\(InputFile.nameOfStdin):\(line): \(message)")
    }
}
