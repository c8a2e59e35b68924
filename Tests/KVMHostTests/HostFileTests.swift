import Foundation
import Glibc
import KVMHost
import Testing

@Suite("Files by their errno") struct HostFileTests {
    /// A folder for one test.
    private func inFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder.path(percentEncoded: false))
    }

    private func errno(_ body: () throws(FileRefusal) -> Void) -> Int32? {
        do throws(FileRefusal) {
            try body()
            return nil
        } catch { return error.errno }
    }

    private func refusal(of descriptor: Int32) -> Int32? {
        errno { () throws(FileRefusal) in _ = try HostFile.read(descriptor, most: 1) }
    }

    @Test("A file is read to its end or to the bound, whichever comes first")
    func aFileIsReadUpToItsBound() throws {
        try inFolder { folder in
            try Data(repeating: 7, count: 200_000).write(to: URL(filePath: folder + "/a"))
            for most in [0, 1, 65_536, 199_999, 200_000, 1 << 20] {
                let file = try FileHandle(forReadingFrom: URL(filePath: folder + "/a"))
                let bytes = try HostFile.read(file.fileDescriptor, most: most)
                #expect(bytes == [UInt8](repeating: 7, count: min(most, 200_000)))
            }
        }
    }

    @Test("What a pipe has is there at once, before its end, and then nothing")
    func whatAPipeHasComesAtOnce() throws {
        let pipe = Pipe()
        try pipe.fileHandleForWriting.write(contentsOf: Data("one\ntwo".utf8))
        let source = pipe.fileHandleForReading.fileDescriptor
        #expect(try HostFile.readNext(source, most: 5) == Array("one\nt".utf8))
        #expect(try HostFile.readNext(source, most: 5) == Array("wo".utf8))
        try pipe.fileHandleForWriting.close()
        #expect(try HostFile.readNext(source, most: 5).isEmpty)
    }

    @Test("A folder and a closed descriptor are refused with their errno")
    func whatCannotBeReadSaysWhy() throws {
        try inFolder { folder in
            // SAFETY: Swift ends the string with a zero for the call.
            let directory = unsafe open(folder, O_RDONLY)
            defer { close(directory) }
            #expect(refusal(of: directory) == EISDIR)
        }
        #expect(refusal(of: -1) == EBADF)
    }

    @Test("A move replaces a file only where it is asked to")
    func moves() throws {
        try inFolder { folder in
            let (one, two) = (folder + "/one", folder + "/two")
            for (path, text) in [(one, "new"), (two, "old")] {
                try Data(text.utf8).write(to: URL(filePath: path))
            }
            #expect(
                errno { () throws(FileRefusal) in
                    try HostFile.move(one, to: two, replaces: false)
                } == EEXIST)
            #expect(try String(contentsOfFile: two, encoding: .utf8) == "old")
            try HostFile.move(one, to: two, replaces: true)
            #expect(try String(contentsOfFile: two, encoding: .utf8) == "new")
            try HostFile.move(two, to: one, replaces: false)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["one"])
            #expect(
                errno { () throws(FileRefusal) in
                    try HostFile.move(two, to: one, replaces: true)
                } == ENOENT)
        }
    }
}
