import Glibc

/// The host kernel's log from a moment on, and its taint: whether something that a guest did has
/// made the kernel complain (Documentation/ABI/testing/dev-kmsg, admin-guide/tainted-kernels.rst).
/// Tests put another host here.
package struct HostLog: Sendable {
    /// The messages that have come since the last call, oldest first.
    package var news: @Sendable () -> Finding<[String]>
    /// The taint flags, bit n as the kernel numbers them.
    package var taint: @Sendable () -> Finding<UInt64>

    package init(
        news: @escaping @Sendable () -> Finding<[String]>,
        taint: @escaping @Sendable () -> Finding<UInt64>
    ) {
        self.news = news
        self.taint = taint
    }

    /// Where the host's log is.
    package static let path = "/dev/kmsg"

    /// A host that never says anything.
    package static let silent = HostLog(news: { .found([]) }, taint: { .found(0) })

    /// This host, from now on.
    package static func live() -> HostLog {
        let number = SystemCalls.live.open(path, O_RDONLY | O_NONBLOCK)
        let messages =
            number < 0 ? nil : KernelMessages(Descriptor(owning: number, calls: .live))
        return HostLog(
            news: { messages?.news() ?? Finding(refusal: -number) },
            taint: {
                HostReader.live.text("/proc/sys/kernel/tainted").flatMap { text in
                    UInt64(text.split(separator: "\n").first ?? "").map { .found($0) }
                        ?? .unknown(.unreadable(path: "/proc/sys/kernel/tainted"))
                }
            })
    }
}

/// An open /dev/kmsg: each read gives one record.
private final class KernelMessages: Sendable {
    private let file: Descriptor

    init(_ file: consuming Descriptor) {
        // What was there before is nobody's business here.
        lseek(file.number, 0, SEEK_END)
        self.file = file
    }

    func news() -> Finding<[String]> {
        var messages: [String] = []
        // As long as a record can be (CONSOLE_EXT_LOG_MAX); a shorter buffer is EINVAL.
        var record = [UInt8](repeating: 0, count: 8192)
        while true {
            // SAFETY: the buffer's own bounds are passed on.
            let count = unsafe record.withUnsafeMutableBytes {
                unsafe file.calls.read(file.number, $0)
            }
            switch count {
            case 1...: messages.append(KernelMessages.message(in: record[..<count]))
            // Records were overwritten before they were read; the next read goes on behind.
            case -Int(EPIPE): messages.append(HostLog.lost)
            case -Int(EINTR): continue
            case 0, -Int(EAGAIN): return .found(messages)
            default: return Finding(refusal: Int32(-count))
            }
        }
    }

    /// `priority,sequence,time,flags;text`, with lines of its own for what belongs to it.
    private static func message(in record: ArraySlice<UInt8>) -> String {
        let text = record.drop { $0 != UInt8(ascii: ";") }.dropFirst()
        return String(decoding: text.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }
}

extension HostLog {
    /// Stands for records that were overwritten before they could be read.
    package static let lost = "(records of the kernel's log were lost)"

    /// The messages among these with which the kernel says that something is wrong with it.
    package static func complaints(in messages: [String]) -> [String] {
        messages.filter { message in
            complaintStarts.contains { message.hasPrefix($0) }
        }
    }

    /// How the kernel's reports begin (lib/bug.c, kernel/panic.c, mm/kasan/report.c, and others).
    private static let complaintStarts = [
        "WARNING: ", "BUG: ", "kernel BUG at ", "Oops", "general protection fault", "UBSAN: ",
        "KFENCE: ", "watchdog: BUG", "rcu: INFO: rcu_", "INFO: task ",
        "Kernel panic",
    ]
}
