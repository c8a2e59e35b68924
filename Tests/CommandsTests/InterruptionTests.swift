import Foundation
import Subprocess
import SystemPackage
import Testing

@Suite("Ctrl-C stops cleanly, says what did not run, and exits 130", .serialized)
struct InterruptionTests {
    struct Stopped {
        var status: TerminationStatus
        var out: String
        var err: String
        /// From the signal to the end of the process.
        var delay: Duration
        /// Processes left in its session.
        var leftovers: [String]
    }

    private func stop(_ signal: Signal, _ arguments: String...) async throws -> Stopped {
        try await stop(signal, arguments)
    }

    /// Other tests share the processors: only what takes long each time is slow.
    private func stop(_ signal: Signal, _ arguments: [String]) async throws -> Stopped {
        var stopped = try await stopOnce(signal, arguments)
        for _ in 0..<3 where stopped.delay >= .seconds(1) {
            stopped = try await stopOnce(signal, arguments)
        }
        return stopped
    }

    /// Starts a command in a session of its own, sends the signal once it has begun, and waits.
    private func stopOnce(_ signal: Signal, _ arguments: [String]) async throws -> Stopped {
        let folder = try Folder()
        var configuration = Binary.configuration(arguments)
        configuration.platformOptions.createSession = true
        let out = try FileDescriptor.open(
            FilePath(folder.path("out")), .readWrite, options: [.create, .truncate],
            permissions: .ownerReadWrite)
        let result = try await Subprocess.run(
            configuration, input: .none,
            output: .fileDescriptor(out, closeAfterSpawningProcess: true),
            error: .string(limit: 1 << 16)
        ) { execution in
            // Signals are listened for before anything is written.
            while try folder.read("out").isEmpty { try await Task.sleep(for: .milliseconds(10)) }
            try await Task.sleep(for: .milliseconds(200))
            try execution.send(signal: signal)
            return ContinuousClock.now
        }
        let delay = result.closureResult.duration(to: .now)
        let session = result.processIdentifier.value
        return Stopped(
            status: result.terminationStatus, out: try folder.read("out"),
            err: result.standardError, delay: delay, leftovers: Self.processes(inSession: session))
    }

    /// proc(5): the session is the fourth field behind the command's name in brackets.
    private static func processes(inSession session: Int32) -> [String] {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return all.filter { name in
            let line = (try? String(contentsOfFile: "/proc/\(name)/stat", encoding: .utf8)) ?? ""
            let fields = line[(line.lastIndex(of: ")") ?? line.startIndex)...].split(separator: " ")
            return fields.count > 4 && fields[4] == "\(session)"
        }
    }

    private func expectCleanEnd(_ stopped: Stopped) {
        #expect(stopped.status == .exited(130))
        #expect(stopped.delay < .seconds(1))
        #expect(stopped.out.contains("1 not run or not finished: level-basic"))
        #expect(stopped.out.contains("1 unfinished"))
        #expect(stopped.err.isEmpty)
        #expect(stopped.leftovers.isEmpty)
    }

    @Test(
        "A signal stops a long run within a second, and nothing is left behind",
        .timeLimit(.minutes(1)), arguments: [Signal.interrupt, .terminate, .hangup])
    func theSignalStopsALongRun(_ signal: Signal) async throws {
        expectCleanEnd(try await stop(signal, "run", "--repeat", "1000000", "level-basic"))
    }

    @Test(
        "A signal stops a run on KVM within a second, and nothing is left behind",
        .timeLimit(.minutes(1)), .opensKVM)
    func theSignalStopsARunOnKVM() async throws {
        expectCleanEnd(
            try await stop(
                .interrupt, "run", "--backend", "kvm", "--repeat", "1000000", "level-basic"))
    }

    @Test(
        "The reports of a stopped run are whole, and a cut-short repeat is no pass",
        .timeLimit(.minutes(1)))
    func theReportsOfAStoppedRunAreWhole() async throws {
        let folder = try Folder()
        let stopped = try await stop(
            .interrupt, "run", "--repeat", "1000000", "level-basic", "edge-basic", "-f", "json",
            "-o", folder.path("a"), "-f", "ktap", "-o", folder.path("b"), "-f", "text",
            "--overwrite")
        #expect(stopped.status == .exited(130))
        let document = try JSONDocument(folder.read("a"))
        #expect(JSONPromiseTests.run.problems(document.value).isEmpty)
        #expect(document["unfinished"]?.strings == ["level-basic", "edge-basic"])
        #expect(document["totals"]?["pass"]?.integer == 0, "a cut-short repeat is no pass")
        #expect(try folder.read("b").contains("1..2\n"))
    }

