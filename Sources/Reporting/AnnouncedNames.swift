internal import Verdicts

/// The names of result lines in formats that announce a scenario before it runs: its result stands
/// under the name that was announced.
struct AnnouncedNames {
    private var names: UniqueNames
    private var running: (name: String, unique: String)?

    init(_ names: UniqueNames = UniqueNames()) { self.names = names }

    /// - Parameter line: the name as the format's lines can hold it.
    /// - Returns: what the scenario is called from here on.
    mutating func announce(_ name: String, as line: String) -> String {
        let unique = names.next(line)
        running = (name, unique)
        return unique
    }

    /// The name that was announced, or a new one where there was no announcement.
    mutating func take(_ name: String, as line: String) -> String {
        guard let running, running.name == name else { return names.next(line) }
        self.running = nil
        return running.unique
    }
}

extension RunHeader {
    /// The plan of KTAP and TAP alike. One of zero without a reason is an error to their readers.
    var plan: String { planned == 0 ? "1..0 # SKIP nothing to run" : "1..\(planned)" }
}

extension String {
    /// A name without what belongs to the syntax of KTAP's and TAP's result lines: white space at
    /// either end, and a `-` at the beginning.
    var resultName: String {
        let trimmed = drop { $0 == " " || $0 == "-" }
        return trimmed.isEmpty ? "unnamed" : String(trimmed).trimmedAtEnd
    }
}
