internal import StateExplorer

/// What becomes of a line without any other line's help.
public enum LineFate: Equatable, Sendable {
    /// Nothing that KVM, the hardware and the guest do serves it any more.
    case stuck
    /// Its interrupt can still be taken.
    case servable
    /// No interrupt is owed: the line is low, masked, edge-triggered, or meant for nobody here.
    case notOwed
    /// The work was ended, or there was not enough memory to find out.
    case open

    /// The fate of a pin's line after these actions.
    ///
    /// What may happen then is the least that every search has: what KVM and the hardware do, what
    /// the guest does to serve interrupts, and devices that lower their lines. So whatever a search
    /// calls stuck is stuck here.
    /// - Parameters:
    ///   - history: what has happened; what is not enabled is left out.
    ///   - goesOn: asked now and then; ends the work by saying no.
    public static func of(
        _ pin: UInt8, on setup: MachineSetup, design: EOIDesignEntry, after history: [Action],
        granularity: Granularity, goesOn: @escaping @Sendable () -> Bool = { true }
    ) throws(SearchTooWide) -> LineFate {
        let standard = SearchAlphabet.standard(on: setup, granularity)
        var actions = standard.filter { !$0.comesFromDevice }
        let all = SearchAlphabet.complete(standard + history, on: setup, granularity)
        actions += all.filter { $0.verb == .hypervisor(.scan) }
        if setup.exitsLate, granularity == .atomic {
            actions += SearchAlphabet.actions(.hypervisor(.lateExit), on: setup)
        }
        let search = try ModelSearch(
            setup, design: design, actions: actions, granularity: granularity, after: history)
        let pins = setup.pins.map(\.pin).sorted()
        guard let number = pins.firstIndex(of: pin),
            search.system.owedAtStart >> UInt8(number) & 1 != 0
        else { return .notOwed }
        let found = search.system.search(
            for: SearchQuestion(0, checksLiveness: true), limits: limits,
            pulse: { _ in goesOn() ? nil : .interruption })
        guard let stuck = found.stuck else { return .open }
        return stuck.contains { $0.obligation == number && $0.length == 0 } ? .stuck : .servable
    }

    /// More than the states take that eight lines have without a device that raises one.
    private static let limits = SearchLimits(states: 1 << 22, bytes: 512 << 20)
}
