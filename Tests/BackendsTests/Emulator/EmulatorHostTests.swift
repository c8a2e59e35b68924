import Glibc
import InterruptModel
import KVMHost
import Lockstep
import TestSupport
import Testing
import Verdicts

@testable import Backends

/// Hosts on which the emulator cannot run: a skip where something is missing, an error where
/// somebody can mend it.
@Suite("The emulator on hosts that lack something", .serialized, .inTurnOnKVM)
struct EmulatorHostTests {
    private func backend(_ change: (inout SystemCalls) -> Void) -> EmulatorBackend {
        var calls = SystemCalls.live
        change(&calls)
        return EmulatorBackend(calls: calls)
    }

    private func outcome(on backend: EmulatorBackend) throws -> ScenarioOutcome {
        var backend: any Backend = backend
        return Lockstep(LockstepOptions()).run(
            try scenario("assert 2, run, deassert 2, eoi"), on: &backend)
    }

    @Test("Without /dev/kvm everything is skipped, with the reason", arguments: [ENOENT, ENODEV])
    func noDevice(errno: Int32) throws {
        let backend = backend { $0.open = { _, _ in -errno } }
        #expect(backend.refusal == nil)
        #expect(backend.obstacleToProbes(of: EOIDesigns.standard)?.reason == "needs /dev/kvm")
        #expect(backend.obstacleToProbes(of: EOIDesigns.standard)?.hint.contains("kvm_amd") == true)
        let outcome = try outcome(on: backend)
        #expect(outcome.verdict == .skip && outcome.skip?.reason == "needs /dev/kvm")
        let found = backend.characterize(CharacterizeOptions(repeats: 9, names: ["shadow"]))
        #expect(found.findings.first?.runs == 3)
        #expect(
            found.findings.first?.outcomes.map(\.outcome)
                == [.failure("no guest: needs /dev/kvm")])
    }

    @Test("A forbidden /dev/kvm is an error in the kernel's words", arguments: [EACCES, EPERM])
    func forbidden(errno: Int32) throws {
        let backend = backend { $0.open = { _, _ in -errno } }
        #expect(backend.refusal?.contains(CallFailure.name(of: errno)) == true)
        #expect(backend.obstacleToProbes(of: EOIDesigns.standard) == nil)
        let outcome = try outcome(on: backend)
        #expect(outcome.verdict == .error)
        #expect(outcome.failure == backend.refusal)
    }

    @Test("A KVM without MSR exits is a reason to skip", .requiresEmulator)
    func noMSRExits() throws {
        let backend = backend { calls in
            let live = calls
            calls.ioctl = { descriptor, request, argument in
                // KVM_CHECK_EXTENSION of KVM_CAP_X86_USER_SPACE_MSR.
                request == 0xAE03 && argument == 188
                    ? 0 : live.ioctl(descriptor, request, argument)
            }
        }
        #expect(
            backend.obstacleToProbes(of: EOIDesigns.standard)?.reason
                == "needs KVM_CAP_X86_USER_SPACE_MSR")
        let outcome = try outcome(on: backend)
        #expect(outcome.skip?.reason == "needs KVM_CAP_X86_USER_SPACE_MSR")
        #expect(outcome.skip?.hint.contains("5.10") == true)
    }

    /// As a seccomp filter or a cgroup answers.
    @Test(
        "That KVM does not say whether it has MSR exits is an error, and no lack of them",
        .requiresEmulator, arguments: [EPERM, ENOMEM, EAGAIN, EFAULT])
    func noAnswer(errno: Int32) throws {
        let backend = backend { calls in
            let live = calls
            calls.ioctl = { descriptor, request, argument in
                request == 0xAE03 && argument == 188
                    ? -errno : live.ioctl(descriptor, request, argument)
            }
        }
        #expect(backend.obstacleToProbes(of: EOIDesigns.standard) == nil)
        let outcome = try outcome(on: backend)
        #expect(outcome.verdict == .error)
        #expect(outcome.failure?.contains("KVM_CHECK_EXTENSION") == true)
        #expect(outcome.failure?.contains(CallFailure.name(of: errno)) == true)
        let found = backend.characterize(CharacterizeOptions(names: ["shadow"]))
        #expect(found.findings.first?.outcomes.first?.outcome.kind == .failure)
    }

    @Test(
        "A VM that cannot be made, or does not run, is an error with the call's name",
        .requiresEmulator,
        arguments: [
            (UInt(0xAE01), ENOMEM, "KVM_CREATE_VM"), (0xAE41, ENOMEM, "KVM_CREATE_VCPU"),
            (0xAE80, ENOEXEC, "KVM_RUN"),
        ])
    func failingCall(request: UInt, errno: Int32, name: String) throws {
        let backend = backend { calls in
            let live = calls
            calls.ioctl = {
                $1 == request ? -errno : live.ioctl($0, $1, $2)
            }
        }
        let outcome = try outcome(on: backend)
        #expect(outcome.verdict == .error)
        #expect(outcome.failure?.contains(name) == true)
        #expect(outcome.failure?.contains(CallFailure.name(of: errno)) == true)
    }
}
