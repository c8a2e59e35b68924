internal import InterruptModel
internal import Lockstep
internal import Scenarios

/// What a search is about: a machine, a design, and the actions to try.
struct ExplorePlan {
    let search: ModelSearch
    let design: EOIDesignEntry
    /// The machine in words: `levels(3)` or the name of a file.
    let name: String
    /// The options that make the same search, for “found by”.
    let words: [String]

    init(_ options: ExploreCommand) throws {
        var granularity = options.granularity.axis
        var setup: MachineSetup
        var actions: [Action] = []
        var words: [String]
        if let path = options.config {
            let file = try InputFile.parse(path) { bytes, name throws(ScenarioError) in
                try SearchFile(bytes, file: name, granularity: granularity)
            }
            setup = file.setup
            actions = file.actions
            granularity = file.granularity ?? granularity
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
        for entry in options.additions { words += ["--with", "\"\(entry)\""] }
        self.words = words
        let all = SearchAlphabet.complete(
            SearchAlphabet.standard(on: setup, granularity) + actions, granularity)
        guard
            let search = ModelSearch(
                setup, design: design, actions: all, granularity: granularity)
        else {
            throw CommandFailure.usage(
                "the machine is too wide for a search: it takes up to 8 pins, 8 vectors and "
                    + "256 actions, of which there are \(all.count)")
        }
        self.search = search
    }

    /// The command that makes the same search.
    var command: String { "savic-eoi explore " + words.joined(separator: " ") }
}
