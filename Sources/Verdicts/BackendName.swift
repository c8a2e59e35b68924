/// How a backend is called where people read it.
public enum BackendName {
    /// Who simulates the hardware in the kernel lab (hosttests/savic-kernel).
    public static let lab = "lab"

    /// `savic (simulated by the lab)`; the name alone where nobody simulates anything.
    /// - Parameters:
    ///   - name: as on the command line.
    ///   - simulatedBy: who plays the hardware that the backend of this name ordinarily has.
    public static func shown(_ name: String, simulatedBy: String?) -> String {
        simulatedBy.map { "\(name) (simulated by the \($0))" } ?? name
    }

    /// `on savic (simulated by the lab)`: for what is read without its header, and must not be
    /// taken for a result of hardware. Nil where nobody simulates anything.
    public static func place(_ name: String, simulatedBy: String?) -> String? {
        simulatedBy == nil ? nil : "on " + shown(name, simulatedBy: simulatedBy)
    }
}
