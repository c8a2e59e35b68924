internal import InterruptModel
internal import Lockstep
internal import Scenarios
internal import StateExplorer
internal import Verdicts

/// What a search is about: a machine, a design, and the actions to try.
struct ExplorePlan {
    let search: ModelSearch
    let design: EOIDesignEntry
    /// The machine in words: `levels(3)` or the name of a file.
    let name: String
    /// The command that makes the same search, for “found by”.
    let command: String
    let question: SearchQuestion

    init(_ options: ExploreCommand) throws {
        var granularity = options.granularity.axis
        var setup: MachineSetup
        var actions: [Action] = []
        var file: SearchFile?
        var words: [String]
        if let path = options.config {
            let read = try InputFile.parse(path) { bytes, name throws(ScenarioError) in
                try SearchFile(bytes, file: name, granularity: granularity)
            }
            file = read
            setup = read.setup
            actions = read.actions
            granularity = read.granularity ?? granularity
            name = path
            words = ["--config", path]
        } else {
            let levels = options.levels ?? 1
            setup = .levels(levels)
            name = "levels(\(levels))"
            words = ["--levels", "\(levels)"]
        }
        if options.nesting { setup.nesting = true }
        if let irqchip = options.irqchip { setup.irqchip = irqchip.axis }
        if let kind = options.machine { setup.kind = kind }
        var axes = options.axes.overrides
        axes.guestEOI = options.guestEOI
        axes.apply(to: &setup)
        if let rules = options.kernel.rules { setup.kernelRules = rules }
        for entry in options.additions.flatMap({ $0.split(separator: ",") }) {
            do throws(ScenarioError) {
                actions += try SearchFile.actions(String(entry), on: setup, granularity)
            } catch {
                throw CommandFailure.usage("--with “\(entry)”: \(error.message)")
            }
        }
        design = options.design.entry
        words += ["--design", design.name]
        words += ["--granularity", granularity == .atomic ? "atomic" : "step"]
        if options.nesting { words.append("--nesting") }
        for axis in axes.list {
            if let value = axis.value { words += ["--\(axis.name)", value] }
        }
        if let irqchip = options.irqchip { words += ["--irqchip", irqchip.rawValue] }
        if let kind = options.machine { words += ["--machine", kind.rawValue] }
        words += options.kernel.words
        for entry in options.additions { words += ["--with", entry] }
        if options.liveness { words.append("--liveness") }
        if options.allCauses { words.append("--all-causes") }
        var command = ShellCommand("savic-eoi", "explore")
        command += words
        self.command = command.text
        question = SearchQuestion(
            PropertyBits(InvariantSet(Invariant.allCases).rawValue),
            everyCause: options.allCauses, checksService: options.liveness)
        let all = SearchAlphabet.complete(
            SearchAlphabet.standard(on: setup, granularity) + actions, on: setup, granularity)
        do {
            search = try ModelSearch(
                setup, design: design, actions: all, granularity: granularity)
        } catch {
            throw CommandFailure(tooWide: error, file)
        }
    }

    // MARK: - The names of what may be found

    private var suffix: String { search.granularity == .atomic ? "-atomic" : "" }

    /// - Parameter last: the index of the action that breaks the invariant; nil for the start.
    func name(of invariant: Invariant, by last: Int?) -> String {
        let name = "\(design.name)-\(invariant.name)"
        guard question.everyCause, let last else { return name + suffix }
        let words = search.actions[last].spelling(in: WideSpace()).replacing(" ", with: "-")
        let full = "\(name)-\(words)\(suffix)"
        // A scenario's name has 64 letters at most.
        return full.count <= 64 ? full : "\(name)-\(last)\(suffix)"
    }

    func name(ofStuckLine pin: UInt8) -> String { "\(design.name)-stuck-line-\(pin)\(suffix)" }

    /// All of them.
    var names: [String] {
        let causes = question.everyCause ? [nil] + search.actions.indices.map { $0 } : [nil]
        return Invariant.allCases.flatMap { invariant in
            causes.map { name(of: invariant, by: $0) }
        } + (question.checksService ? search.setup.pins.map { name(ofStuckLine: $0.pin) } : [])
    }
}

extension CommandFailure {
    /// A machine that a search has no room for.
    /// - Parameter file: the file that describes it; nil where the command line does.
    fileprivate init(tooWide excess: SearchTooWide, _ file: SearchFile?) {
        guard let file else {
            self = .usage("the machine is too wide: \(excess.sentence)")
            return
        }
        let place =
            switch excess.part {
            case .actions: file.actionsPlace
            case .pins, .vectors, .stateBits: file.machinePlace
            }
        self.init(status: .badInput, message: "\(place): too wide: \(excess.sentence)")
    }
}
