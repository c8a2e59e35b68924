internal import InterruptModel
internal import Lockstep
internal import Reporting
internal import Scenarios
internal import Verdicts

/// Draws a counterexample by the name of its scenario, notes what was found by it, and says which
/// panel of the page it is; nil where there is nothing to draw.
typealias PanelDrawing = (_ scenario: String, TracePanel.Use) -> String?

/// The report of a search: a first page, a picture and a page for each counterexample that looks
/// different, all counterexamples as scenario files, and the result as JSON.
struct SearchReportFolder {
    private let pages: PageFolder
    private let files: ScenarioFolder

    private static let result = "result.json"

    init(_ path: String, overwrites: Bool) {
        pages = PageFolder(
            path, overwrites: overwrites, endings: [".html", ".svg", ".yaml", Self.result])
        files = ScenarioFolder(path: path, overwrites: overwrites)
    }

    /// Makes the folder, and makes sure, before a search takes its time, that it can be written.
    /// - Parameter names: those of the scenarios that may be found.
    func prepare(for names: [String]) throws {
        try pages.prepare()
        try files.prepare(for: names)
    }

    /// Where the scenario of a name is going to be saved.
    func file(_ name: String) -> String { files.file(name) }

    /// The first page.
    var first: String { "\(pages.path)/\(PageFolder.first)" }

    /// Writes all of it. What cannot be written is said on stderr and in the status: it costs no
    /// result.
    /// - Parameter scenarios: the counterexamples.
    func save(_ result: some SearchResult, _ scenarios: [Scenario]) -> ExitStatus {
        for scenario in scenarios { pages.keepingFailure { _ = try files.save(scenario) } }
        let known = Dictionary(scenarios.map { ($0.name, $0) }) { first, _ in first }
        var gallery = Gallery(pages: pages)
        var page = result.page { name, use in known[name].flatMap { gallery.add($0, use) } }
        page.panels = gallery.panels
        pages.keepingFailure {
            let document = result.document { known[$0] == nil ? nil : "\($0).yaml" }
            try pages.write(document.pretty, to: Self.result)
        }
        pages.keepingFailure { try pages.write(try page.text(by: .current), to: PageFolder.first) }
        guard let failure = pages.failure else { return .passed }
        Console.current.complain(failure.message)
        return failure.status
    }
}

/// The pictures of a report: one for each that looks different, whatever has led to it.
private struct Gallery {
    let pages: PageFolder
    private(set) var panels: [TracePanel] = []
    private var places: [String: Int] = [:]

    init(pages: PageFolder) { self.pages = pages }

    /// - Returns: the panel of the scenario's picture; nil where it cannot be drawn.
    mutating func add(_ scenario: Scenario, _ use: TracePanel.Use) -> String? {
        guard let timeline = scenario.timelineOnModel else { return nil }
        var use = use
        var show = scenario.command("show")
        let replay = scenario.command("replay")
        use.commands = [show.text, replay.text]
        var panel = TracePanel(timeline)
        if let place = places[panel.picture] {
            panels[place].uses.append(use)
            return panels[place].name
        }
        panel.name = pages.stem(for: scenario.name)
        panel.uses = [use]
        show.add("--html", if: true)
        pages.keepingFailure {
            try pages.write(panel.picture, to: TracePanel.pictureFile(panel.name))
        }
        pages.keepingFailure {
            let page = TimelinePage(
                timeline, steps: timeline.interesting, again: show.text, index: PageFolder.first)
            try pages.write(try page.text(), to: TracePanel.pageFile(panel.name))
        }
        places[panel.picture] = panels.count
        panels.append(panel)
        return panel.name
    }
}

extension Scenario {
    /// A command about its file, for who stands in the folder of the report.
    fileprivate func command(_ verb: String) -> ShellCommand {
        var command = ShellCommand("savic-eoi", verb, "\(name).yaml".pathWord)
        command.add("--irqchip", setup.irqchip.rawValue, unless: irqchips[0].rawValue)
        return command
    }

    /// A run of it on the model as it was found; nil where the model cannot perform a step of it.
    fileprivate var timelineOnModel: Timeline? {
        var model: any Backend = ModelBackend()
        let options = LockstepOptions(
            design: design(chosen: nil), irqchip: setup.irqchip, kind: setup.kind)
        return Lockstep(options).record(self, on: &model).timeline?.withLostLines()
    }
}
