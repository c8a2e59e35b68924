/// Writes a run in one format. It gets every event in order and hands finished text to `write`,
/// so it is tested against a string and never opens a file itself.
public protocol Recorder {
    /// Takes the next event. `write` gets UTF-8 text, whole lines, in order.
    mutating func record(_ event: RunEvent, write: (String) throws -> Void) rethrows
}
