internal import ArgumentParser
internal import Foundation
internal import InterruptModel
internal import Searches
internal import StateExplorer

/// How far a search may go, and how many threads it has.
struct SearchBudget: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Threads; the result does not depend on them. All processors without it.",
            valueName: "threads"))
    var threads: Int?

    @Option(
        help: ArgumentHelp("Stop before there are more states than this.", valueName: "states"))
    var maxStates: Int?

    @Option(
        help: ArgumentHelp(
            "Stop after this many seconds, and a second at most to tell what was found.",
            valueName: "seconds"))
    var maxSeconds: Int?

    @Option(
        help: ArgumentHelp(
            "Stop before the states take more than this, or than resource limits and control "
                + "groups leave. Without it half of what is free.",
            valueName: "MiB"))
    var maxMemory: Int?

    @Option(
        help: ArgumentHelp(
            "Follow no way longer than this many actions.", valueName: "actions"))
    var maxDepth: Int?

    func validate() throws {
        try check("--threads", threads, in: 1...256)
        try check("--max-states", maxStates, in: 1...)
        try check("--max-seconds", maxSeconds, in: 1...)
        try check("--max-memory", maxMemory, in: 16...)
        try check("--max-depth", maxDepth, in: 1...)
    }

    /// As many as there is room for.
    var threadCount: Int {
        FreeMemory.here.threads(of: threads ?? ProcessInfo.processInfo.activeProcessorCount)
    }

    /// An eighth of the memory is left for the threads' own buffers, some megabytes each.
    var limits: SearchLimits { limits(in: .here) }

    func limits(in memory: FreeMemory) -> SearchLimits {
        var limits = Self.standardLimits(threads: threadCount, in: memory)
        if let maxMemory {
            // More than a process can be given is no limit.
            let bytes = min(maxMemory, Int.max >> 20) << 20
            limits.bytes = min(bytes, memory.most(threads: threadCount) ?? .max) / 8 * 7
        }
        if let maxStates { limits.states = maxStates }
        if let maxDepth { limits.depth = maxDepth }
        return limits
    }

    /// Half of what is free.
    static func standardLimits(threads: Int, in memory: FreeMemory = .here) -> SearchLimits {
        let free = max(256 << 20, memory.available / 2)
        return SearchLimits(bytes: min(free, memory.most(threads: threads) ?? .max) / 8 * 7)
    }

    /// Searches within these limits, and tells on stderr how far it is.
    /// - Parameter label: what stands before that.
    func run(
        _ search: ModelSearch, _ question: ModelQuestion, label: String = ""
    ) -> (found: ModelFindings, seconds: Double) {
        let watch = SearchWatch(seconds: maxSeconds, label: label)
        defer { watch.finish() }
        let found = search.run(
            question,
            SearchConduct(limits: limits, threads: threadCount, pulse: watch.pulse))
        return (found, watch.seconds)
    }
}
