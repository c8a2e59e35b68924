internal import Foundation
internal import KVMHost
internal import SystemPackage
internal import Verdicts

/// A file that the program writes: beside its place, to which it moves when it is whole. So a run
/// that dies, or a full disk, costs nothing of what was there before, and no half file has a good
/// name. The move replaces a link and does not follow it.
///
/// What cannot be replaced, a pipe or a device, is written as it is.
final class OutputFile {
    let path: String
    private let descriptor: FileDescriptor
    /// Where it is until it is whole; nil where it is written in its place.
    private var draft: String?
    private let overwrites: Bool
    private var isOpen = true

    /// - Parameter acceptsStreams: whether a pipe or a device of that name is written to; otherwise
    ///   it makes way as a file does.
    /// Errors: the file exists and is not to be replaced, or cannot be made.
    init(
        _ path: String, overwrites: Bool, acceptsStreams: Bool = true
    ) throws(CommandFailure) {
        self.path = path
        self.overwrites = overwrites
        do {
            switch try Self.place(path, overwrites, acceptsStreams) {
            case .stream: descriptor = try Self.open(path, [.append])
            case .file(let permissions):
                let draft = Self.draft(of: path)
                descriptor = try Self.open(draft, [.create, .exclusiveCreate], permissions)
                self.draft = draft
            }
        } catch {
            throw .creating(path, error)
        }
    }

    deinit {
        if isOpen { try? descriptor.close() }
        if let draft { try? FileManager.default.removeItem(atPath: draft) }
    }

    /// Errors: what the kernel says, for example that the disk is full.
    func write(_ text: String) throws(Errno) {
        do {
            _ = try descriptor.writeAll(text.utf8)
        } catch {
            throw error as? Errno ?? .ioError
        }
    }

    /// Nothing more comes: gives the file its name.
    ///
    /// Errors: the rest cannot be written; or the name was taken in the meantime, and then what was
    /// written stays under the name that the message gives.
    func finish() throws(CommandFailure) {
        do {
            // Some filesystems say only here that there was no room.
            isOpen = false
            try descriptor.close()
        } catch {
            throw .writing(path, error as? Errno ?? .ioError)
        }
        guard let draft else { return }
        self.draft = nil
        do throws(FileRefusal) {
            try HostFile.move(draft, to: path, replaces: overwrites)
        } catch {
            var failure = CommandFailure.creating(path, Errno(rawValue: error.errno))
            failure.message += "; what was written is in \(draft)"
            throw failure
        }
    }

    /// Whether anything has this name; a link is a link, wherever it leads.
    static func exists(_ path: String) -> Bool {
        (try? FilePath(path).stat(followTargetSymlink: false)) != nil
    }

    /// What a path names before it is written.
    private enum Place {
        /// A pipe, a device, or what a process has open: it cannot be replaced.
        case stream
        /// Nothing yet, or what is to be replaced, with the permissions of the new file.
        case file(FilePermissions)
    }

    /// Errors: EEXIST where it is not to be replaced; what forbids to write it.
    private static func place(
        _ path: String, _ overwrites: Bool, _ acceptsStreams: Bool
    ) throws(Errno) -> Place {
        let usual: FilePermissions = [.ownerReadWrite, .groupRead, .otherRead]
        let file = FilePath(path)
        let own: Stat
        do throws(Errno) {
            own = try file.stat(followTargetSymlink: false)
        } catch .noSuchFileOrDirectory {
            return .file(usual)
        }
        guard own.type == .regular || acceptsStreams else {
            guard overwrites else { throw .fileExists }
            return .file(usual)
        }
        if own.type == .symbolicLink {
            // A link can lead to a pipe or a device, as /dev/stdout and /dev/fd/3 do.
            let target = try? file.stat()
            let leadsToStream = target.map { $0.type != .regular } ?? false
            if leadsToStream || isOpenDescriptor(file) { return .stream }
            guard overwrites else { throw .fileExists }
            return .file(usual)
        }
        guard own.type == .regular else { return .stream }
        guard overwrites else { throw .fileExists }
        // Who may not write a file may often replace it all the same, and is not to.
        let old = try open(path, [.noFollow])
        try? old.close()
        return .file(own.permissions)
    }

    /// Whether a link is one of /proc's to what a process has open.
    private static func isOpenDescriptor(_ link: FilePath) -> Bool {
        guard let folder = try? link.removingLastComponent().stat(),
            let processes = try? FilePath("/proc").stat()
        else { return false }
        return folder.deviceID == processes.deviceID
    }

    private static func open(
        _ path: String, _ options: FileDescriptor.OpenOptions,
        _ permissions: FilePermissions? = nil
    ) throws(Errno) -> FileDescriptor {
        do {
            return try FileDescriptor.open(
                FilePath(path), .writeOnly, options: options, permissions: permissions)
        } catch {
            throw error as? Errno ?? .ioError
        }
    }

    /// A name in the same folder that nobody else uses: `.report.json.1234-1.part`.
    private static func draft(of path: String) -> String {
        let place = FilePath(path)
        let name = place.lastComponent?.string ?? "report"
        let process = ProcessInfo.processInfo.processIdentifier
        let mark = UInt16.random(in: 0...UInt16.max)
        // A name has room for 255 bytes.
        let short = String(decoding: name.utf8.prefix(200), as: UTF8.self)
        return place.removingLastComponent().appending(".\(short).\(process)-\(mark).part").string
    }
}

extension CommandFailure {
    /// A result that has no place to go to.
    static func creating(_ path: String, _ errno: Errno) -> CommandFailure {
        let reason = errno == .fileExists ? "it exists; --overwrite replaces it" : "\(errno)"
        return CommandFailure(
            status: .cannotCreate, message: "cannot create \(path): \(reason)")
    }
}

/// What a path names, whatever the path: two names of one file would be one file written twice.
struct FileIdentity: Hashable {
    private var device: UInt64
    private var inode: UInt64
    /// In the folder that the numbers name, where there is no such file yet.
    private var name = ""

    /// - Returns: nil for what may well be written by several: /dev/null, and paths that lead
    ///   nowhere.
    init?(_ path: String) {
        let file = FilePath(path)
        if let found = try? file.stat() {
            self.init(found)
            if let null = try? FilePath("/dev/null").stat(), self == FileIdentity(null) {
                return nil
            }
            return
        }
        let folder = file.removingLastComponent()
        guard let name = file.lastComponent?.string,
            let found = try? (folder.isEmpty ? FilePath(".") : folder).stat()
        else { return nil }
        self.init(found)
        self.name = name
    }

    private init(_ found: Stat) {
        device = UInt64(truncatingIfNeeded: found.deviceID.rawValue)
        inode = UInt64(truncatingIfNeeded: found.inode.rawValue)
    }

    /// What this process's stdout is.
    static var stdout: FileIdentity? {
        (try? FileDescriptor.standardOutput.stat()).map(FileIdentity.init)
    }
}
