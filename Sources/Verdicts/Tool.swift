/// The program that has made a report.
public struct Tool: Hashable, Sendable {
    public var version: String
    /// The hash of the commit that it was built from, with `-dirty` behind it where files had been
    /// changed; nil where the build has not recorded it.
    public var commit: String?

    public init(version: String, commit: String? = nil) {
        (self.version, self.commit) = (version, commit)
    }

    /// `savic-eoi 1.0.0`, and of a commit as many digits as the kernel's own tags have:
    /// `savic-eoi 1.0.0 (0123456789ab)`.
    public var name: String {
        guard let commit else { return "savic-eoi \(version)" }
        let mark = commit.hasSuffix("-dirty") ? "-dirty" : ""
        return "savic-eoi \(version) (\(commit.prefix { $0 != "-" }.prefix(12))\(mark))"
    }

    /// What a bug report has to say of it: `1.0.0 (commit 0123…)`.
    public var build: String { "\(version) (commit \(shownCommit))" }

    /// The commit in full, or that it is unknown.
    public var shownCommit: String { commit ?? "not recorded" }

    /// Of every JSON document. It rises only when a reader of the old documents would be misled;
    /// keys are added without (reports §4).
    public static let schemaVersion = 2
}
