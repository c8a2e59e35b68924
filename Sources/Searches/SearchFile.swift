package import InterruptModel
package import Scenarios

/// What a search is about, as a file says it: a machine, and actions beside the standard ones.
package struct SearchFile: Sendable {
    package var setup: MachineSetup
    /// Families of actions (a verb alone) and single actions, as words.
    package var actions: [Action]
    /// nil where the file leaves it to the command line.
    package var granularity: Granularity?
    /// Where the machine stands in the file, and the actions.
    package var machinePlace: SourceLocation
    package var actionsPlace: SourceLocation

    private static let keys = ["machine", "with", "granularity", "machine-kind", "irqchip"]

    /// Reads a file.
    /// - Parameters:
    ///   - bytes: its contents.
    ///   - file: its name, for errors.
    ///   - granularity: what the command line says; the file's own goes before it.
    package init(
        _ bytes: [UInt8], file: String, granularity: Granularity
    ) throws(ScenarioError) {
        let text = try YAMLText.checked(bytes, file: file)
        // There is at least one, or the reader throws.
        let root = try YAMLCursor.documents(of: text, file: file)[0]
        let fields = try root.fields("a search", known: Self.keys)
        guard let machine = fields["machine"] else {
            throw root.error("the search has no “machine”; expected one")
        }
        machinePlace = machine.location
        actionsPlace = (fields["with"] ?? machine).location
        setup = try MachineLoader.load(machine)
        guard !setup.pins.isEmpty else { throw machine.error("expected at least one pin") }
        if let kind = fields["machine-kind"] { setup.kind = try kind.choice("machine kind") }
        if let irqchip = fields["irqchip"] { setup.irqchip = try irqchip.choice("irqchip") }
        self.granularity = try fields["granularity"]?.choice("granularity")
        actions = []
        for cursor in try fields["with"]?.list("actions") ?? [] {
            actions += try Self.actions(
                try cursor.text("an action"), on: setup, self.granularity ?? granularity, cursor)
        }
    }

    /// The actions of one entry of `--with`, for example `mask`, `tpr 0x40`.
    package static func actions(
        _ words: String, on setup: MachineSetup, _ granularity: Granularity
    ) throws(ScenarioError) -> [Action] {
        try actions(words, on: setup, granularity, .typed(words, in: "--with"))
    }

    private static func actions(
        _ text: String, on setup: MachineSetup, _ granularity: Granularity,
        _ cursor: YAMLCursor
    ) throws(ScenarioError) -> [Action] {
        let words = ActionWords(text)
        let verb = try words.verb(cursor, what: "action")
        guard SearchAlphabet.verbs(granularity).contains(verb) else {
            throw cursor.error(
                granularity == .atomic
                    ? "“run” is a guest step; single actions have their parts already"
                    : "“\(verb.word)” is part of every guest step")
        }
        guard words.isBare else {
            return [try words.action(on: setup, cursor, what: "action").action]
        }
        let actions = SearchAlphabet.actions(verb, on: setup)
        guard !actions.isEmpty else {
            throw cursor.error("the machine has no pin for “\(verb.word)”")
        }
        return actions
    }
}