    /// Nothing has begun, so there is nothing to say: a pipe that nobody writes is waited for.
    @Test(
        "A signal ends without a word what still waits for a file",
        .timeLimit(.minutes(1)), arguments: [Signal.interrupt, .terminate, .hangup],
        [["run"], ["list"], ["merge"], ["explore", "--config"], ["run", "--assumptions"]])
    func theSignalEndsWhatWaitsForAFile(_ signal: Signal, _ words: [String]) async throws {
        let folder = try Folder()
        let path = folder.path("never.yaml")
        let made = try await Binary.shell("mkfifo '\(path)'")
        #expect(made.status == .exited(0))
        let result = try await Subprocess.run(
            Binary.configuration(words + [path]), input: .none, output: .string(limit: 1 << 10),
            error: .string(limit: 1 << 10)
        ) { execution in
            try await Task.sleep(for: .milliseconds(500))
            try execution.send(signal: signal)
        }
        #expect(result.terminationStatus == .exited(130))
        #expect(result.standardOutput.isEmpty && result.standardError.isEmpty)
    }

    @Test(
        "A signal ends at once who waits for a line that somebody types",
        .timeLimit(.minutes(1)), arguments: [Signal.interrupt, .terminate, .hangup])
    func theSignalEndsWhatWaitsForALine(_ signal: Signal) async throws {
        let folder = try Folder()
        let path = folder.path("never")
        let made = try await Binary.shell("mkfifo '\(path)'")
        #expect(made.status == .exited(0))
        // Open for writing too, so that it does not end.
        let never = try FileDescriptor.open(FilePath(path), .readWrite)
        let out = try FileDescriptor.open(
            FilePath(folder.path("out")), .writeOnly, options: [.create],
            permissions: .ownerReadWrite)
        let result = try await Subprocess.run(
            Binary.configuration(["step", "level-basic"]),
            input: .fileDescriptor(never, closeAfterSpawningProcess: true),
            output: .fileDescriptor(out, closeAfterSpawningProcess: true),
            error: .string(limit: 1 << 10)
        ) { execution in
            while try folder.read("out").isEmpty { try await Task.sleep(for: .milliseconds(10)) }
            try await Task.sleep(for: .milliseconds(200))
            try execution.send(signal: signal)
        }
        #expect(result.terminationStatus == .exited(130))
        #expect(try folder.read("out").hasSuffix("     next: assert 2\n"))
        #expect(result.standardError.isEmpty)
    }

    @Test("A hangup that is ignored stays so (nohup(1))")
    func aHangupThatIsIgnoredStaysSo() async throws {
        let line =
            "trap '' HUP; \"$0\" run --repeat 300 level-basic & "
            + "sleep 0.3; kill -HUP $!; wait $!"
        let result = try await Binary.shell(line)
        #expect(result.status == .exited(0))
        #expect(result.out.contains("1 pass"))
    }

    /// Of rounds that were not all gone through there are no figures.
    private func expectUnfinishedBench(on backend: String, _ signal: Signal) async throws {
        let stopped = try await stop(
            signal, "bench", "--backend", backend, "--irqchip", "both", "--rounds", "1000000000")
        #expect(stopped.status == .exited(130))
        #expect(stopped.delay < .seconds(1))
        #expect(stopped.out.contains("unfinished  \(backend)  split   interrupted"))
        #expect(stopped.out.contains("unfinished  \(backend)  kernel  interrupted\n"))
        #expect(!stopped.out.contains("rounds/s") && stopped.err.isEmpty)
        #expect(stopped.leftovers.isEmpty)
    }

    @Test(
        "A signal stops a bench, which then has no figures",
        .timeLimit(.minutes(1)), arguments: [Signal.interrupt, .terminate])
    func theSignalStopsABench(_ signal: Signal) async throws {
        try await expectUnfinishedBench(on: "model", signal)
    }

    @Test(
        "A signal stops a bench on KVM, which then has no figures",
        .timeLimit(.minutes(1)), .opensKVM)
    func theSignalStopsABenchOnKVM() async throws {
        try await expectUnfinishedBench(on: "kvm", .interrupt)
    }

    /// A campaign without an end (command-line §9).
    private func expectStoppedCampaign(
        _ signal: Signal, _ backend: String, _ more: String...
    ) async throws {
        let stopped = try await stop(
            signal, ["fuzz", "--backend", backend, "--seed", "1", "--runs", "\(Int.max)"] + more)
        #expect(stopped.status == .exited(130))
        #expect(stopped.delay < .seconds(1))
        #expect(stopped.out.hasSuffix("\ninterrupted\n"))
        #expect(stopped.out.contains(", compared ") && stopped.err.isEmpty)
        #expect(stopped.leftovers.isEmpty)
    }

    @Test(
        "A signal stops a campaign within a second, also while it shrinks",
        .timeLimit(.minutes(1)), arguments: [Signal.interrupt, .terminate, .hangup])
    func theSignalStopsACampaign(_ signal: Signal) async throws {
        try await expectStoppedCampaign(signal, "model")
        try await expectStoppedCampaign(signal, "model", "--steps", "10000")
        // Most likely while it shrinks what it has found.
        try await expectStoppedCampaign(signal, "model", "--steps", "5000", "--strict", "--hostile")
    }

    @Test("A signal stops a campaign on KVM within a second", .timeLimit(.minutes(1)), .opensKVM)
    func theSignalStopsACampaignOnKVM() async throws {
        try await expectStoppedCampaign(.interrupt, "kvm")
    }

