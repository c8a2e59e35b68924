import Foundation
import Subprocess
import SystemPackage
import Testing
import Verdicts

@testable import Commands

@Suite("A report is whole or not there, and what was there before is not lost (command-line §7)")
struct OutputFileTests {
    private let folder: Folder

    init() throws { folder = try Folder() }

    private func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    }

    private func run(_ arguments: String...) -> Ending {
        program(["run", "level-basic"] + arguments)
    }

    @Test("A file that is not finished has no name and leaves nothing")
    func unfinished() throws {
        do {
            let file = try OutputFile(folder.path("a"), overwrites: false)
            try file.write("half")
            #expect(!folder.contains("a"))
            #expect(try names().count == 1, "it is beside its place")
        }
        #expect(try names().isEmpty)
        let old = try folder.write("old", to: "a")
        do {
            let file = try OutputFile(old, overwrites: true)
            try file.write("half")
            #expect(try folder.read("a") == "old")
        }
        #expect(try folder.read("a") == "old")
        #expect(try names() == ["a"])
    }

    @Test("A file that is finished has its name, and the permissions of the old one")
    func finished() throws {
        let old = try folder.write("old", to: "a")
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: old)
        let file = try OutputFile(old, overwrites: true)
        try file.write("new")
        try file.finish()
        #expect(try folder.read("a") == "new")
        #expect(try FilePath(old).stat().permissions == .ownerReadWrite)
        #expect(try names() == ["a"])
    }

    @Test("A name that somebody else takes in the meantime costs neither file")
    func nameTaken() throws {
        let path = folder.path("a")
        let file = try OutputFile(path, overwrites: false)
        try file.write("mine")
        _ = try folder.write("theirs", to: "a")
        let failure = #expect(throws: CommandFailure.self) { try file.finish() }
        #expect(failure?.status == .cannotCreate)
        #expect(try folder.read("a") == "theirs")
        let draft = try #require(try names().first { $0 != "a" })
        #expect(failure?.message.contains(draft) == true)
        #expect(try folder.read(draft) == "mine")
    }

    @Test("A run that cannot start costs no old report")
    func aRunThatCannotStartCostsNoOldReport() throws {
        let old = try folder.write("old", to: "k.json")
        let ending = run(
            "-f", "json", "-o", old, "-f", "junit", "-o", folder.path("none/x.xml"), "--overwrite")
        #expect(ending.status == 73)
        #expect(try folder.read("k.json") == "old")
        #expect(try names() == ["k.json"])
    }

    enum Name: String, CaseIterable { case dot, hardLink, link, absent }

    /// Two writers of one file make a mess of it.
    @Test("One file by two names is refused: 64", arguments: Name.allCases)
    func oneFileByTwoNamesIsRefused(_ name: Name) throws {
        let path = folder.path("s.json")
        var other = folder.path("t.json")
        if name != .absent { _ = try folder.write("old", to: "s.json") }
        switch name {
        case .dot, .absent: other = folder.path("./s.json")
        case .hardLink: try FileManager.default.linkItem(atPath: path, toPath: other)
        case .link:
            try FileManager.default.createSymbolicLink(
                atPath: other, withDestinationPath: "s.json")
        }
        let ending = run("-f", "json", "-o", path, "-f", "junit", "-o", other, "--overwrite")
        #expect(ending.status == 64)
        #expect(ending.err.contains("the same file"))
        #expect(name == .absent || (try? folder.read("s.json")) == "old")
    }

    @Test("Two new files in one folder are two")
    func twoNewFilesInOneFolderAreTwo() throws {
        #expect(
            run("-f", "json", "-o", folder.path("a"), "-f", "junit", "-o", folder.path("b"))
                .status == 0)
        #expect(try names() == ["a", "b"])
    }

    /// Names can be guessed; in a folder of several users a link could lead anywhere.
    @Test("A link is replaced and not followed", arguments: [true, false])
    func aLinkIsReplacedAndNotFollowed(_ dangles: Bool) throws {
        let target = dangles ? folder.path("none") : try folder.write("precious", to: "target")
        let link = folder.path("link")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: target)
        #expect(run("-f", "json", "-o", link).status == 73, "it exists")
        #expect(run("-f", "json", "-o", link, "--overwrite").status == 0)
        #expect(try FilePath(link).stat(followTargetSymlink: false).type == .regular)
        #expect(try folder.read("link").hasPrefix("{"))
        #expect(dangles ? !folder.contains("none") : try folder.read("target") == "precious")
    }

    @Test("Devices are written as they are, and a folder is none")
    func devicesAreWrittenAsTheyAre() throws {
        #expect(run("-f", "json", "-o", "/dev/null").status == 0)
        let twice = run("-f", "json", "-o", "/dev/null", "-f", "junit", "-o", "/dev/null/../null")
        #expect(twice.status == 73, "/dev/null is no folder")
        let full = run("-f", "json", "-o", "/dev/full")
        #expect(full.status == 74)
        #expect(full.err == "savic-eoi: cannot write /dev/full: No space left on device\n")
        #expect(run("-f", "json", "-o", folder.path).status == 73)
    }

    @Test("A full disk costs only the report on it: 74")
    func aFullDiskCostsOnlyItsOwnReport() throws {
        let ending = run("-f", "json", "-o", "/dev/full", "-f", "junit", "-o", folder.path("a"))
        #expect(ending.status == 74)
        #expect(try folder.read("a").hasSuffix("</testsuites>\n"))
        #expect(ending.out.contains("1 pass"))
        let gone = program(
            ["run", "level-basic", "-f", "json", "-o", folder.path("b")],
            in: Surroundings(stdoutFailure: .ioError))
        #expect(gone.status == 74)
        #expect(try folder.read("b").hasSuffix("}\n"), "a terminal that has gone costs no report")
    }

    // MARK: - Processes

    @Test("A pipe, and stdout by any name, take a report")
    func aPipeAndStdoutByAnyNameTakeAReport() async throws {
        let fifo = try await Binary.shell(
            "cd '\(folder.path)' && mkfifo p && { cat p > got & } && "
                + "\"$0\" run level-basic -q -f json -o p; wait; head -c 1 got")
        #expect(fifo.out == "{")
        for name in ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"] {
            let piped = try await Binary.shell("\"$0\" run level-basic -f json -o \(name) | cat")
            #expect(piped.out.hasPrefix("{") && !piped.out.contains("1 pass"))
            let filed = try await Binary.shell(
                "\"$0\" run level-basic -f json -o \(name) > '\(folder.path("out"))'")
            #expect(filed.status == .exited(0))
            #expect(try JSONDocument(folder.read("out"))["schemaVersion"]?.integer == 2)
        }
        let other = try await Binary.shell(
            "\"$0\" run level-basic -f json -o /dev/fd/3 3> '\(folder.path("three"))'")
        #expect(other.status == .exited(0))
        #expect(try JSONDocument(folder.read("three"))["schemaVersion"]?.integer == 2)
        #expect(other.out.contains("1 pass"))
    }

    @Test("Two formats on stdout are refused, whatever it is called")
    func twoFormats() async throws {
        let line =
            "\"$0\" run level-basic -f json -o /dev/stdout -f junit -o - | cat; "
            + "\"$0\" run level-basic -f json -o - -f junit -o /dev/fd/1 | cat"
        let ending = try await Binary.shell(line)
        #expect(ending.out.isEmpty)
        #expect(ending.err.components(separatedBy: "only one format can go to stdout").count == 3)
    }

    /// A file that takes the number of a closed stream gets what is meant for the stream.
    @Test(
        "A report in place of a closed stream holds nothing of what is meant for the stream",
        arguments: ["model", "kvm", "emulator"])
    func closedStreamsGoNowhereElse(_ backend: String) async throws {
        for (number, close) in ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"].enumerated() {
            let name = "\(number).json"
            let line =
                "\"$0\" run level-basic --backend \(backend) -f json "
                + "-o '\(folder.path(name))' \(close)"
            let ending = try await Binary.shell(line)
            let document = try JSONDocument(folder.read(name))
            #expect(document["schemaVersion"]?.integer == 2)
            #expect(try folder.read(name).hasPrefix("{"))
            #expect(ending.out.isEmpty || close == "<&-" || close == "2>&-")
        }
    }

    @Test("A closed stdin is 66, a closed stdout 74")
    func closedStreams() async throws {
        let input = try await Binary.shell("\"$0\" run - <&-")
        #expect(input.status == .exited(66))
        #expect(input.err == "savic-eoi: cannot read stdin: Bad file descriptor\n")
        #expect(try await Binary.shell("\"$0\" list >&-").status == .exited(74))
    }

    @Test("A file that cannot be read says why: 66; a folder is 65")
    func unreadable() async throws {
        let memory = try await Binary.shell("\"$0\" run /proc/self/mem")
        #expect(memory.status == .exited(66))
        #expect(memory.err == "savic-eoi: cannot read /proc/self/mem: Input/output error\n")
        let directory = try await Binary.shell("\"$0\" merge /proc/self/")
        #expect(directory.status == .exited(65))
        #expect(directory.err.contains("/proc/self/:1:1: a directory; expected a YAML file"))
    }
}
