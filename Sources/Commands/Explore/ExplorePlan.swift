internal import InterruptModel
internal import Lockstep
internal import Scenarios
internal import Searches
internal import Verdicts

extension ExplorePlan {
    /// Of what the command line says.
    init(_ options: ExploreCommand) throws {
        let subject = options.subject
        var granularity = subject.granularity
        var setup: MachineSetup
        var actions: [Action] = []
        var file: SearchFile?
        var command = ShellCommand("savic-eoi", "explore")
        let name: String
        if let path = subject.config {
            let read = try InputFile.parse(path) { bytes, name throws(ScenarioError) in
                try SearchFile(bytes, file: name, granularity: granularity)
            }
            file = read
            setup = read.setup
            actions = read.actions
            granularity = read.granularity ?? granularity
            name = path
            command.add("--config", path)
        } else {
            let levels = subject.levels ?? 1
            let vcpus = subject.vcpus ?? 1
            setup = .levels(levels, vcpus: vcpus)
            name = MachineSetup.nameOfLevels(levels, vcpus: vcpus)
            command.add("--levels", "\(levels)")
            command.add("--vcpus", "\(vcpus)", unless: "1")
        }
        if subject.nesting { setup.nesting = true }
        if let irqchip = subject.irqchip { setup.irqchip = irqchip.axis }
        if let kind = subject.machine { setup.kind = kind }
        let axes = try options.assumed.chosen()
        axes.apply(to: &setup)
        if let rules = options.assumed.kernel.rules { setup.kernelRules = rules }
        for entry in subject.additions.flatMap({ $0.split(separator: ",") }) {
            do throws(ScenarioError) {
                actions += try SearchFile.actions(String(entry), on: setup, granularity)
            } catch {
                throw CommandFailure.usage("--with “\(entry)”: \(error.message)")
            }
        }
        let design = subject.design.entry
        command.add("--design", design.name, unless: EOIDesigns.standard.name)
        command.add("--granularity", granularity.rawValue, unless: Granularity.atomic.rawValue)
        command.add("--nesting", if: subject.nesting)
        command.add(axes)
        command.add("--irqchip", subject.irqchip?.rawValue)
        command.add("--machine", subject.machine?.rawValue)
        command.add("--kernel-rules", options.assumed.kernel.rules?.spelling)
        for entry in subject.additions { command.add("--with", entry) }
        command.add("--liveness", if: subject.liveness)
        command.add("--all-causes", if: subject.allCauses)
        let all = SearchAlphabet.complete(
            SearchAlphabet.standard(on: setup, granularity) + actions, on: setup, granularity)
        do {
            let search = try ModelSearch(
                setup, design: design, actions: all, granularity: granularity)
            self.init(
                search, design: design, name: name, command: command.text,
                question: ModelQuestion(
                    everyCause: subject.allCauses, checksLiveness: subject.liveness))
        } catch {
            throw CommandFailure(tooWide: error, file)
        }
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
