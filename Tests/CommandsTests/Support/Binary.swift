import Foundation
import Subprocess
import SystemPackage
import Testing

/// The program that was built along with these tests.
enum Binary {
    /// Beside the test bundle, which is this process.
    static let path: String = {
        let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return FilePath(own ?? "").removingLastComponent().appending("savic-eoi").string
    }()

    /// What is the same for every start.
    static func configuration(
        _ arguments: [String], of executable: String = path,
        environment: [String: String] = ["LANG": "C.UTF-8"]
    ) -> Configuration {
        let environment = environment.reduce(into: [Environment.Key: String]()) { all, pair in
            all[Environment.Key(stringLiteral: pair.key)] = pair.value
        }
        return Configuration(
            executable: .path(FilePath(executable)), arguments: Arguments(arguments),
            environment: .custom(environment))
    }

    /// Runs it to its end, without a terminal.
    static func run(
        _ arguments: String..., environment: [String: String] = ["LANG": "C.UTF-8"]
    ) async throws -> (status: TerminationStatus, out: String, err: String) {
        let result = try await Subprocess.run(
            configuration(arguments, environment: environment), input: .none,
            output: .string(limit: 1 << 22), error: .string(limit: 1 << 20))
        return (result.terminationStatus, result.standardOutput, result.standardError)
    }

    /// Runs a line of shell in which `$0` is the program.
    static func shell(
        _ line: String
    ) async throws -> (status: TerminationStatus, out: String, err: String) {
        let result = try await Subprocess.run(
            configuration(["-c", line, path], of: "/bin/sh"), input: .none,
            output: .string(limit: 1 << 22), error: .string(limit: 1 << 20))
        return (result.terminationStatus, result.standardOutput, result.standardError)
    }
}

extension Trait where Self == ConditionTrait {
    /// The condition is the opening alone: what comes after it may fail a test.
    static var opensKVM: Self {
        .enabled(if: Device.kvmOpens, "/dev/kvm cannot be opened for reading and writing")
    }
}

private enum Device {
    static let kvmOpens: Bool = {
        guard let file = try? FileDescriptor.open(FilePath("/dev/kvm"), .readWrite) else {
            return false
        }
        try? file.close()
        return true
    }()
}