    /// A search prints nothing before its end; that it listens for the signal is the sign of its
    /// beginning. Each of these takes seconds.
    private func stopSearch(
        after pause: Duration, _ arguments: [String]
    ) async throws -> (status: TerminationStatus, delay: Duration, out: String) {
        let result = try await Subprocess.run(
            Binary.configuration(arguments), input: .none, output: .string(limit: 1 << 22),
            error: .discarded
        ) { execution in
            while !Self.catchesInterrupt(execution.processIdentifier.value) {
                try await Task.sleep(for: .milliseconds(10))
            }
            try await Task.sleep(for: pause)
            try execution.send(signal: .interrupt)
            return ContinuousClock.now
        }
        return (
            result.terminationStatus, result.closureResult.duration(to: .now),
            result.standardOutput
        )
    }

    /// Before a search has begun, which is later on a busy machine, a signal ends the process
    /// without a word. Other tests share the processors: only what takes long each time is slow.
    private func stopBegunSearch(
        after milliseconds: Int, _ arguments: String...
    ) async throws -> (status: TerminationStatus, delay: Duration, out: String) {
        for delay in stride(from: 0, through: 8_000, by: 1_000) {
            let stopped = try await stopSearch(
                after: .milliseconds(milliseconds + delay), arguments)
            if !stopped.out.isEmpty, stopped.delay < .seconds(1) { return stopped }
            try #require(stopped.status == .exited(130))
        }
        throw SearchNeverBegan()
    }

    private struct SearchNeverBegan: Error {}

    /// proc_pid_status(5): the signals that are caught, from signal 1 in bit 0.
    private static func catchesInterrupt(_ process: Int32) -> Bool {
        let text = (try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)) ?? ""
        let mask = text.split(separator: "\n").first { $0.hasPrefix("SigCgt:") }?
            .split(separator: "\t").last.flatMap { UInt64($0, radix: 16) }
        return (mask ?? 0) >> 1 & 1 != 0
    }

    @Test(
        "A signal stops a search in each of its parts, and what was found is told",
        .timeLimit(.minutes(1)), arguments: [300, 1_500, 3_000])
    func theSignalStopsASearch(milliseconds: Int) async throws {
        let stopped = try await stopBegunSearch(
            after: milliseconds, "explore", "--levels", "4", "--nesting", "--liveness",
            "--all-causes", "--with", "mask,unmask")
        #expect(stopped.status == .exited(130))
        #expect(stopped.delay < .seconds(1))
        #expect(stopped.out.contains("\ninterrupted; every state to depth "))
        #expect(!stopped.out.contains("complete:") && !stopped.out.contains("never violated"))
        #expect(stopped.out.contains("liveness: not asked"))
    }

    @Test(
        "A signal stops the question of liveness, and what was visited is told",
        .timeLimit(.minutes(1)))
    func liveness() async throws {
        // When it begins is the machine's affair: earlier where it has ended, later where it has
        // not begun.
        var (early, late) = (0, 12_000)
        while late - early > 100 {
            let pause = (early + late) / 2
            let stopped = try await stopSearch(
                after: .milliseconds(pause),
                ["explore", "--levels", "4", "--nesting", "--liveness"])
            guard stopped.status == .exited(130) else {
                late = pause
                continue
            }
            #expect(stopped.delay < .seconds(1) && !stopped.out.contains("complete:"))
            guard stopped.out.contains("\ninterrupted; every reachable state was visited\n") else {
                early = pause
                continue
            }
            #expect(stopped.out.contains("not answered, because the search was stopped"))
            #expect(stopped.out.contains("208740 states, 1480908 transitions"))
            #expect(stopped.out.contains("never violated: memory-safety"))
            return
        }
        Issue.record("no signal came while liveness was asked")
    }

    @Test("A signal stops a matrix within a second", .timeLimit(.minutes(1)))
    func theSignalStopsAMatrix() async throws {
        let stopped = try await stopBegunSearch(
            after: 2_000, "matrix", "--levels", "4", "--nesting")
        #expect(stopped.status == .exited(130))
        #expect(stopped.delay < .seconds(1))
        #expect(stopped.out.contains(" of 144 combinations, then interrupted"))
    }

    @Test("A signal stops mutants, and calls no scenario unfit that it has cut short")
    func theSignalStopsMutants() async throws {
        for pause in [300, 1_000] {
            let stopped = try await stopBegunSearch(after: pause, "mutants")
            #expect(stopped.status == .exited(130))
            #expect(stopped.out.contains("; interrupted after "))
            #expect(!stopped.out.contains("not asked"))
        }
    }

    @Test("The look for processes that are left over sees one")
    func theLookForLeftoversSeesAProcess() async throws {
        var configuration = Binary.configuration(["-c", "sleep 20"], of: "/bin/sh")
        configuration.platformOptions.createSession = true
        _ = try await Subprocess.run(
            configuration, input: .none, output: .discarded, error: .discarded
        ) { execution in
            #expect(!Self.processes(inSession: execution.processIdentifier.value).isEmpty)
            try execution.send(signal: .kill, toProcessGroup: true)
        }
    }
}

extension Signal {
    /// The terminal has gone.
    fileprivate static let hangup = Signal(rawValue: 1)
}
