internal import ArgumentParser
internal import Foundation
internal import Scenarios
internal import SystemPackage
internal import Verdicts

/// Where the reproducers of findings are saved, a scenario file for each.
struct Reproducers: ParsableArguments {
    @Option(name: .customLong("save"), help: "Folder for the reproducers.")
    var folder: String?

    @Flag(help: "Replace reproducers that exist.")
    var overwrite = false

    /// - Returns: the new file's path; nil where nothing is to be saved.
    func save(_ scenario: Scenario) throws -> String? {
        guard let folder else { return nil }
        let path = "\(folder)/\(scenario.name).yaml"
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw CommandFailure(
                status: .cannotCreate, message: "cannot create \(folder): it is no folder")
        }
        do {
            let file = try FileDescriptor.open(
                FilePath(path), .writeOnly,
                options: overwrite ? [.create, .truncate] : [.create, .exclusiveCreate],
                permissions: [.ownerReadWrite, .groupRead, .otherRead])
            try file.closeAfter {
                _ = try file.writeAll(ScenarioWriter.text(of: scenario).utf8)
            }
        } catch let errno as Errno {
            let reason = errno == .fileExists ? "it exists; --overwrite replaces it" : "\(errno)"
            throw CommandFailure(status: .cannotCreate, message: "cannot create \(path): \(reason)")
        }
        return path
    }
}
