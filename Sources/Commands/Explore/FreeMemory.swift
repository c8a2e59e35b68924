internal import Foundation

/// How much memory a process may still take here.
struct FreeMemory: Sendable {
    /// Reads a text file; nil where it cannot.
    var text: @Sendable (_ path: String) -> String?

    static let here = FreeMemory { try? String(contentsOfFile: $0, encoding: .utf8) }

    /// Bytes that the system has free, by the kernel's estimate; 2 GiB where it is not known.
    var available: Int {
        let kibibytes = value(of: "MemAvailable:", in: text("/proc/meminfo"))
        return kibibytes.map { $0 << 10 } ?? 2 << 30
    }

    /// Bytes that the limits of this very process leave the states of a search with so many
    /// threads, nil where it has none. To ask for more ends it.
    ///
    /// What the process asks for is less than what it takes, for arrays grow by copying: of what a
    /// resource limit leaves half counts, and of what a control group does seven eighths.
    func most(threads: Int) -> Int? {
        let own = resourceLimits.map { ($0 - (threads - 1) * Self.bytesOfThread) / 2 }
        let groups = ControlGroup.left(text).map { $0 / 8 * 7 }
        return (own + groups).min().map { max(0, $0) }
    }

    /// How many threads, of those wanted, take no more than a quarter of what resource limits
    /// leave, or one.
    func threads(of wanted: Int) -> Int {
        guard let least = resourceLimits.min() else { return wanted }
        return min(wanted, max(1, least / 4 / Self.bytesOfThread))
    }

    /// Address space that a thread takes beside the first: 64 MiB of glibc's allocator for those
    /// that are not used up (malloc/arena.c, HEAP_MAX_SIZE), and a stack of 8 MiB.
    private static let bytesOfThread = 72 << 20

    /// What RLIMIT_AS and RLIMIT_DATA leave.
    private var resourceLimits: [Int] {
        let (limits, status) = (text("/proc/self/limits"), text("/proc/self/status"))
        return [("Max address space", "VmSize:"), ("Max data size", "VmData:")].compactMap {
            name, used in
            guard let limit = value(of: name, in: limits),
                let kibibytes = value(of: used, in: status)
            else { return nil }
            return limit - kibibytes << 10
        }
    }

    /// The number behind a name at the beginning of a line; nil where there is none.
    private func value(of name: String, in text: String?) -> Int? {
        guard let line = text?.split(separator: "\n").first(where: { $0.hasPrefix(name) }) else {
            return nil
        }
        let words = line.dropFirst(name.count).split(whereSeparator: \.isWhitespace)
        return words.first.flatMap { Int($0) }
    }
}
