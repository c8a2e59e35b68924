internal import ArgumentParser
internal import InterruptModel
internal import StateExplorer

struct ExploreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "explore", abstract: "x")
    @Option var levels = 2
    @Option var threads = 1
    @Flag var nesting = false
    @Flag var step = false
    @Option var design = DesignArgument(entry: EOIDesigns.standard)

    func run() throws {
        var setup = MachineSetup.levels(levels)
        setup.nesting = nesting
        let pins = setup.pins.map(\.pin)
        let actions: [Action] = pins.map { .assert(pin: $0) } + pins.map { .deassert(pin: $0) }
            + (step ? [.run, .eoi, .sti, .cli] : [.inject, .vmrun, .accept, .eoi, .sti, .cli])
        guard let search = ModelSearch(setup, design: design.entry, actions: actions,
            granularity: step ? .step : .atomic) else { return }
        let clock = ContinuousClock()
        let start = clock.now
        let report = search.system.search(for: 0xFF, threads: threads)
        let seconds = start.duration(to: clock.now) / .seconds(1)
        try Output.print("\(report.states) \(report.transitions) depth \(report.depth) "
            + "bits \(search.system.stateBits) "
            + "bytes/state \(Double(report.bytes) / Double(report.states)) "
            + "\(seconds) s, \(Double(report.states) / seconds / 1e6) M/s\n")
        for each in report.counterexamples {
            try Output.print("\(each.property) \(each.actions.count): "
                + each.actions.map { actions[$0].spelling(in: WideSpace()) }.joined(separator: ", ") + "\n")
        }
    }
}
