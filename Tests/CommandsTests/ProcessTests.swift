import Foundation
import Subprocess
import SystemPackage
import Testing

@Suite("The binary as a process: exit status, signals, pipes and terminals") struct ProcessTests {
    @Test("The binary is beside the tests")
    func theBinaryIsBesideTheTests() {
        #expect(FileManager.default.isExecutableFile(atPath: Binary.path), "\(Binary.path)")
    }

    @Test("Exit statuses reach the shell")
    func exitStatusesReachTheShell() async throws {
        #expect(try await Binary.run("run", "level-basic").status == .exited(0))
        #expect(try await Binary.run("run", "levl-basic").status == .exited(64))
        #expect(try await Binary.run("run", "none.yaml").status == .exited(66))
    }

    @Test("Results go to stdout, complaints to stderr")
    func resultsGoToStdoutAndComplaintsToStderr() async throws {
        let good = try await Binary.run("run", "level-basic")
        #expect(good.out.contains("1 pass") && good.err.isEmpty)
        let bad = try await Binary.run("run", "levl-basic")
        #expect(bad.out.isEmpty && bad.err.contains("did you mean"))
    }

    @Test("A scenario comes from stdin, and its command and its errors say so")
    func stdin() async throws {
        let folder = try Folder()
        let path = try folder.write([Sample.pass, .fail].text)
        let piped = try await Binary.shell("\"$0\" run - < '\(path)'")
        #expect(piped.status == .exited(1))
        #expect(piped.out.contains("rerun: savic-eoi run - --backend model\n"))
        let bad = try await Binary.shell("echo 'name: [' | \"$0\" run -")
        #expect(bad.status == .exited(65))
        #expect(bad.err.hasPrefix("savic-eoi: stdin:"))
    }

    /// The printed command, in a shell that finds `savic-eoi` on its path.
    @Test(
        "The printed command fails again in a shell, whatever the file is called",
        arguments: ["own.yaml", "with space.yaml", "it's $HOME; `x`.yaml"])
    func aShellTakesThePrintedCommand(_ name: String) async throws {
        let folder = try Folder()
        let path = try folder.write(Sample.fail.text, to: name)
        let first = try await Binary.run("run", path)
        let mark = "rerun: "
        let line = first.out.split(separator: "\n").first { $0.contains(mark) }
        let command = try #require(line?.split(separator: mark).last)
        let again = try await Binary.shell("PATH=\"${0%/*}:$PATH\"; \(command)")
        #expect(again.status == .exited(1))
        #expect(again.out.contains("EXPECTATION") && again.err.isEmpty)
    }

    // MARK: - A reader that goes away

    static let writers = [
        ["list"], ["list", "--json"], ["run"], ["run", "-f", "ktap"], ["run", "-f", "json"],
        ["probe"], ["explain", "level-basic"], ["--help"],
        ["bench", "--backend", "model", "--rounds", "9"],
    ]

    @Test("A closed pipe ends it quietly", arguments: writers)
    func aClosedPipeEndsItQuietly(_ arguments: [String]) async throws {
        let (reader, writer) = try FileDescriptor.pipe()
        try reader.close()
        let result = try await Subprocess.run(
            Binary.configuration(arguments), input: .none,
            output: .fileDescriptor(writer, closeAfterSpawningProcess: true),
            error: .string(limit: 1 << 16))
        #expect(result.standardError.isEmpty)
        #expect([.signaled(Signal.pipe.rawValue), .exited(74)].contains(result.terminationStatus))
    }

    @Test("Where SIGPIPE is ignored a closed pipe is 74, quietly", arguments: writers)
    func soItDoesWhereSIGPIPEIsIgnored(
        _ arguments: [String]
    ) async throws {
        let words = arguments.joined(separator: " ")
        let line = "trap '' PIPE; { \"$0\" \(words); echo $? >&2; } | true"
        #expect(try await Binary.shell(line).err == "74\n")
    }

    @Test("head gets its lines")
    func headGetsItsLines() async throws {
        let result = try await Binary.shell("\"$0\" list | head -c 10")
        #expect(result.out.utf8.count == 10 && result.err.isEmpty)
    }

