package import InterruptModel

/// Writes a scenario as the YAML that the loader reads: for what a search or a fuzzer has found.
public enum ScenarioWriter {
    /// - Parameter scenario: expectations are not written; a found scenario has none.
    public static func text(of scenario: Scenario) -> String {
        var lines = [
            "name: \(scenario.name)",
            "summary: \(quoted(scenario.summary))",
            "source: \(quoted(scenario.source))",
            "groups: [\(scenario.groups.joined(separator: ", "))]",
        ]
        if !scenario.explanation.isEmpty {
            lines += explanation(scenario.explanation)
        }
        if scenario.danger == .host { lines.append("danger: host") }
        lines.append("machines: [\(scenario.machines.map(\.rawValue).joined(separator: ", "))]")
        lines.append("irqchips: [\(scenario.irqchips.map(\.rawValue).joined(separator: ", "))]")
        if scenario.granularity == .atomic { lines.append("granularity: atomic") }
        if let design = scenario.design { lines.append("design: \(design)") }
        lines.append("machine:")
        lines += machine(scenario.setup).map { "  " + $0 }
        lines.append("steps:")
        lines += steps(scenario.steps, indent: "  ")
        lines += hazards("hazards", scenario.hazards)
        lines += hazards("hazards-reentry", scenario.hazardsWithReentry)
        if let pin = scenario.stuck { lines.append("stuck: \(pin)") }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func hazards(_ key: String, _ hazards: [String: InvariantSet]) -> [String] {
        guard !hazards.isEmpty else { return [] }
        return ["\(key):"]
            + hazards.sorted { $0.key < $1.key }.map { design, invariants in
                "  \(design): [\(invariants.members.map(\.name).joined(separator: ", "))]"
            }
    }

    private static func machine(_ setup: MachineSetup) -> [String] {
        settings(of: setup)
            + (setup.pins.isEmpty ? ["pins: []"] : ["pins:"])
            + setup.pins.map { "  - " + pin($0) }
    }

    /// What a machine is set to, beside its pins: only what differs from the loader's defaults.
    package static func settings(of setup: MachineSetup) -> [String] {
        let usual = MachineSetup()
        var lines: [String] = []
        func line(_ key: String, _ value: String, unless isUsual: Bool) {
            if !isUsual { lines.append("\(key): \(value)") }
        }
        func word(_ flag: Bool) -> String { flag ? "on" : "off" }
        line("vcpus", "\(setup.vcpus)", unless: setup.vcpus == 1)
        for axis in AxisEntry.all {
            line(axis.name, setup[axis], unless: setup[axis] == usual[axis])
        }
        line("savic", word(setup.savicEnabled), unless: setup.savicEnabled)
        line("nesting", word(setup.nesting), unless: setup.nesting == usual.nesting)
        line(
            "interrupts", word(setup.interruptsEnabled),
            unless: setup.interruptsEnabled == usual.interruptsEnabled)
        line("apic", word(setup.apicEnabled), unless: setup.apicEnabled == usual.apicEnabled)
        line(
            "broadcast-suppression", setup.broadcastSuppression.rawValue,
            unless: setup.broadcastSuppression == usual.broadcastSuppression)
        line("ioapic-version", "0x20", unless: !setup.hasEOIRegister)
        line("late-exit", "on", unless: !setup.exitsLate)
        line(
            "kernel-rules", setup.kernelRules.spelling,
            unless: setup.kernelRules == usual.kernelRules)
        if let allowed = setup.allowed {
            lines.append("allowed: [\(allowed.map(Spelling.vector).joined(separator: ", "))]")
        }
        return lines
    }

    private static func pin(_ pin: PinSetup) -> String {
        var fields = ["pin: \(pin.pin)", "vector: \(Spelling.vector(pin.vector))"]
        if pin.trigger == .edge { fields.append("trigger: edge") }
        if pin.masked { fields.append("masked: on") }
        if pin.destination != 0 { fields.append("destination: \(pin.destination)") }
        if pin.resampler { fields.append("resampler: on") }
        if pin.notifier { fields.append("notifier: on") }
        return "{\(fields.joined(separator: ", "))}"
    }

    private static func steps(_ steps: [ScenarioStep], indent: String) -> [String] {
        steps.flatMap { step -> [String] in
            switch step {
            case .action(let action, let isOptional, _):
                [indent + "- " + words(action, isOptional: isOptional)]
            case .expect: []
            case .repeat(let times, let inner):
                [indent + "- repeat: \(times)", indent + "  steps:"]
                    + self.steps(inner, indent: indent + "    ")
            }
        }
    }

    /// `eoi?`: the mark stands behind the verb.
    private static func words(_ action: Action, isOptional: Bool) -> String {
        var words = action.description.split(separator: " ").map(String.init)
        if isOptional { words[0] += "?" }
        return words.joined(separator: " ")
    }

    /// A block of lines, unless something in it has to be escaped.
    private static func explanation(_ text: String) -> [String] {
        let isPlain = text.unicodeScalars.allSatisfy { $0 == "\n" || $0.standsAsItIs }
        let longest = text.split(whereSeparator: \.isWhitespace).map(\.utf8.count).max() ?? 0
        guard isPlain, 1...300 ~= longest else {
            return ["explanation: \(quoted(text))"]
        }
        return ["explanation: >"] + folded(text).map { "  " + $0 }
    }

    /// The words of a text in lines that a folded YAML scalar makes one of again.
    private static func folded(_ text: String) -> [String] {
        var lines = [""]
        for word in text.split(whereSeparator: \.isWhitespace) {
            let line = lines[lines.count - 1]
            if line.isEmpty {
                lines[lines.count - 1] = String(word)
            } else if line.count + word.count < 90 {
                lines[lines.count - 1] += " " + word
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }

    /// A double-quoted YAML scalar. It goes on behind a backslash at the end of a line, because
    /// the loader bounds the length of lines.
    private static func quoted(_ text: String) -> String {
        var result = "\""
        var length = 0
        for character in text.unicodeScalars {
            var written: String
            switch character {
            case "\"", "\\": written = "\\\(character)"
            case "\n": written = " "
            case _ where character.standsAsItIs: written = String(character)
            default: written = "\\U" + character.digits
            }
            if length > 300 {
                result += "\\\n  "
                length = 0
                // A blank at the start of a line would be taken for indentation.
                if written == " " { written = "\\ " }
            }
            result += written
            length += written.utf8.count
        }
        return result + "\""
    }
}

extension Unicode.Scalar {
    /// Whether YAML takes it without an escape, and a terminal does not obey it.
    fileprivate var standsAsItIs: Bool {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse,
            .unassigned:
            false
        default: true
        }
    }

    /// Eight hexadecimal digits.
    fileprivate var digits: String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }
}
