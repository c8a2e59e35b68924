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

    /// Bytes that the limits of this very process leave it, nil where it has none. To ask for more
    /// ends it.
    ///
    /// What the process asks for is less than what it takes: arrays grow by copying, and each
    /// thread's allocator keeps address space for itself. So of the address space that a resource
    /// limit leaves, half counts, and of the memory of a control group seven eighths.
    var most: Int? {
        let groups = ControlGroup.left(text).map { $0 / 8 * 7 }
        return (resourceLimits.map { $0 / 2 } + groups).min().map { max(0, $0) }
    }

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
        return line.dropFirst(name.count).split(separator: " ").first.flatMap { Int($0) }
    }
}
