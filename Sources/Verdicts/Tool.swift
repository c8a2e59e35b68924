/// The program that has made a report.
public struct Tool: Hashable, Sendable {
    public var version: String

    public init(version: String) { self.version = version }

    /// `savic-eoi 1.0.0`, as people read it.
    public var name: String { "savic-eoi \(version)" }

    /// Of every JSON document. It rises only when a reader of the old documents would be misled;
    /// keys are added without (command-line §6.4).
    public static let schemaVersion = 2
}
