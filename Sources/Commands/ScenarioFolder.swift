internal import Foundation
internal import Scenarios
internal import SystemPackage
internal import Verdicts

/// A folder for scenario files that the program writes.
struct ScenarioFolder {
    let path: String
    /// Whether files that exist are replaced.
    var overwrites = false

    /// - Returns: the new file's path.
    func save(_ scenario: Scenario) throws -> String {
        let file = "\(path)/\(scenario.name).yaml"
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true)
        } catch {
            throw CommandFailure(
                status: .cannotCreate, message: "cannot create \(path): it is no folder")
        }
        do {
            let descriptor = try FileDescriptor.open(
                FilePath(file), .writeOnly,
                options: overwrites ? [.create, .truncate] : [.create, .exclusiveCreate],
                permissions: [.ownerReadWrite, .groupRead, .otherRead])
            try descriptor.closeAfter {
                _ = try descriptor.writeAll(ScenarioWriter.text(of: scenario).utf8)
            }
        } catch let errno as Errno {
            let reason = errno == .fileExists ? "it exists; --overwrite replaces it" : "\(errno)"
            throw CommandFailure(status: .cannotCreate, message: "cannot create \(file): \(reason)")
        }
        return file
    }
}
