internal import KVMHost
internal import Scenarios
internal import SystemPackage

/// Reads whole files, but not without end: the loader refuses what is too large for a scenario.
enum InputFile {
    private static let usual = 1 << 20
    /// What errors call the file “-”.
    static let nameOfStdin = "stdin"

    /// Reads a file and what it says; both can go wrong, each with an exit status of its own.
    /// - Parameters:
    ///   - most: bytes that are read, one more than `parse` takes for it to say so.
    ///   - parse: makes something of the bytes of a file of this name.
    static func parse<Result>(
        _ path: String, most: Int = usual,
        _ parse: (_ bytes: [UInt8], _ file: String) throws(ScenarioError) -> Result
    ) throws -> Result {
        let bytes: [UInt8]
        do {
            bytes = try read(path, most: most)
        } catch {
            throw CommandFailure.reading(path == "-" ? nameOfStdin : path, error)
        }
        do {
            return try parse(bytes, path == "-" ? nameOfStdin : path)
        } catch {
            throw CommandFailure.input(error)
        }
    }

    /// Errors: `Errno` where the file cannot be opened or read.
    private static func read(_ path: String, most: Int) throws(Errno) -> [UInt8] {
        guard path != "-" else { return try read(.standardInput, most) }
        let file: FileDescriptor
        do {
            file = try FileDescriptor.open(FilePath(path), .readOnly)
        } catch {
            throw error as? Errno ?? .ioError
        }
        defer { try? file.close() }
        return try read(file, most)
    }

    private static func read(_ file: FileDescriptor, _ most: Int) throws(Errno) -> [UInt8] {
        do throws(FileRefusal) {
            return try HostFile.read(file.rawValue, most: most)
        } catch {
            throw Errno(rawValue: error.errno)
        }
    }

    /// What stdin has next, as soon as it has anything; nothing at its end.
    static func readNext() throws(Errno) -> [UInt8] {
        do throws(FileRefusal) {
            return try HostFile.readNext(FileDescriptor.standardInput.rawValue, most: 65_536)
        } catch {
            throw Errno(rawValue: error.errno)
        }
    }
}
