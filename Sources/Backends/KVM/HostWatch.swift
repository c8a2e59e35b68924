internal import KVMHost

/// Looks at the host's kernel before and after what runs on it.
final class HostWatch {
    private let log: HostLog
    private var taint: UInt64?
    /// Why the host cannot be watched, if so.
    private var blindness: String?

    init(_ log: HostLog) {
        self.log = log
        taint = log.taint().value
        _ = news()
    }

    /// What the kernel has complained of since the last call.
    func complaints() -> [String] {
        var lines = HostLog.complaints(in: news())
        if let before = taint, let now = log.taint().value, now != before {
            taint = now
            let bits = (0..<64).filter { now & ~before & 1 << UInt64($0) != 0 }
            if !bits.isEmpty {
                lines.append(
                    "taint \(before) became \(now): bit "
                        + bits.map(String.init).joined(separator: ", "))
            }
        }
        return lines
    }

    /// What has to be said of a host that cannot be watched.
    var remark: String? {
        blindness.map {
            "the host's log cannot be read (\($0)), so its WARN and BUG lines are not looked for"
        }
    }

    private func news() -> [String] {
        switch log.news() {
        case .found(let messages): return messages
        case .missing: blindness = "no \(HostLog.path)"
        case .forbidden: blindness = "\(HostLog.path) needs CAP_SYSLOG, or root"
        case .unknown: blindness = "\(HostLog.path) gives no records"
        }
        return []
    }
}
