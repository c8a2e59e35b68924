internal import Backends
internal import InterruptModel
internal import Lockstep
internal import Reporting
internal import Verdicts

/// `characterize --plan`: what can be told apart at all, and by what soonest.
struct ProbePlan {
    /// By steps of probes, where the guest can write its page's TMR itself.
    private let probes = Separation(.probes)
    /// By steps of scenarios.
    private let scenarios = Separation(.scenarios)

    /// What the fixed probes leave together although some steps tell it apart.
    private var missed: [Separation.Pair] {
        let told = Set(Separation.byProbes + probes.inseparable)
        return Separation.all.filter { !told.contains($0) }
    }

    func text(width: Int) -> String {
        let count = Separation.all.count
        var paragraphs = [
            "\(Tool.current.name)",
            "The shortest steps behind which two assumption sets look different, for all \(count) "
                + "pairs of \(Assumptions.all.count); pin 2 is level 0x31, pin 3 edge 0x41, and at "
                + "the start nothing is allowed and Secure AVIC is off. A set is page-tmr/"
                + "native-level-eoi/disallowed/before-enable.",
        ].map { $0.wrapped(at: width).joined(separator: "\n") }
        var table = Columns([.right])
        for trace in probes.traces {
            table.add(counted(trace.pairs.count, "pair"), trace.steps.joined(separator: ", "))
            if let pair = trace.pairs.first { table.add("", "as \(Self.spelling(pair))") }
        }
        paragraphs.append(table.lines(width: width).joined(separator: "\n"))
        paragraphs.append(list("Told apart by no such steps", probes.inseparable, width))
        paragraphs.append(
            list(
                "Told apart by no steps of a scenario, whose guest does not write its TMR unless "
                    + "that is assumed", scenarios.inseparable, width))
        paragraphs.append(
            ("The \(Probe.all.count) probes of characterize together tell "
                + "\(Separation.byProbes.count) pairs apart.").wrapped(at: width)
                .joined(separator: "\n"))
        paragraphs.append(list("Missed by the probes", missed, width))
        return paragraphs.joined(separator: "\n\n") + "\n"
    }

    private func list(_ title: String, _ pairs: [Separation.Pair], _ width: Int) -> String {
        guard !pairs.isEmpty else {
            return "\(title): no pair.".wrapped(at: width).joined(separator: "\n")
        }
        let head = "\(title): \(counted(pairs.count, "pair"))".wrapped(at: width)
        return (head + pairs.map { "  " + Self.spelling($0) }).joined(separator: "\n")
    }

    private static func spelling(_ pair: Separation.Pair) -> String {
        "\(pair.one.spelling) and \(pair.other.spelling)"
    }

    var document: JSONText {
        func pairs(_ pairs: [Separation.Pair]) -> JSONText {
            .array(
                pairs.map { pair in
                    .array(
                        [pair.one, pair.other].map { .assumptions(PartialAssumptions($0).list) })
                })
        }
        return .document(
            by: .current,
            [
                "traces": .array(
                    probes.traces.map {
                        ["steps": .strings($0.steps), "pairs": pairs($0.pairs)]
                    }),
                "inseparable": pairs(probes.inseparable),
                "inseparableByScenarios": pairs(scenarios.inseparable),
                "missedByProbes": pairs(missed),
            ])
    }
}
