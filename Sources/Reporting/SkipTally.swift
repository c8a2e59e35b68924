package import Verdicts

/// Counts skipped scenarios by what they lack.
struct SkipTally {
    private var skips: [(skip: Skip, count: Int)] = []

    mutating func add(_ result: ScenarioResult) {
        guard result.verdict == .skip else { return }
        let skip = result.skip ?? Skip(reason: result.reason)
        if let index = skips.firstIndex(where: { $0.skip == skip }) {
            skips[index].count += 1
        } else {
            skips.append((skip, 1))
        }
    }

    /// How many were skipped.
    var total: Int { skips.reduce(0) { $0 + $1.count } }

    /// Each reason with its hint, the most frequent first.
    var rows: [(count: Int, text: String)] {
        // Sorting is stable, so equal counts stay in the order in which they came.
        skips.sorted { $0.count > $1.count }.map { ($0.count, $0.skip.text) }
    }
}

extension Skip {
    /// `needs /dev/kvm; load kvm_amd`.
    package var text: String { hint.isEmpty ? reason : "\(reason); \(hint)" }
}
