package import InterruptModel

/// What a search is about: a machine, a design, and the actions to try.
package struct ExplorePlan: Sendable {
    package let search: ModelSearch
    package let design: EOIDesignEntry
    /// The machine in words: `levels(3)` or the name of a file.
    package let name: String
    /// The command that makes the same search, for “found by”.
    package let command: String
    package let question: ModelQuestion

    package init(
        _ search: ModelSearch, design: EOIDesignEntry, name: String, command: String,
        question: ModelQuestion
    ) {
        self.search = search
        self.design = design
        self.name = name
        self.command = command
        self.question = question
    }

    // MARK: - The names of what may be found

    private var suffix: String { search.granularity == .atomic ? "-atomic" : "" }

    /// - Parameter last: the action that breaks the invariant; nil for the start.
    func name(of invariant: Invariant, by last: Action?) -> String {
        let name = "\(design.name)-\(invariant.name)"
        guard question.everyCause, let last else { return name + suffix }
        let words = last.description.replacing(" ", with: "-")
        let full = "\(name)-\(words)\(suffix)"
        // A scenario's name has 64 letters at most.
        guard full.count > 64 else { return full }
        let index = search.actions.firstIndex(of: last).map { "\($0)" } ?? ""
        return "\(name)-\(index)\(suffix)"
    }

    func name(ofStuckLine pin: UInt8) -> String { "\(design.name)-stuck-line-\(pin)\(suffix)" }

    /// All of them.
    package var names: [String] {
        let causes = question.everyCause ? [nil] + search.actions.map { $0 } : [nil]
        return Invariant.allCases.flatMap { invariant in
            causes.map { name(of: invariant, by: $0) }
        } + (question.checksLiveness ? search.setup.pins.map { name(ofStuckLine: $0.pin) } : [])
    }
}
