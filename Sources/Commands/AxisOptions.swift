internal import ArgumentParser
internal import InterruptModel
internal import Lockstep
internal import Scenarios

/// The assumptions as options; commands that take them include this group.
struct AxisOptions: ParsableArguments {
    @Option(name: .customLong("page-tmr"), help: .assume(.pageTMR))
    var pageTMR: PageTMR?

    @Option(name: .customLong("native-level-eoi"), help: .assume(.nativeLevelEOI))
    var nativeLevelEOI: NativeLevelEOI?

    @Option(help: .assume(.disallowed))
    var disallowed: RequestFate?

    @Option(help: .assume(.beforeEnable))
    var beforeEnable: RequestFate?

    /// What the options say.
    var chosen: PartialAssumptions {
        PartialAssumptions(
            pageTMR: pageTMR, nativeLevelEOI: nativeLevelEOI, disallowed: disallowed,
            beforeEnable: beforeEnable)
    }
}

extension ArgumentHelp {
    /// The axis in the words of `explain`.
    static func assume(_ axis: AxisEntry) -> ArgumentHelp { "Assume \(axis.question)." }
}

extension AssumptionFile {
    /// Reads a file that `characterize` has written.
    init(reading path: String) throws {
        self = try InputFile.parse(path) { bytes, file throws(ScenarioError) in
            try AssumptionFile(bytes, file: file)
        }
    }
}
