public import InterruptModel

/// A set of assumptions as `characterize` writes it and `run --assumptions` reads it.
public struct AssumptionFile: Sendable, Equatable {
    /// What the file settles.
    public var assumptions: PartialAssumptions

    /// Reads JSON, or YAML, of which JSON is a part; who writes one by hand need not say the
    /// version of its schema. Other keys than `assumptions` are the report's own and are not looked
    /// at.
    /// - Parameters:
    ///   - bytes: the file's content.
    ///   - file: its name, for errors.
    public init(_ bytes: [UInt8], file: String) throws(ScenarioError) {
        let text = try YAMLText.checked(bytes, file: file)
        // There is at least one, or the reader throws.
        let root = try YAMLCursor.documents(of: text, file: file)[0]
        var found: YAMLCursor?
        for (key, value) in try root.pairs("a report of characterize") {
            switch try key.text("a key") {
            case "schemaVersion": try value.refuseOtherSchema()
            case "assumptions": found = value
            default: break
            }
        }
        guard let node = found else {
            throw root.error("there is no “assumptions”; expected what characterize --json prints")
        }
        let axes = AxisEntry.ofHardware
        assumptions = try PartialAssumptions(
            try node.fields("assumptions", known: axes.map(\.name)), axes)
    }
}

extension PartialAssumptions {
    /// Takes what a mapping says of these axes.
    package init(_ fields: [String: YAMLCursor], _ axes: [AxisEntry]) throws(ScenarioError) {
        self.init()
        for axis in axes {
            guard let value = fields[axis.name] else { continue }
            let word = try value.text(axis.subject)
            guard axis.words.contains(word) else {
                throw value.unknown(axis.subject, word, among: axis.words)
            }
            self[axis] = word
        }
    }
}
