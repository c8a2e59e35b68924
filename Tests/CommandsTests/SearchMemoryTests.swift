import ArgumentParser
import Searches
import StateExplorer
import Subprocess
import Testing
import Verdicts

@testable import Commands

/// A search ends before memory does (command-line §7).
@Suite("memory of a search")
struct SearchMemoryTests {
    private static let meminfo = "MemTotal:   9999 kB\nMemAvailable:   8388608 kB\n"

    private func memory(_ files: [String: String]) -> FreeMemory {
        FreeMemory { files[$0] ?? ($0 == "/proc/meminfo" ? Self.meminfo : nil) }
    }

    private static let mebibyte = 1 << 20

    @Test("Without limits half of what is free counts; without a number 2 GiB are")
    func free() {
        #expect(memory([:]).available == 8 << 30 && memory([:]).most(threads: 1) == nil)
        #expect(FreeMemory { _ in nil }.available == 2 << 30)
        #expect(SearchBudget.standardLimits(threads: 1, in: memory([:])).bytes == (4 << 30) / 8 * 7)
    }

    private static func limits(address: String = "unlimited", data: String = "unlimited")
        -> [String: String]
    {
        [
            "/proc/self/limits": """
            Limit                     Soft Limit           Hard Limit           Units
            Max data size             \(data)            unlimited            bytes
            Max address space         \(address)         unlimited            bytes
            """,
            "/proc/self/status": "Name:\tx\nVmSize:\t  102400 kB\nVmData:\t  10240 kB\n",
        ]
    }

    @Test("Resource limits leave half of what is not used, and room for threads")
    func resources() {
        let address = memory(Self.limits(address: "\(500 * Self.mebibyte)"))
        #expect(address.most(threads: 1) == 200 * Self.mebibyte)
        #expect(address.most(threads: 3) == (400 - 144) / 2 * Self.mebibyte)
        #expect(address.threads(of: 8) == 1)
        let data = memory(Self.limits(data: "\(1034 * Self.mebibyte)"))
        #expect(data.most(threads: 1) == 512 * Self.mebibyte && data.threads(of: 8) == 3)
        #expect(memory(Self.limits()).most(threads: 9) == nil)
        #expect(memory(Self.limits()).threads(of: 8) == 8)
        let spent = memory(Self.limits(address: "\(Self.mebibyte)"))
        #expect(spent.most(threads: 1) == 0 && spent.threads(of: 8) == 1)
    }

    @Test("Of version 2 the process's own group counts, and those that it stands in")
    func second() {
        var files = [
            "/proc/self/cgroup": "0::/slurm/job_7/step\n",
            "/proc/self/mountinfo":
                "30 23 0:26 / /sys/fs/cgroup rw shared:4 - cgroup2 cgroup rw\n",
            "/sys/fs/cgroup/slurm/job_7/memory.max": "\(800 * Self.mebibyte)\n",
            "/sys/fs/cgroup/slurm/job_7/memory.current": "\(300 * Self.mebibyte)\n",
            "/sys/fs/cgroup/slurm/job_7/memory.stat":
                "anon 1\nfile 5\ninactive_file \(60 * Self.mebibyte)\n",
            "/sys/fs/cgroup/slurm/job_7/step/memory.max": "max\n",
            "/sys/fs/cgroup/slurm/job_7/step/memory.current": "5\n",
            // What the root has is not the process's.
            "/sys/fs/cgroup/memory.max": "max\n",
        ]
        #expect(memory(files).most(threads: 2) == 560 * Self.mebibyte / 8 * 7)
        files["/sys/fs/cgroup/slurm/job_7/step/memory.max"] = "\(100 * Self.mebibyte)"
        files["/sys/fs/cgroup/slurm/job_7/step/memory.current"] = "\(90 * Self.mebibyte)"
        #expect(memory(files).most(threads: 2) == 10 * Self.mebibyte / 8 * 7)
        files["/sys/fs/cgroup/slurm/job_7/step/memory.current"] = "\(120 * Self.mebibyte)"
        #expect(memory(files).most(threads: 2) == 0)
    }

    @Test("In a container its own group is the root of what is mounted")
    func container() {
        let files = [
            "/proc/self/cgroup": "0::/docker/abc\n",
            "/proc/self/mountinfo":
                "30 23 0:26 /docker/abc /sys/fs/cgroup ro - cgroup2 cgroup rw\n",
            "/sys/fs/cgroup/memory.max": "\(64 * Self.mebibyte)",
            "/sys/fs/cgroup/memory.current": "0",
        ]
        #expect(memory(files).most(threads: 1) == 56 * Self.mebibyte)
    }

    @Test("Of version 1 the group of the controller of memory counts")
    func first() {
        let files = [
            "/proc/self/cgroup": "5:cpu,cpuacct:/a\n4:memory:/job\n1:name=systemd:/b\n0::/\n",
            "/proc/self/mountinfo": """
            31 30 0:27 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu,cpuacct
            33 30 0:29 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
            """,
            "/sys/fs/cgroup/memory/job/memory.limit_in_bytes": "\(256 * Self.mebibyte)\n",
            "/sys/fs/cgroup/memory/job/memory.usage_in_bytes": "\(56 * Self.mebibyte)\n",
            "/sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
            "/sys/fs/cgroup/memory/memory.usage_in_bytes": "7\n",
        ]
        #expect(memory(files).most(threads: 1) == 175 * Self.mebibyte)
    }

    @Test("--max-memory is never more than a process can be given")
    func clamps() throws {
        func bytes(_ value: String, _ memory: FreeMemory) throws -> Int {
            try SearchBudget.parse(["--threads", "1", "--max-memory", value])
                .limits(in: memory).bytes
        }
        #expect(try bytes("9223372036854775807", memory([:])) > 1 << 60)
        #expect(try bytes("16", memory([:])) == 14 * Self.mebibyte)
        let limited = memory(Self.limits(address: "\(500 * Self.mebibyte)"))
        #expect(try bytes("9223372036854775807", limited) == 175 * Self.mebibyte)
        #expect(try bytes("16", limited) == 14 * Self.mebibyte)
    }

    @Test("A huge --max-memory searches all")
    func huge() {
        let result = program("explore", "--levels", "2", "--max-memory", "9223372036854775807")
        #expect(result.status == 1 && result.out.contains("434 states"))
        #expect(result.out.contains("complete: every reachable state"))
    }

    @Test("Who has seen the start alone is not green")
    func startOnly() throws {
        let plan = try ExplorePlan(ExploreCommand.parse(["--levels", "1"]))
        for (stop, status) in [(SearchStop.memory, 75), (.time, 75), (.depth, 0), (nil, 0)] {
            var report = SearchReport()
            (report.states, report.stop) = (1, stop)
            let found = ModelFindings(plan.search, report)
            let whole = ExploreReport(plan: plan, found: found, seconds: 1, threads: 1)
            #expect(whole.status(requiresCompleteness: false).rawValue == Int32(status))
        }
    }

    @Test("Where a resource is limited the search ends and says so", arguments: [1, 4])
    func ulimit(threads: Int) async throws {
        let result = try await Binary.shell(
            "ulimit -d 14000; \"$0\" explore --levels 8 --with mask,unmask,retarget "
                + "--threads \(threads) --max-memory 9223372036854775807 --max-seconds 30")
        #expect(result.status == .exited(1), "\(result.err)")
        #expect(result.out.contains("not complete: --max-memory ended it"), "\(result.out)")
    }
}
