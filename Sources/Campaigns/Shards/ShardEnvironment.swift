internal import Scenarios

/// Who can have given this process its part of a campaign; each says so by a variable.
enum Scheduler: String, CaseIterable {
    /// A job array. It also says how many tasks there are, and how they are numbered.
    case slurm = "SLURM_ARRAY_TASK_ID"
    /// An indexed Job, numbered from 0. The number of its parts is not in the environment.
    case kubernetes = "JOB_COMPLETION_INDEX"
    /// GNU parallel, numbered from 1. The number of its jobs is not in the environment either.
    case parallel = "PARALLEL_SEQ"

    /// The variable with the index.
    var index: String { rawValue }
}

/// Why no part of a campaign can be made out, as a sentence that says what to do.
package struct ShardRefusal: Error {
    package let message: String

    fileprivate init(_ message: String) { self.message = message }
}

/// Finds out from the environment which part of a campaign this process is to do.
///
/// A variable that is there but of no use is an error: whoever starts a hundred parts must not get
/// a hundred whole campaigns because one number was missing.
package struct ShardEnvironment {
    /// How many parts there are, whoever the scheduler: it wins over the scheduler's own number.
    static let count = "SAVIC_EOI_SHARDS"

    private let variables: [String: String]
    /// More than any scheduler numbers, and little enough to reckon with.
    private static let numbers = 0...Int(Int32.max)
    private static let instead = "or say --shard i/n; --shard 1/1 is the whole campaign"

    package init(_ variables: [String: String]) { self.variables = variables }

    /// - Returns: nil where no scheduler has a say.
    package func shard() throws(ShardRefusal) -> Shard? {
        let present = Scheduler.allCases.filter { variables[$0.index] != nil }
        guard let scheduler = present.first else {
            guard variables[Self.count] == nil else {
                throw ShardRefusal(
                    "\(Self.count) is set, but nothing says which part this is: expected "
                        + "\(Self.list(Scheduler.allCases)), \(Self.instead)")
            }
            return nil
        }
        guard present.count == 1 else {
            throw ShardRefusal(
                "both \(Self.list(present, " and ")) are set, and each could say which part this "
                    + "is: unset what does not count, \(Self.instead)")
        }
        guard let index = try number(scheduler.index) else { return nil }
        switch scheduler {
        case .slurm: return try slurm(index)
        case .kubernetes: return try shard(.kubernetes, index + 1, of: "COMPLETIONS")
        case .parallel: return try shard(.parallel, index, of: nil)
        }
    }

    /// Slurm says all there is to know of an array, but nothing of the others once one task is
    /// submitted again by itself; then, and wherever it is set, `SAVIC_EOI_SHARDS` counts, and the
    /// tasks are taken as numbered from 0.
    private func slurm(_ index: Int) throws(ShardRefusal) -> Shard {
        let own = "SLURM_ARRAY_TASK_COUNT"
        guard variables[Self.count] == nil, let count = try number(own) else {
            return try shard(.slurm, index + 1, of: own)
        }
        let first = try number("SLURM_ARRAY_TASK_MIN") ?? 0
        let step = max(1, try number("SLURM_ARRAY_TASK_STEP") ?? 1)
        let last = try number("SLURM_ARRAY_TASK_MAX") ?? first + (count - 1) * step
        // Of a list with gaps the task's rank cannot be told.
        let isWithoutGaps = last == first + (count - 1) * step
        guard first <= index, index <= last, (index - first) % step == 0, isWithoutGaps else {
            throw ShardRefusal(
                "SLURM_ARRAY_TASK_ID is \(index), one of \(count) from \(first) to \(last) by "
                    + "\(step): expected an array without gaps, such as 0-\(max(1, count) - 1), "
                    + "\(Self.instead)")
        }
        return try shard(.slurm, (index - first) / step + 1, of: own)
    }

    /// - Parameters:
    ///   - number: of the part, from 1.
    ///   - own: the variable in which the scheduler, or its user, says how many there are.
    private func shard(
        _ scheduler: Scheduler, _ number: Int, of own: String?
    ) throws(ShardRefusal) -> Shard {
        let found = "\(scheduler.index) is \(variables[scheduler.index] ?? "")"
        var count = try self.number(Self.count)
        var source = Self.count
        if count == nil, let own {
            count = try self.number(own)
            source = own
        }
        guard let count else {
            throw ShardRefusal(
                "\(found), but nothing says of how many parts: expected \(Self.count), "
                    + Self.instead)
        }
        guard let shard = Shard(number: number, count: count) else {
            throw ShardRefusal(
                "\(found), which is part \(number), but \(source) is \(count): expected a part "
                    + "from 1 to \(max(1, min(count, Shard.counts.upperBound))), \(Self.instead)")
        }
        return shard
    }

    /// - Returns: nil where there is no such variable.
    private func number(_ name: String) throws(ShardRefusal) -> Int? {
        guard let text = variables[name] else { return nil }
        guard let number = Int(text), Self.numbers ~= number else {
            throw ShardRefusal(
                "\(name) is \(quoted: text): expected a number, "
                    + "\(Self.numbers.lowerBound)…\(Self.numbers.upperBound), \(Self.instead)")
        }
        return number
    }

    private static func list(_ schedulers: [Scheduler], _ last: String = " or ") -> String {
        let names = schedulers.map(\.index)
        return names.dropLast().joined(separator: ", ") + last + (names.last ?? "")
    }
}
