internal import Histogram

/// How long something took, many times over. All times are in nanoseconds.
package struct Latencies: Sendable {
    /// To three digits. It grows for what takes more than a minute, so nothing is left out.
    private var histogram: Histogram<UInt64>
    /// The sum of all times.
    package private(set) var total: UInt64 = 0

    package init() {
        histogram = Histogram(
            highestTrackableValue: 60_000_000_000, numberOfSignificantValueDigits: .three)
        histogram.autoResize = true
    }

    mutating func record(_ time: UInt64) {
        histogram.record(time)
        total += time
    }

    /// How many times were recorded.
    package var count: Int { Int(histogram.totalCount) }

    /// The shortest, exactly; 0 of none.
    package var min: UInt64 { histogram.min }

    /// The longest, exactly; 0 of none.
    package var max: UInt64 { histogram.maxRecorded }

    /// The time that `percent` of all stay within, at most 0.1 % too long; 0 of none.
    /// - Parameter percent: 0…100.
    package func percentile(_ percent: Double) -> UInt64 { histogram.valueAtPercentile(percent) }
}
