internal import ArgumentParser
internal import Foundation
internal import InterruptModel
internal import Scenarios
internal import StateExplorer

/// `--granularity`.
enum GranularityChoice: String, ExpressibleByArgument, CaseIterable, Sendable {
    case atomic, step

    var axis: SearchGranularity { self == .atomic ? .atomic : .step }
}

/// How far a search may go, and how many threads it has.
struct SearchBudget: ParsableArguments {
    @Option(help: "Threads; the result does not depend on them. All processors without it.")
    var threads: Int?

    @Option(help: "Stop before there are more states than this.")
    var maxStates: Int?

    @Option(help: "Stop after this many seconds; the ways to what was found come on top.")
    var maxSeconds: Int?

    @Option(
        help: ArgumentHelp(
            "Stop before the states take more than this. Without it half of what is free.",
            valueName: "MiB"))
    var maxMemory: Int?

    @Option(help: "Follow no way longer than this many actions.")
    var maxDepth: Int?

    func validate() throws {
        for (name, value, least) in [
            ("--threads", threads, 1), ("--max-states", maxStates, 1),
            ("--max-seconds", maxSeconds, 1), ("--max-memory", maxMemory, 16),
            ("--max-depth", maxDepth, 1),
        ] {
            if let value, value < least {
                throw ValidationError("\(name) takes \(least) or more.")
            }
        }
        if let threads, threads > 256 { throw ValidationError("--threads takes 256 or less.") }
    }

    var threadCount: Int { threads ?? ProcessInfo.processInfo.activeProcessorCount }

    /// An eighth of the memory is left for the threads' own buffers, some megabytes each.
    var limits: SearchLimits {
        var limits = Self.standardLimits
        if let maxMemory { limits.bytes = maxMemory << 20 / 8 * 7 }
        if let maxStates { limits.states = maxStates }
        if let maxDepth { limits.depth = maxDepth }
        return limits
    }

    /// Half of what is free.
    static var standardLimits: SearchLimits {
        SearchLimits(bytes: max(256, FreeMemory.mebibytes / 2) << 20 / 8 * 7)
    }
}

/// How much memory a process may still take here.
enum FreeMemory {
    /// The kernel's estimate, or what the control group leaves where that is less; 2 GiB where
    /// neither can be read.
    static var mebibytes: Int {
        [available, limit].compactMap(\.self).min() ?? 2048
    }

    private static var available: Int? {
        let line = text("/proc/meminfo")?.split(separator: "\n").first {
            $0.hasPrefix("MemAvailable:")
        }
        return line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 / 1024 }
    }

    private static var limit: Int? {
        text("/sys/fs/cgroup/memory.max").flatMap { Int($0.prefix { $0.isNumber }) }
            .map { $0 >> 20 }
    }

    private static func text(_ path: String) -> String? {
        try? String(contentsOfFile: path, encoding: .utf8)
    }
}
