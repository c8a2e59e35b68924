internal import ArgumentParser
internal import InterruptModel
internal import Lockstep

/// `--kernel-rules`: what the kernel is taken to do.
struct KernelOptions: ParsableArguments {
    @Option(
        name: .customLong("kernel-rules"),
        help: ArgumentHelp(
            "What not every kernel does: auto is what is found on the host, or all; else the rules "
                + "of Linux \(KernelRules.classes.map(\.name).joined(separator: ", ")), or their "
                + "names, separated by commas.",
            valueName: "auto|version|rule,…"))
    var choice = KernelRulesArgument(rules: nil)

    /// nil leaves it to what the backend finds.
    var rules: KernelRules? { choice.rules }

    /// Ends a text of rules that somebody asked for.
    static let askedFor = ", asked for"

    /// What the run goes by and where that is known from; empty where nobody asked and the backend
    /// has not looked.
    func text(foundBy backend: any Backend, on irqchips: [IRQChip]) -> String {
        if let rules { return rules.spelling + Self.askedFor }
        let found = FoundRules(by: backend, on: irqchips)
        return found.list.isEmpty ? "" : found.text + ", found by probes"
    }
}

/// The kernel rules that a host's machines have shown, in a fixed order.
struct FoundRules {
    let list: [(rule: KernelRule, holds: Bool)]

    /// A rule holds where each irqchip that showed it has it.
    init(by backend: any Backend, on irqchips: [IRQChip]) {
        let found = irqchips.map { backend.kernelRules(on: $0) }
        list = KernelRule.allCases.compactMap { rule in
            let answers = found.compactMap { $0[rule] }
            return answers.isEmpty ? nil : (rule, answers.allSatisfy { $0 })
        }
    }

    var text: String {
        list.map { "\($0.rule.rawValue) \($0.holds ? "yes" : "no")" }.joined(separator: ", ")
    }
}

/// The value of `--kernel-rules`.
struct KernelRulesArgument: ExpressibleByArgument, Sendable {
    /// nil for `auto`.
    var rules: KernelRules?

    init(rules: KernelRules?) { self.rules = rules }

    init?(argument: String) {
        guard argument != "auto" else {
            rules = nil
            return
        }
        guard let found = KernelRules(spelling: argument) else { return nil }
        rules = found
    }

    static var allValueStrings: [String] {
        ["auto"] + KernelRules.classes.map(\.name) + ["none"] + KernelRule.allCases.map(\.rawValue)
    }

    static var defaultCompletionKind: CompletionKind { .list(allValueStrings) }
    var defaultValueDescription: String { rules?.spelling ?? "auto" }
}
