public import InterruptModel

/// A set of assumptions as `characterize` writes it and `run --assumptions` reads it.
public struct AssumptionFile: Sendable, Equatable {
    /// nil where the file says nothing.
    public var pageTMR: PageTMR?
    public var nativeLevelEOI: NativeLevelEOI?
    public var disallowed: RequestFate?
    public var beforeEnable: RequestFate?

    /// Reads JSON, or YAML, of which JSON is a part. Other keys than `assumptions` are the
    /// report's own and are not looked at.
    /// - Parameters:
    ///   - bytes: the file's content.
    ///   - file: its name, for errors.
    public init(_ bytes: [UInt8], file: String) throws(ScenarioError) {
        let text = try YAMLText.checked(bytes, file: file)
        // There is at least one, or the reader throws.
        let root = try YAMLCursor.documents(of: text, file: file)[0]
        var found: YAMLCursor?
        for (key, value) in try root.pairs("a report of characterize") {
            if try key.text("a key") == "assumptions" { found = value }
        }
        guard let node = found else {
            throw root.error("there is no “assumptions”; expected what characterize --json prints")
        }
        let axes = try node.fields(
            "assumptions", known: ["page-tmr", "native-level-eoi", "disallowed", "before-enable"])
        pageTMR = try axes["page-tmr"]?.choice("page TMR")
        nativeLevelEOI = try axes["native-level-eoi"]?.choice("native EOI of a level vector")
        disallowed = try axes["disallowed"]?.choice("fate of a disallowed vector")
        beforeEnable = try axes["before-enable"]?.choice("fate of an early vector")
    }
}
