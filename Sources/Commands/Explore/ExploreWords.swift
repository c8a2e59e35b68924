internal import InterruptModel
internal import Reporting
internal import Searches
internal import StateExplorer

/// What a search says of itself, on a terminal and on a page. Times are not in it: they go by the
/// machine, and the same search says the same everywhere.
extension ExploreReport {
    /// What was searched.
    var facts: [(name: String, value: String)] {
        let (setup, search) = (plan.search.setup, plan.search)
        let pins = setup.pins.map { "\($0.pin)" }.joined(separator: ", ")
        let vectors = setup.pins.map { Spelling.vector($0.vector) }.joined(separator: ", ")
        let machine =
            "\(plan.name), \(setup.kind.rawValue), irqchip \(setup.irqchip.rawValue): "
            + "pins \(pins), vectors \(vectors)" + (setup.nesting ? ", nesting" : "")
        let axes = AxisEntry.all.map { "\($0.name) \(setup[$0])" }.joined(separator: ", ")
        let rules = setup.kernelRules
        let verbs = search.actions.map { $0.description.split(separator: " ")[0] }
        var names: [Substring] = []
        for verb in verbs where !names.contains(verb) { names.append(verb) }
        let grain = search.granularity == .atomic ? "single" : "whole steps"
        return [
            ("machine", machine),
            ("design", setup.kind == .plain ? "plain" : plan.design.name),
        ] + (setup.kind == .secure ? [("assumptions", axes)] : [])
            + (rules == .newest ? [] : [("kernel rules", rules.spelling)])
            + [
                (
                    "actions",
                    "\(search.actions.count), \(grain): \(names.joined(separator: ", "))"
                ),
                ("state", "\(search.system.stateBits) bits"),
            ]
    }

    /// `434 states, 1800 transitions, depth 16, 45.4 bytes a state`.
    var figures: String {
        let digits = String(Int((bytesPerState * 10).rounded()))
        let bytes = "\(digits.dropLast().isEmpty ? "0" : digits.dropLast()).\(digits.suffix(1))"
        let extent = found.extent
        return "\(extent.states) states, \(extent.transitions) transitions, "
            + "depth \(extent.depth), \(bytes) bytes a state"
    }

    /// What nothing found violates; nil where that is nothing.
    var kept: String? {
        let names = found.kept.map(\.name).joined(separator: ", ")
        let extent = found.extent.visitsAll ? "never violated" : "not violated so far"
        return names.isEmpty ? nil : "\(extent): \(names)"
    }

    /// Whether everything was visited, in words.
    var reach: String {
        let depth = max(0, found.extent.judgedDepth)
        let extent =
            found.extent.visitsAll
            ? "every reachable state was visited" : "every state to depth \(depth)"
        return switch found.extent.stop {
        case nil: "complete: \(extent)"
        case .states?: "not complete: --max-states ended it; \(extent)"
        case .memory?: "not complete: --max-memory ended it; \(extent)"
        case .depth?: "not complete: \(extent), where it had to end"
        case .time?: "not complete: --max-seconds ended it; \(extent)"
        case .interruption?: "interrupted; \(extent)"
        }
    }

    var bytesPerState: Double {
        Double(found.extent.bytes) / Double(found.extent.states)
    }

    /// Whether a line can get stuck, in words; nil where nobody asked.
    var liveness: String? {
        guard plan.question.checksLiveness else { return nil }
        guard let stuck = found.stuck else {
            return found.extent.isComplete
                ? "not asked, because it would take more memory than the limit: see --max-memory"
                : found.extent.visitsAll
                    ? "not answered, because the search was stopped"
                    : "not asked, because the search is not complete"
        }
        return stuck.isEmpty
            ? "a line that is high can be served from every state"
            : "\(stuck.count) of \(plan.search.setup.pins.count) lines can get stuck"
    }
}

extension ExploreFinding {
    /// `8 actions violate attribution`.
    var sentence: String { "\(counted(way.length, "action")) \(title)" }
}