    @Test("A full stdout is 74, also for help")
    func aFullStdoutIs74AlsoForHelp() async throws {
        for arguments in ["list", "run level-basic", "probe", "--help", "help run", "--version"] {
            let result = try await Binary.shell("\"$0\" \(arguments) > /dev/full")
            #expect(result.status == .exited(74))
        }
    }

    // MARK: - Terminals

    @Test("Without a terminal there are no escapes")
    func withoutATerminalThereAreNoEscapes() async throws {
        for command in ["run", "list", "probe"] {
            let result = try await Binary.run(command, environment: ["TERM": "xterm-256color"])
            #expect(!result.out.contains("\u{1B}") && !result.err.contains("\u{1B}"))
        }
    }

    @Test("CLICOLOR_FORCE and NO_COLOR are heard, and --color before them")
    func theEnvironmentIsListenedTo() async throws {
        func isColoured(_ environment: [String: String]) async throws -> Bool {
            let result = try await Binary.run("run", "level-basic", environment: environment)
            return result.out.contains("\u{1B}[")
        }
        #expect(try await isColoured(["CLICOLOR_FORCE": "1"]))
        #expect(try await !isColoured(["CLICOLOR_FORCE": "1", "NO_COLOR": "1"]))
        let always = try await Binary.run(
            "run", "level-basic", "--color", "always", environment: ["NO_COLOR": "1"])
        #expect(always.out.contains("\u{1B}["))
    }

    @Test("KSFT_TAP_LEVEL is heard")
    func theKselftestRunnerIsListenedTo() async throws {
        let inner = try await Binary.run(
            "run", "level-basic", "-f", "ktap", environment: ["KSFT_TAP_LEVEL": "1"])
        #expect(inner.out.hasPrefix("1..1\n"))
    }

    @Test("An empty environment is enough")
    func anEmptyEnvironmentIsEnough() async throws {
        #expect(try await Binary.run("run", "level-basic", environment: [:]).status == .exited(0))
    }

    // MARK: - Other users

    /// That /dev/kvm is forbidden can be mended, so it is an error with advice and no skip.
    @Test(
        "Where /dev/kvm is forbidden a run is 70, and probe says why",
        .opensKVM, .enabled(if: Self.isRoot, "takes root to become another user"))
    func forbidden() async throws {
        let nobody = "exec setpriv --reuid 65534 --regid 65534 --clear-groups \"$0\""
        let run = try await Binary.shell("\(nobody) run level-basic --backend kvm")
        #expect(run.status == .exited(70))
        #expect(run.out.contains("error") && run.out.contains("1 error"), "\(run.out)")
        #expect(run.err.contains("/dev/kvm failed (EACCES)") && run.err.contains("group"))
        let probe = try await Binary.shell("\(nobody) probe --json --require kvm")
        #expect(probe.status == .exited(4))
        let checks = try JSONDocument(probe.out)["checks"]?.list ?? []
        let device = checks.first { $0["name"]?.string == "/dev/kvm" }
        #expect(device?["status"]?.string == "forbidden")
        #expect(device?["remedy"]?.string?.isEmpty == false)
    }

    /// CI has to tell this from a crash: by a report, whatever the backend (command-line §5).
    @Test(
        "Where /dev/kvm is forbidden there is a report all the same (command-line §5)",
        .opensKVM, .enabled(if: Self.isRoot, "takes root to become another user"),
        arguments: ["kvm", "emulator"])
    func forbiddenReport(_ backend: String) async throws {
        let nobody = "exec setpriv --reuid 65534 --regid 65534 --clear-groups \"$0\""
        let line = "\(nobody) run level-basic edge-basic --backend \(backend) -f json"
        let run = try await Binary.shell(line)
        #expect(run.status == .exited(70))
        let scenarios = try JSONDocument(run.out)["scenarios"]?.list ?? []
        #expect(scenarios.map { $0["verdict"]?.string } == ["error", "error"])
        #expect(scenarios.allSatisfy { $0["failure"]?.string?.contains("EACCES") == true })
        let fuzz = try await Binary.shell("\(nobody) fuzz --backend \(backend) --seed 1 --json")
        #expect(fuzz.status == .exited(70))
        #expect(try JSONDocument(fuzz.out)["performed"]?.integer == 1)
    }

    private static let isRoot = FileManager.default.isWritableFile(atPath: "/proc/1/oom_score_adj")
}

extension Signal {
    fileprivate static let pipe = Signal(rawValue: 13)
}
