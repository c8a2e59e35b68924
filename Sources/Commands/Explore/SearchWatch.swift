internal import KVMHost
internal import StateExplorer
internal import Synchronization

/// Looks after a search: Ctrl-C, its time, and a line that says how far it is.
final class SearchWatch: Sendable {
    private struct Moment {
        var progress = ProgressLine()
        var last = ContinuousClock.now
        var states = 0
        /// When Ctrl-C was seen first.
        var interruption: ContinuousClock.Instant?
    }

    private let start = ContinuousClock.now
    private let limit: Duration?
    private let label: String
    private let moment = Mutex(Moment())

    /// What a search may still do that has been stopped: judge its last states, and find the ways
    /// to what is wrong with them.
    private static let graceOfInterruption = Duration.milliseconds(250)
    private static let graceOfTime = Duration.seconds(1)

    /// - Parameters:
    ///   - seconds: how long the search may take.
    ///   - label: what stands before the line.
    init(seconds: Int?, label: String = "") {
        limit = seconds.map { .seconds($0) }
        self.label = label
    }

    var seconds: Double { start.duration(to: .now) / .seconds(1) }

    /// What a search calls now and then.
    var pulse: SearchPulse { { self.look(at: $0) } }

    private func look(at progress: SearchProgress) -> SearchStop? {
        let now = ContinuousClock.now
        return moment.withLock { moment in
            if let stop = stop(progress.phase, now, &moment) { return stop }
            var line = moment.progress
            line.show(self.line(progress, now, &moment))
            moment.progress = line
            return nil
        }
    }

    private func stop(
        _ phase: SearchPhase, _ now: ContinuousClock.Instant, _ moment: inout Moment
    ) -> SearchStop? {
        let isTelling =
            switch phase {
            case .states, .liveness: false
            case .judging, .ways: true
            }
        if Interruption.requested {
            let seen = moment.interruption ?? now
            moment.interruption = seen
            if !isTelling || seen.duration(to: now) > Self.graceOfInterruption {
                return .interruption
            }
        }
        guard let limit else { return nil }
        let spent = start.duration(to: now)
        return spent > (isTelling ? limit + Self.graceOfTime : limit) ? .time : nil
    }

    private func line(
        _ progress: SearchProgress, _ now: ContinuousClock.Instant, _ moment: inout Moment
    ) -> String {
        let found = "\(label)\(progress.states) states, depth \(progress.depth), "
        switch progress.phase {
        case .states:
            let passed = moment.last.duration(to: now) / .seconds(1)
            let rate = Int(Double(progress.states - moment.states) / max(passed, 0.001))
            (moment.last, moment.states) = (now, progress.states)
            return found + "\(progress.queue) to expand, \(max(0, rate)) states/s"
        case .judging: return found + "judging the last of them"
        case .ways(let left): return found + "finding a shortest way, \(left) steps left"
        case .liveness(let inspected):
            let percent = progress.states == 0 ? 100 : inspected * 100 / progress.states
            return found + "liveness, \(percent) % looked at"
        }
    }

    /// Takes the line away.
    func finish() { moment.withLock { $0.progress.clear() } }
}
