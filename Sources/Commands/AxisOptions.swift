internal import ArgumentParser
internal import InterruptModel
internal import Lockstep
internal import Scenarios

/// The assumptions as options; commands that take them include this group.
struct AxisOptions: ParsableArguments {
    @Option(name: .customLong("page-tmr"), help: "Assume who writes the TMR of the guest's page.")
    var pageTMR: PageTMR?

    @Option(
        name: .customLong("native-level-eoi"),
        help: "Assume what a WRMSR of EOI does while the page's TMR says level.")
    var nativeLevelEOI: NativeLevelEOI?

    @Option(help: "Assume what VMRUN does with a vector that the guest has not allowed.")
    var disallowed: RequestFate?

    @Option(help: "Assume what VMRUN does with a vector before the guest enables Secure AVIC.")
    var beforeEnable: RequestFate?

    /// What the options say.
    var overrides: AxisOverrides {
        AxisOverrides(
            pageTMR: pageTMR, nativeLevelEOI: nativeLevelEOI, disallowed: disallowed,
            beforeEnable: beforeEnable)
    }
}

extension AssumptionFile {
    /// Reads a file that `characterize` has written.
    init(reading path: String) throws {
        let bytes: [UInt8]
        do {
            bytes = try InputFile.read(path)
        } catch {
            throw CommandFailure.reading(path, error)
        }
        do {
            self = try AssumptionFile(bytes, file: path == "-" ? InputFile.nameOfStdin : path)
        } catch {
            throw CommandFailure.input(error)
        }
    }

    /// The same as overrides of a run.
    var overrides: AxisOverrides {
        AxisOverrides(
            pageTMR: pageTMR, nativeLevelEOI: nativeLevelEOI, disallowed: disallowed,
            beforeEnable: beforeEnable)
    }
}
