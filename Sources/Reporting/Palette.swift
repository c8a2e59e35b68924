import Rainbow

/// Colours by meaning. Rainbow supplies the codes and appears in this file only.
///
/// Whether to colour is decided by the caller (`--color`, NO_COLOR, CLICOLOR_FORCE, terminal):
/// Rainbow's own decision is a process-wide variable that looks at stdout, wrong for `--output`.
public struct Palette: Sendable {
    /// What a piece of text means to its reader.
    public enum Role: Sendable {
        /// Passed, found, expected.
        case good
        /// A pass that shows a known hazard.
        case hazard
        /// Failed, forbidden, observed instead of the expected.
        case bad
        /// Skipped, missing.
        case absent
        /// Ran out of time or budget.
        case late
        case strong
        case faint
    }

    private let colour: Bool

    public init(colour: Bool) {
        self.colour = colour
    }

    /// The text in the role's colour, or unchanged where colour is off. Spaces at its end stay
    /// plain.
    public func paint(_ text: String, _ role: Role) -> String {
        let inked = text.trimmedAtEnd
        guard colour, !inked.isEmpty else { return text }
        let codes = Self.codes(role).map { String($0) }.joined(separator: ";")
        let rest = String(repeating: " ", count: text.count - inked.count)
        return "\u{1B}[\(codes)m\(inked)\u{1B}[0m\(rest)"
    }

    private static func codes(_ role: Role) -> [UInt8] {
        switch role {
        case .good: NamedColor.green.value
        case .hazard: NamedColor.magenta.value + Style.bold.value
        case .bad: NamedColor.red.value + Style.bold.value
        case .absent: NamedColor.cyan.value + Style.bold.value
        case .late: NamedColor.yellow.value + Style.bold.value
        case .strong: Style.bold.value
        case .faint: Style.dim.value
        }
    }
}
