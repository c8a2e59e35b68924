internal import ArgumentParser
internal import InterruptModel
internal import Lockstep
internal import Scenarios

/// The assumptions as options; commands that take them include this group.
///
/// ArgumentParser finds the options of a group by reflection, and then reads each by its key. Here
/// it is shown the table of axes, in place of a property for each.
struct AxisOptions: ParsableArguments, CustomReflectable {
    /// What the options say.
    private(set) var chosen = PartialAssumptions()

    init() {}

    init(from decoder: any Decoder) throws {
        let options = try decoder.container(keyedBy: AxisKey.self)
        for axis in AxisEntry.ofHardware {
            chosen[axis] = try axis.type.read(options, AxisKey(stringValue: axis.name))
        }
    }

    var customMirror: Mirror {
        Mirror(self, children: AxisEntry.ofHardware.map { ($0.name, $0.type.option($0)) })
    }
}

/// The option of an axis, by its name.
private struct AxisKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}

/// A value of an axis in an option.
private struct AxisArgument<Value: AxisValue>: ExpressibleByArgument {
    let word: String

    init?(argument word: String) {
        guard Value(rawValue: word) != nil else { return nil }
        self.word = word
    }

    static var allValueStrings: [String] { Value.allCases.map(\.rawValue) }
}

extension AxisValue {
    fileprivate static func option(_ axis: AxisEntry) -> Any {
        Option<AxisArgument<Self>?>(
            name: .customLong(axis.name), help: .assume(axis), completion: .list(axis.words))
    }

    fileprivate static func read(
        _ options: KeyedDecodingContainer<AxisKey>, _ key: AxisKey
    ) throws -> String? {
        try options.decode(Option<AxisArgument<Self>?>.self, forKey: key).wrappedValue?.word
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
