/// The control groups that a process is in, as /proc/self/cgroup tells: of version 2, and those of
/// version 1 that limit memory (cgroups(7)).
enum ControlGroup {
    /// Bytes that each group leaves that has a limit: its own limit and those of the groups that it
    /// stands in.
    /// - Parameter text: reads a file; nil where it cannot.
    static func left(_ text: (_ path: String) -> String?) -> [Int] {
        let mounts = (text("/proc/self/mountinfo") ?? "").split(separator: "\n")
            .compactMap(Mount.init)
        let groups = (text("/proc/self/cgroup") ?? "").split(separator: "\n")
        return groups.flatMap { line -> [Int] in
            // The number of a hierarchy, its controllers, the group's path.
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { return [] }
            let controllers = fields[1].split(separator: ",")
            let isSecond = fields[0] == "0" && controllers.isEmpty
            guard isSecond || controllers.contains("memory") else { return [] }
            let mount = mounts.first { isSecond ? $0.isSecond : $0.limitsMemory }
            return mount.map { left(of: String(fields[2]), $0, text) } ?? []
        }
    }

    /// A mounted hierarchy.
    private struct Mount {
        /// The group that is mounted, and where.
        let root: Substring
        let path: Substring
        let isSecond: Bool
        /// Whether it is of version 1 and has the controller of memory.
        let limitsMemory: Bool

        /// - Parameter line: of /proc/self/mountinfo (proc_pid_mountinfo(5)).
        init?(_ line: Substring) {
            let fields = line.split(separator: " ")
            guard let end = fields.firstIndex(of: "-"), end >= 5, end + 3 < fields.count else {
                return nil
            }
            (root, path) = (fields[3], fields[4])
            isSecond = fields[end + 1] == "cgroup2"
            limitsMemory =
                fields[end + 1] == "cgroup"
                && fields[end + 3].split(separator: ",").contains("memory")
        }
    }

    private static func left(
        of group: String, _ mount: Mount, _ text: (String) -> String?
    ) -> [Int] {
        // A container may see its own group as the root of all.
        let inside =
            mount.root != "/" && (group + "/").hasPrefix(mount.root + "/")
            ? String(group.dropFirst(mount.root.count)) : group
        var parts = inside.split(separator: "/").filter { $0 != ".." }
        var found: [Int] = []
        while true {
            let folder = ([mount.path] + parts).joined(separator: "/")
            if let left = left(in: folder, mount, text) { found.append(left) }
            if parts.isEmpty { return found }
            parts.removeLast()
        }
    }

    private static func left(
        in folder: String, _ mount: Mount, _ text: (String) -> String?
    ) -> Int? {
        func number(_ name: String) -> Int? {
            text("\(folder)/\(name)").flatMap { Int($0.prefix(while: \.isNumber)) }
        }
        let names =
            mount.isSecond
            ? (limit: "memory.max", usage: "memory.current", cache: "inactive_file")
            : (
                limit: "memory.limit_in_bytes", usage: "memory.usage_in_bytes",
                cache: "total_inactive_file"
            )
        // “max”, or in version 1 more than any machine has, is no limit.
        guard let limit = number(names.limit), limit < 1 << 60, let usage = number(names.usage)
        else { return nil }
        let cache = text("\(folder)/memory.stat")?.split(separator: "\n")
            .first { $0.hasPrefix(names.cache + " ") }
            .flatMap { Int($0.dropFirst(names.cache.count + 1)) }
        // What the group has read from files is given up for what is asked for.
        return limit - usage + min(cache ?? 0, usage)
    }
}
