internal import ArgumentParser
internal import Foundation
internal import KVMHost
internal import Reporting
internal import Verdicts

/// Runs the program with these arguments, in a process of its own.
/// - Returns: the exit status.
public func savicEOIProcess(_ arguments: [String]) -> Int32 {
    do throws(FileRefusal) {
        try HostFile.fillStandardStreams()
    } catch {
        return ExitStatus.internalError.rawValue
    }
    // Until there is something to lose: a command that has says so itself (`Interruption.listen`).
    do throws(KVMError) {
        try Interruption.endsProcess()
    } catch {
        Console.current.complain("\(error)")
        return ExitStatus.internalError.rawValue
    }
    return savicEOI(arguments)
}

/// Runs the program with these arguments.
/// - Returns: the exit status.
public func savicEOI(_ arguments: [String]) -> Int32 {
    let console = Console.current
    do {
        var command = try SavicEOI.parseAsRoot(arguments)
        try command.run()
        return ExitStatus.passed.rawValue
    } catch let failure as CommandFailure {
        failure.complain()
        return failure.status.rawValue
    } catch let code as ExitCode {
        return code.rawValue
    } catch {
        return report(error, arguments, console)
    }
}

/// What asks ArgumentParser for something that a program reads: a shell, or a maker of manuals.
private let documents = [
    "--generate-completion-script", "---completion", "--experimental-dump-help",
]

/// ArgumentParser's own errors: help and version are results, the rest is usage.
private func report(_ error: any Error, _ arguments: [String], _ console: Console) -> Int32 {
    let code = SavicEOI.exitCode(for: error).rawValue
    let text = SavicEOI.fullMessage(for: error)
    if code == ExitStatus.passed.rawValue {
        do {
            let isDocument = arguments.contains { word in
                documents.contains { word.hasPrefix($0) }
            }
            if isDocument {
                try console.write(CompletionScript(text).text + "\n")
            } else {
                try console.tell(text + "\n")
            }
            return code
        } catch {
            return ExitStatus.cannotWrite.rawValue
        }
    }
    console.say(shown(text, saying: arguments) + "\n")
    return code == ExitStatus.usage.rawValue
        ? ExitStyle(readFrom: arguments).code(of: .usage) : code
}

/// ArgumentParser's text, which has lines of its own and arguments as they came.
private func shown(_ text: String, saying arguments: [String]) -> String {
    // What stands behind “=” is a value by itself.
    let values = arguments.compactMap { argument in
        argument.firstIndex(of: "=").map { String(argument[argument.index(after: $0)...]) }
    }
    let foreign = Set(arguments + values).filter { $0.shortened != $0 }
    var text = text
    for word in foreign.sorted(by: { $0.utf8.count > $1.utf8.count }) {
        text = text.replacing(word, with: word.shortened)
    }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    return lines.map { String($0).printable }.joined(separator: "\n")
}

extension String {
    /// Printable and not too long for a message.
    fileprivate var shortened: String {
        let longest = 80
        let start = unicodeScalars.prefix(longest + 1)
        let text = String(String.UnicodeScalarView(start.prefix(longest))).printable
        return start.count > longest ? text + "…" : text
    }
}
