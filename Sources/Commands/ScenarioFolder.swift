internal import Foundation
internal import Scenarios
internal import SystemPackage

/// A folder for scenario files that the program writes.
///
/// The names of the files can be known by others who may write there, so no link is followed and no
/// pipe written to: a new file is always one that did not exist, and one that is replaced is put in
/// the old one's place.
struct ScenarioFolder {
    let path: String
    /// Whether files that exist are replaced.
    var overwrites = false

    /// Where a scenario of this name is saved.
    func file(_ name: String) -> String { "\(path)/\(name).yaml" }

    /// Makes the folder, and makes sure that scenarios of these names can be saved there.
    func prepare(for names: [String]) throws {
        try create()
        // Only to write shows whether it can be written to; what is not finished goes away again.
        _ = try OutputFile("\(path)/savic-eoi", overwrites: true, acceptsStreams: false)
        for name in names { try refuseOld(file(name)) }
    }

    /// - Returns: the new file's path.
    func save(_ scenario: Scenario) throws -> String {
        try create()
        let file = file(scenario.name)
        try refuseOld(file)
        try OutputFile(file, overwrites: overwrites, acceptsStreams: false)
            .writeWhole(ScenarioWriter.text(of: scenario))
        return file
    }

    private func create() throws {
        guard !path.isEmpty else { throw CommandFailure.usage("a folder has no name") }
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true)
        } catch {
            let errno = Errno(hiddenIn: error)
            // What is there already has the folder's name.
            throw CommandFailure.creating(
                path, errno == .fileExists ? .notDirectory : errno ?? .ioError)
        }
    }

    /// Refuses what must not be replaced.
    private func refuseOld(_ file: String) throws {
        switch Self.kind(of: file) {
        case nil: return
        case .typeDirectory?: throw CommandFailure.creating(file, .isDirectory)
        default: if !overwrites { throw CommandFailure.creating(file, .fileExists) }
        }
    }

    /// What stands there, if anything does; a link is a link, wherever it leads.
    private static func kind(of path: String) -> FileAttributeType? {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        return attributes.map { $0[.type] as? FileAttributeType ?? .typeUnknown }
    }
}

extension Errno {
    /// The number that Foundation has put into an error of its own, if there is one.
    init?(hiddenIn error: any Error) {
        guard let code = ((error as? CocoaError)?.underlying as? POSIXError)?.code else {
            return nil
        }
        self.init(rawValue: code.rawValue)
    }
}
