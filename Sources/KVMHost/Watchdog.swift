import CKVM
import Glibc
import Synchronization

/// One vCPU's current `KVM_RUN`, as the watchdog sees it.
///
/// The runner only stores a few words per run: a number that is odd while it is inside, its thread
/// and the limit. The watchdog samples them every tick, so arming costs nanoseconds.
@safe
final class WatchedRun: @unchecked Sendable {
    // @unchecked: everything that two threads touch is atomic; `sequence` is the runner's alone,
    // and `run` never changes.
    let run: UnsafeMutablePointer<kvm_run>
    private var sequence: UInt64 = 0
    fileprivate let current = Atomic<UInt64>(0)
    fileprivate let thread = Atomic<Int32>(0)
    fileprivate let limit = Atomic<UInt64>(0)
    /// The run that the watchdog has given up.
    fileprivate let expired = Atomic<UInt64>(0)

    init(_ run: UnsafeMutablePointer<kvm_run>) {
        unsafe self.run = unsafe run
    }

    /// The runner goes in.
    func begin(_ limit: RunLimit) {
        thread.store(ckvm_kickable_thread(), ordering: .relaxed)
        self.limit.store(limit.nanoseconds, ordering: .relaxed)
        sequence += 1
        current.store(sequence, ordering: .releasing)
    }

    /// The runner is out.
    func end() {
        sequence += 1
        current.store(sequence, ordering: .releasing)
    }

    /// The runner asks after EINTR whether that was meant for this run; nil: go on.
    ///
    /// A kick for an earlier run may arrive late: it names another sequence and is forgotten.
    func interrupted() -> KVMError? {
        unsafe ckvm_set_immediate_exit(run, 0)
        if Interruption.requested { return .interrupted(signal: Interruption.signal) }
        if expired.load(ordering: .acquiring) != sequence { return nil }
        return .timeout(RunLimit(nanoseconds: limit.load(ordering: .relaxed)))
    }
}

/// The one thread that ends runs which do not come back. It lives while there are vCPUs.
final class Watchdog: Sendable {
    static let shared = Watchdog()
    /// How often it looks.
    static let tickNanoseconds = 10_000_000

    private struct Watched {
        let run: WatchedRun
        var seen: UInt64 = 0
        var since: UInt64 = 0
    }

    private struct State {
        var watched: [Watched] = []
        var hasThread = false
    }

    private let state = Mutex(State())

    /// Starts to watch. Errors: `.call(sigaction)`, `.call(pthread_create)`.
    func add(_ run: WatchedRun) throws(KVMError) {
        let errno = ckvm_install_kick_handler()
        if errno != 0 { throw .failed(.sigaction, errno) }
        try state.withLock { (state) throws(KVMError) in
            if !state.hasThread { try Watchdog.startThread() }
            state.hasThread = true
            state.watched.append(Watched(run: run))
        }
    }

    /// Stops to watch. On return the watchdog no longer touches the run's page.
    func remove(_ run: WatchedRun) {
        state.withLock { $0.watched.removeAll { $0.run === run } }
    }

    private static func startThread() throws(KVMError) {
        var thread = pthread_t()
        let errno = unsafe pthread_create(
            &thread, nil,
            { _ in
                Watchdog.shared.watch()
                return nil
            }, nil)
        if errno != 0 { throw .failed(.pthreadCreate, errno) }
        pthread_detach(thread)
    }

    /// The thread: looks, sleeps, ends when there is nothing left to watch.
    private func watch() {
        // Ctrl-C is for the threads that can act on it.
        var all = sigset_t()
        unsafe sigfillset(&all)
        unsafe pthread_sigmask(SIG_BLOCK, &all, nil)
        var more = true
        while more {
            var pause = timespec(tv_sec: 0, tv_nsec: Watchdog.tickNanoseconds)
            unsafe nanosleep(&pause, nil)
            more = state.withLock { state in
                let now = Watchdog.now()
                for index in state.watched.indices { Watchdog.look(&state.watched[index], now) }
                state.hasThread = !state.watched.isEmpty
                return state.hasThread
            }
        }
    }

    /// Ends a run that is over its limit, again at each tick until it acknowledges by leaving: so
    /// it does not matter that a signal may come just before KVM_RUN is entered.
    private static func look(_ watched: inout Watched, _ now: UInt64) {
        let run = watched.run
        let current = run.current.load(ordering: .acquiring)
        guard current % 2 == 1 else { return }
        if watched.seen != current {
            watched.seen = current
            watched.since = now
        }
        let isOver = now - watched.since >= run.limit.load(ordering: .relaxed)
        guard isOver || Interruption.requested else { return }
        if isOver { run.expired.store(current, ordering: .releasing) }
        // The page is mapped: `remove` needs the lock that is held here.
        unsafe ckvm_set_immediate_exit(run.run, 1)
        // ESRCH, a thread that has gone, needs no answer: its run is over.
        _ = ckvm_kick(run.thread.load(ordering: .relaxed))
    }

    private static func now() -> UInt64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
