internal import Foundation
internal import Scenarios
internal import SystemPackage
internal import Verdicts

/// A folder for scenario files that the program writes.
///
/// The names of the files can be known by others who may write there, so no link is followed: a new
/// file is always one that did not exist, and one that is replaced is put in the old one's place.
struct ScenarioFolder {
    let path: String
    /// Whether files that exist are replaced.
    var overwrites = false

    /// Where a scenario of this name is saved.
    func file(_ name: String) -> String { "\(path)/\(name).yaml" }

    /// Makes the folder, and makes sure that scenarios of these names can be saved there.
    func prepare(for names: [String]) throws {
        try create()
        // Only to write shows whether it can be written to.
        let probe = "\(path)/.savic-eoi-\(ProcessInfo.processInfo.processIdentifier)"
        try write("", to: probe)
        try? FileManager.default.removeItem(atPath: probe)
        for name in names { try refuseOld(file(name)) }
    }

    /// - Returns: the new file's path.
    func save(_ scenario: Scenario) throws -> String {
        try create()
        let file = file(scenario.name)
        let text = ScenarioWriter.text(of: scenario)
        guard overwrites, Self.kind(of: file) != nil else {
            try refuseOld(file)
            try write(text, to: file)
            return file
        }
        try refuseOld(file)
        let new = "\(path)/.\(scenario.name)-\(ProcessInfo.processInfo.processIdentifier)"
        try write(text, to: new)
        do {
            try FileManager.default.removeItem(atPath: file)
            try FileManager.default.moveItem(atPath: new, toPath: file)
        } catch {
            throw Self.cannotCreate(file, Errno(hiddenIn: error))
        }
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
            throw Self.cannotCreate(path, errno == .fileExists ? .notDirectory : errno)
        }
    }

    /// Refuses what must not be replaced.
    private func refuseOld(_ file: String) throws {
        switch Self.kind(of: file) {
        case nil: return
        case .typeDirectory?: throw Self.cannotCreate(file, .isDirectory)
        default: if !overwrites { throw Self.cannotCreate(file, .fileExists) }
        }
    }

    /// What stands there, if anything does; a link is a link, wherever it leads.
    private static func kind(of path: String) -> FileAttributeType? {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        return attributes.map { $0[.type] as? FileAttributeType ?? .typeUnknown }
    }

    /// Writes a file that does not exist; what cannot be written whole is taken away again.
    private func write(_ text: String, to file: String) throws {
        let descriptor: FileDescriptor
        do {
            descriptor = try FileDescriptor.open(
                FilePath(file), .writeOnly, options: [.create, .exclusiveCreate, .noFollow],
                permissions: [.ownerReadWrite, .groupRead, .otherRead])
        } catch {
            throw Self.cannotCreate(file, error as? Errno)
        }
        do {
            try descriptor.closeAfter { _ = try descriptor.writeAll(text.utf8) }
        } catch {
            try? FileManager.default.removeItem(atPath: file)
            throw CommandFailure.writing(file, error as? Errno ?? .ioError)
        }
    }

    private static func cannotCreate(_ path: String, _ errno: Errno?) -> CommandFailure {
        let reason =
            switch errno {
            case .fileExists?: "it exists; --overwrite replaces it"
            case let errno?: "\(errno)"
            case nil: "unknown reason"
            }
        return CommandFailure(
            status: .cannotCreate, message: "cannot create \(path): \(reason)")
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
