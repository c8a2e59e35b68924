/// The clock that round trips are timed with.
package enum BenchClock {
    /// A clock that never goes back: each reading gives the nanoseconds since this call.
    package static func start() -> () -> UInt64 {
        let clock = ContinuousClock()
        let start = clock.now
        return {
            let (seconds, attoseconds) = start.duration(to: clock.now).components
            return UInt64(seconds) * 1_000_000_000 + UInt64(attoseconds / 1_000_000_000)
        }
    }

    /// What one reading of a clock takes, in nanoseconds: that much of every time is the clock's.
    package static func cost(of now: () -> UInt64) -> Double {
        let (batches, readings) = (10, 1_000)
        // The least: whatever makes a batch longer is not the clock.
        var least = UInt64.max
        for _ in 0..<batches {
            let start = now()
            var end = start
            for _ in 0..<readings { end = now() }
            least = min(least, end - start)
        }
        return Double(least) / Double(readings)
    }
}
