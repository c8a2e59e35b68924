internal import Foundation
internal import SystemPackage
internal import Verdicts

/// The scenario files of a folder that somebody names instead of a file.
enum ScenarioFiles {
    /// Whether there is such a folder.
    static func isFolder(_ path: String) -> Bool {
        let file = try? FileDescriptor.open(FilePath(path), .readOnly, options: .directory)
        try? file?.close()
        return file != nil
    }

    /// Its YAML files, by name; those of folders in it, and hidden ones, are left out.
    static func paths(in folder: String) throws -> [String] {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder)
        } catch {
            throw CommandFailure.reading(folder, Errno(hiddenIn: error) ?? .ioError)
        }
        let files = names.filter {
            !$0.hasPrefix(".") && ($0.hasSuffix(".yaml") || $0.hasSuffix(".yml"))
        }
        guard !files.isEmpty else {
            throw CommandFailure(
                status: .noInput, message: "\(folder): no scenario file (*.yaml, *.yml) in it")
        }
        let prefix = folder.hasSuffix("/") ? folder : folder + "/"
        return files.sorted().map { prefix + $0 }
    }
}
