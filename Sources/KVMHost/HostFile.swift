import CKVM
import Glibc

/// What a call about a file was refused with.
package struct FileRefusal: Error, Hashable, Sendable {
    /// The errno, positive.
    package let errno: Int32
}

/// What is done with files that Swift's own interfaces do not offer, or do without an errno.
package enum HostFile {
    /// Gives descriptors 0 to 2 that are closed to /dev/null, so that nothing that is opened later
    /// is taken for a standard stream. Reading and writing them fails as before.
    package static func fillStandardStreams() throws(FileRefusal) {
        let errno = ckvm_fill_standard_streams()
        if errno != 0 { throw FileRefusal(errno: errno) }
    }

    /// What is left of an open file, but no more than `most` bytes.
    package static func read(_ descriptor: Int32, most: Int) throws(FileRefusal) -> [UInt8] {
        var content: [UInt8] = []
        while content.count < most {
            let next = try readNext(descriptor, most: min(65_536, most - content.count))
            if next.isEmpty { break }
            content += next
        }
        return content
    }

    /// What an open file has next, as soon as it has anything: of a terminal a line, of a pipe what
    /// was written. Nothing at its end.
    /// - Parameter most: bytes, at least one.
    package static func readNext(
        _ descriptor: Int32, most: Int
    ) throws(FileRefusal) -> [UInt8] {
        let calls = SystemCalls.live
        var chunk = [UInt8](repeating: 0, count: most)
        while true {
            // SAFETY: the buffer's own bounds are passed on.
            let count = unsafe chunk.withUnsafeMutableBytes { unsafe calls.read(descriptor, $0) }
            if count == -Int(EINTR) { continue }
            if count < 0 { throw FileRefusal(errno: Int32(-count)) }
            return Array(chunk.prefix(count))
        }
    }

    /// Gives a file another name in the same folder.
    /// - Parameter replaces: whether a file of that name makes way; otherwise EEXIST.
    package static func move(
        _ path: String, to name: String, replaces: Bool
    ) throws(FileRefusal) {
        // SAFETY: Swift ends both strings with a zero for the call.
        let errno = unsafe ckvm_move_file(path, name, replaces ? 1 : 0)
        if errno != 0 { throw FileRefusal(errno: errno) }
    }
}
