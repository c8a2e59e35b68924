/// What performs the steps. The raw value is its name on the command line and in reports.
public enum BackendKind: String, CaseIterable, Sendable {
    case model, kvm, emulator, savic

    /// Who simulates the hardware in the kernel lab (hosttests/savic-kernel).
    public static let lab = "lab"

    /// `savic (simulated by the lab)`; the name alone where nobody simulates anything.
    /// - Parameter simulatedBy: who plays the hardware that such a backend ordinarily has.
    public func shown(simulatedBy: String?) -> String {
        Self.shown(rawValue, simulatedBy: simulatedBy)
    }

    /// The same of a word that stands for a backend.
    public static func shown(_ word: String, simulatedBy: String?) -> String {
        simulatedBy.map { "\(word) (simulated by the \($0))" } ?? word
    }

    /// `on savic (simulated by the lab)`: for what is read without its header, and must not be
    /// taken for a result of hardware. Nil where nobody simulates anything.
    public func place(simulatedBy: String?) -> String? {
        simulatedBy == nil ? nil : "on " + shown(simulatedBy: simulatedBy)
    }
}
