internal import Synchronization

/// Called with how far the search is; ends it by returning a reason.
public typealias SearchPulse = @Sendable (SearchProgress) -> SearchStop?

/// Holds the limits against what all threads have found together.
final class Supervisor: Sendable {
    private struct Count {
        var progress = SearchProgress(states: 0, depth: 0, queue: 0)
        var bytes = 0
        var stop: SearchStop?
    }

    private let limits: SearchLimits
    private let pulse: SearchPulse
    private let count = Mutex(Count())

    init(_ limits: SearchLimits, _ pulse: @escaping SearchPulse) {
        self.limits = limits
        self.pulse = pulse
    }

    /// What ended the part of the work that was begun last.
    var stop: SearchStop? { count.withLock { $0.stop } }

    /// The states of a depth are begun.
    /// - Parameters:
    ///   - phase: `states` or `judging`.
    ///   - states: all that are known when this depth begins.
    ///   - size: those of this depth.
    ///   - bytes: what they all take.
    func begin(_ phase: SearchPhase, depth: Int, states: Int, size: Int, bytes: Int) {
        count.withLock {
            $0.stop = nil
            $0.bytes = bytes
            $0.progress = SearchProgress(states: states, depth: depth, queue: size, phase: phase)
        }
    }

    /// Another part of the work is begun, which no limit of states or bytes is for.
    func begin(_ phase: SearchPhase) {
        count.withLock {
            $0.stop = nil
            $0.progress.phase = phase
        }
    }

    /// A thread has expanded a batch.
    /// - Returns: whether to go on.
    func goesOn(expanded: Int, found: Int, bytes: Int) -> Bool {
        count.withLock { count in
            count.progress.states += found
            count.progress.queue += found - expanded
            count.bytes += bytes
            if count.progress.phase == .states {
                if count.progress.states > limits.states { count.stop = count.stop ?? .states }
                if count.bytes > limits.bytes { count.stop = count.stop ?? .memory }
            }
            return ask(&count)
        }
    }

    /// - Parameter phase: how far the part of the work is that was begun last.
    /// - Returns: whether to go on.
    func goesOn(_ phase: SearchPhase) -> Bool {
        count.withLock { count in
            count.progress.phase = phase
            return ask(&count)
        }
    }

    private func ask(_ count: inout Count) -> Bool {
        if count.stop == nil { count.stop = pulse(count.progress) }
        return count.stop == nil
    }
}
