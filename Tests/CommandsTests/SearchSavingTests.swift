import Foundation
import Subprocess
import SystemPackage
import Testing

@testable import Commands

/// What becomes of files costs no result (command-line §7).
@Suite("explore and matrix: saving")
struct SearchSavingTests {
    private static let search = ["explore", "--levels", "2", "--liveness"]
    private static let file = "rfc-v2-attribution-atomic.yaml"

    @Test("A file that exists is seen before the search, whatever may be found")
    func early() throws {
        let folder = try Folder()
        _ = try folder.write("mine\n", to: "rfc-v2-memory-safety-atomic.yaml")
        // Of so many lines the search alone would take until its limit.
        let result = program(
            "explore", "--levels", "8", "--nesting", "--max-seconds", "5", "--save-traces",
            folder.path)
        #expect(result.status == 73 && result.out.isEmpty)
        #expect(result.err.contains("it exists; --overwrite replaces it"))
        #expect(try folder.read("rfc-v2-memory-safety-atomic.yaml") == "mine\n")
        let other = try Folder()
        _ = try other.write("mine\n", to: "hardened-stuck-line-never-both.yaml")
        #expect(program("matrix", "--levels", "1", "--save-traces", other.path).status == 73)
    }

    @Test("Twice into one folder takes --overwrite, and then has the same files")
    func twice() throws {
        let folder = try Folder()
        let words = Self.search + ["--save-traces", folder.path("a/b")]
        #expect(program(words).status == 1)
        let text = try folder.read("a/b/\(Self.file)")
        #expect(program(words).status == 73)
        _ = try folder.write("old\n", to: "a/b/\(Self.file)")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path("a/b"))
        #expect(program(words + ["--overwrite"]).status == 1)
        #expect(try folder.read("a/b/\(Self.file)") == text)
        let after = try FileManager.default.contentsOfDirectory(atPath: folder.path("a/b"))
        #expect(after.sorted() == names.sorted())
    }

    @Test("A link in the folder is not followed, dangling or not", arguments: ["victim", "none"])
    func links(target: String) throws {
        let folder = try Folder()
        _ = try folder.write("mine\n", to: "victim")
        try FileManager.default.createDirectory(
            atPath: folder.path("x"), withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: folder.path("x/\(Self.file)"), withDestinationPath: "../\(target)")
        let words = Self.search + ["--save-traces", folder.path("x")]
        #expect(program(words).status == 73)
        #expect(program(words + ["--overwrite"]).status == 1)
        #expect(try folder.read("victim") == "mine\n" && !folder.contains("none"))
        let kind = try FileManager.default.attributesOfItem(atPath: folder.path("x/\(Self.file)"))
        #expect(kind[.type] as? FileAttributeType == .typeRegular)
    }

    @Test("A folder of a file's name is not taken away")
    func folderInTheWay() throws {
        let folder = try Folder()
        _ = try folder.write("mine\n", to: "kept")
        try FileManager.default.createDirectory(
            atPath: folder.path("x/\(Self.file)/y"), withIntermediateDirectories: true)
        let result = program(
            Self.search + ["--save-traces", folder.path("x"), "--overwrite"])
        #expect(result.status == 73 && result.err.contains("Is a directory"))
        #expect(folder.contains("x/\(Self.file)/y"))
    }

    @Test("The reason is the system's own")
    func reasons() async throws {
        let folder = try Folder()
        let file = try folder.write("a file\n", to: "file")
        func reason(_ path: String) -> String {
            let result = program(Self.search + ["--save-traces", path])
            #expect(result.status == 73 && result.out.isEmpty, "\(path)")
            return result.err
        }
        #expect(reason(file).contains("\(file): Not a directory"))
        #expect(reason(file + "/x").contains("Not a directory"))
        #expect(reason("/proc/none/x").contains("No such file or directory"))
        #expect(program(Self.search + ["--save-traces", ""]).status == 64)
    }

    @Test("What cannot be written at the end is 74, and the report is whole")
    func fullDisk() async throws {
        let folder = try Folder()
        let told = program(Self.search)
        // As long as a file may be: nothing.
        let words = (Self.search + ["--save-traces", folder.path("x")]).joined(separator: " ")
        let result = try await Binary.shell(
            "trap '' XFSZ; ulimit -f 0; \"$0\" \(words) | cat")
        #expect(result.out == told.out)
        #expect(result.err.contains("cannot write \(folder.path("x"))/"))
        #expect(result.err.contains("File too large"))
        let left = try FileManager.default.contentsOfDirectory(atPath: folder.path("x"))
        #expect(left.isEmpty)
        let status = try await Binary.shell(
            "trap '' XFSZ; ulimit -f 0; \"$0\" \(words) > /dev/null")
        #expect(status.status == .exited(74))
    }

    @Test("Who reads no more of the report loses no file")
    func closedPipe() throws {
        let folder = try Folder()
        var surroundings = Surroundings()
        surroundings.stdoutFailure = .brokenPipe
        for (format, path) in [("text", "a"), ("json", "b")] {
            let result = program(
                Self.search + ["--save-traces", folder.path(path), "-f", format],
                in: surroundings)
            #expect(result.status == 74)
            #expect(folder.contains("\(path)/\(Self.file)"))
        }
    }

    @Test("The files that JSON names are there")
    func json() throws {
        let folder = try Folder()
        let result = program(
            "explore", "--levels", "2", "--liveness", "--all-causes", "--with", "reset,mask",
            "-f", "json", "--save-traces", folder.path("x"))
        let document = try JSONDocument(result.out)
        let all = (document["violations"]?.list ?? []) + (document["stuckLines"]?.list ?? [])
        let files = all.compactMap { $0["file"]?.string }
        #expect(files.count == all.count && files.count > 5)
        for file in files { #expect(FileManager.default.fileExists(atPath: file), "\(file)") }
    }
}
