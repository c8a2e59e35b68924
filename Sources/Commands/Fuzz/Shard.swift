internal import ArgumentParser

/// One of several equal parts of a campaign: `2/8` is the second of eight. Run number r belongs to
/// part r mod n, so the partition is the same whoever runs it.
struct Shard: ExpressibleByArgument, Equatable, Sendable {
    /// From 1.
    var number: Int
    var count: Int

    static let whole = Shard(number: 1, count: 1)

    init(number: Int, count: Int) {
        self.number = number
        self.count = count
    }

    init?(argument: String) {
        let parts = argument.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let number = Int(parts[0]), let count = Int(parts[1]),
            1...1_000_000 ~= count, 1...count ~= number
        else { return nil }
        self.init(number: number, count: count)
    }

    /// The part that a scheduler has given this process, by its environment: Slurm arrays and
    /// Kubernetes' indexed Jobs (which do not tell the number of parts: `COMPLETIONS` has to).
    init?(environment: [String: String]) {
        func number(_ name: String) -> Int? { environment[name].flatMap(Int.init) }
        if let index = number("SLURM_ARRAY_TASK_ID"), let count = number("SLURM_ARRAY_TASK_COUNT"),
            count >= 1
        {
            let first = number("SLURM_ARRAY_TASK_MIN") ?? 0
            let step = max(1, number("SLURM_ARRAY_TASK_STEP") ?? 1)
            let number = (index - first) / step + 1
            guard 1...count ~= number else { return nil }
            self.init(number: number, count: count)
        } else if let index = number("JOB_COMPLETION_INDEX"), let count = number("COMPLETIONS"),
            count >= 1, 0..<count ~= index
        {
            self.init(number: index + 1, count: count)
        } else {
            return nil
        }
    }

    var defaultValueDescription: String { "\(number)/\(count)" }

    /// The runs of this part among the first `runs`.
    func runs(of runs: Int) -> [UInt64] {
        stride(from: number - 1, to: runs, by: count).map(UInt64.init)
    }
}
