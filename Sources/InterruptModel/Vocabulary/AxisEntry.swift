/// An axis as options, files, `explain` and the probes have it: the one place for its name, its
/// prose, and where a machine keeps it.
public struct AxisEntry: Sendable {
    /// The name of the option, and of the key in files.
    public let name: String
    /// What it is about, without a question mark.
    public let question: String
    /// The type of its values.
    public let type: any AxisValue.Type
    /// Each of them, in the order in which they are told.
    public let values: [any AxisValue]
    /// Why it matters.
    public let explanation: String
    /// What is published about it, in the words of InterruptModel.md, “How sources are cited”.
    public let source: String
    /// What is not known, and why the default is what it is.
    public let unverified: String
    /// What a value of it is called where one is wrong.
    public let subject: String
    fileprivate let read: @Sendable (MachineSetup) -> String
    fileprivate let write: @Sendable (String, inout MachineSetup) -> Void

    /// All axes, in the order of reports.
    public static let all = ofHardware + [guestEOI]

    /// The axis of this name, or nil.
    public static func named(_ name: String) -> AxisEntry? { all.first { $0.name == name } }

    /// The words for its values.
    public var words: [String] { values.map { $0.rawValue } }

    init<Axis: AxisValue>(
        _ name: String, _ path: any WritableKeyPath<MachineSetup, Axis> & Sendable,
        subject: String, _ question: String, explanation: String, source: String,
        unverified: String
    ) {
        self.subject = subject
        read = { $0[keyPath: path].rawValue }
        write = { word, setup in
            guard let value = Axis(rawValue: word) else {
                preconditionFailure("\(name) is never “\(word)”")
            }
            setup[keyPath: path] = value
        }
        self.name = name
        self.question = question
        type = Axis.self
        values = Array(Axis.allCases)
        self.explanation = explanation
        self.source = source
        self.unverified = unverified
    }
}

extension AxisEntry: Hashable {
    public static func == (one: AxisEntry, other: AxisEntry) -> Bool { one.name == other.name }
    public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

/// What an axis can be; the raw value is the word for it in options and files.
public protocol AxisValue: CaseIterable, RawRepresentable<String>, Sendable {
    /// What it says, as a clause.
    var meaning: String { get }
}

extension MachineSetup {
    /// The word for its value of an axis. It is set to one of the axis's own.
    public subscript(axis: AxisEntry) -> String {
        get { axis.read(self) }
        set { axis.write(newValue, &self) }
    }

    /// The same machine with another value of an axis.
    package func with(_ axis: AxisEntry, _ word: String) -> MachineSetup {
        var setup = self
        setup[axis] = word
        return setup
    }
}
