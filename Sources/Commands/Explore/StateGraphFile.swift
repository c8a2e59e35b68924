internal import InterruptModel
internal import Reporting
internal import Scenarios
internal import Searches

/// The file of `explore --dot`.
struct StateGraphFile {
    private let file: OutputFile
    private let text: String

    /// States of a picture that anybody can look at, at most.
    private static let most = 200

    /// Errors: there are more states than that, or the file cannot be made.
    init(_ plan: ExplorePlan, _ path: String, _ overwrites: Bool) throws {
        let search = plan.search
        let graph = StateGraph(
            of: search.setup, design: plan.design, actions: search.actions,
            isAtomic: search.granularity == .atomic, most: Self.most)
        guard graph.isComplete else {
            throw CommandFailure.usage(
                "--dot draws \(Self.most) states at most, and there are more; ask for fewer "
                    + "--levels or --with")
        }
        let kind = search.setup.kind
        let design = kind == .plain ? Scenario.plainDesign : plan.design.name
        text = StateGraphDot(graph, of: kind, name: "\(plan.name), \(design)").text
        file = try OutputFile(path, overwrites: overwrites)
    }

    func write() throws { try file.writeWhole(text) }
}
