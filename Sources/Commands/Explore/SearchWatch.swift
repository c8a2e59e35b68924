internal import KVMHost
internal import StateExplorer
internal import Synchronization

/// Looks after a search: Ctrl-C, its time, and a line that says how far it is.
final class SearchWatch: Sendable {
    private struct Moment {
        var last: ContinuousClock.Instant
        var states = 0
        var hasLine = false
    }

    private let console = Console.current
    private let start: ContinuousClock.Instant
    private let limit: Duration?
    private let moment: Mutex<Moment>

    /// - Parameter seconds: how long the search may take.
    init(seconds: Int?) {
        start = ContinuousClock.now
        limit = seconds.map { .seconds($0) }
        moment = Mutex(Moment(last: start))
    }

    var seconds: Double { start.duration(to: .now) / .seconds(1) }

    /// What a search calls now and then.
    var pulse: SearchPulse { { self.look(at: $0) } }

    private func look(at progress: SearchProgress) -> SearchStop? {
        if Interruption.requested { return .interruption }
        let now = ContinuousClock.now
        if let limit, start.duration(to: now) > limit { return .time }
        moment.withLock { moment in
            let passed = moment.last.duration(to: now)
            // On a terminal one line is written over again; elsewhere lines are rare.
            guard passed >= (console.warnsOnTerminal ? .milliseconds(500) : .seconds(10)) else {
                return
            }
            let rate = Double(progress.states - moment.states) / (passed / .seconds(1))
            let line = "\(progress.states) states, depth \(progress.depth), "
                + "\(progress.queue) to expand, \(Int(rate)) states/s"
            console.warn(console.warnsOnTerminal ? "\r\u{1B}[K\(line)" : "\(line)\n")
            moment.last = now
            moment.states = progress.states
            moment.hasLine = console.warnsOnTerminal
        }
        return nil
    }

    /// Takes the line away.
    func finish() {
        moment.withLock { if $0.hasLine { console.warn("\r\u{1B}[K") } }
    }
}
