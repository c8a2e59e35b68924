internal import InterruptModel

/// The line that a scenario calls stuck behind its last step.
///
/// Backend and model have agreed on every step by then, so it is the model that is asked: whether
/// anything that KVM, the hardware and the guest's handlers can go on to do serves the line, with
/// TPR, ALLOWED_IRR and SPIV as they are.
struct StuckLine {
    let pin: UInt8
    private var performed: [Action] = []

    init(pin: UInt8) { self.pin = pin }

    /// Takes the next step.
    mutating func note(_ action: Action) { performed.append(action) }

    /// What became of the line.
    /// - Parameter goesOn: says no when the run is to end.
    func fate(
        on setup: MachineSetup, _ design: EOIDesignEntry, _ granularity: Granularity,
        goesOn: @escaping @Sendable () -> Bool
    ) throws(ScenarioRun.End) -> LineFate {
        do {
            return try LineFate.of(
                pin, on: setup, design: design, after: performed, granularity: granularity,
                goesOn: goesOn)
        } catch {
            throw .error("whether line \(pin) is stuck cannot be found out: \(error.sentence)")
        }
    }
}

extension SearchTooWide {
    /// What there is too much of, for people.
    package var sentence: String {
        let what =
            switch part {
            case .pins: "pins"
            case .vectors: "vectors"
            case .actions: "actions"
            case .stateBits: "bits of a state"
            }
        let found = count.map { ", of which there are \($0)" } ?? ""
        return "a search takes up to \(part.limit) \(what)\(found)"
    }
}
