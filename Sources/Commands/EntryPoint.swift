internal import ArgumentParser
internal import Verdicts

/// Runs the program with these arguments.
/// - Returns: the exit status.
public func savicEOI(_ arguments: [String]) -> Int32 {
    let console = Console.current
    do {
        var command = try SavicEOI.parseAsRoot(arguments)
        try command.run()
        return ExitStatus.passed.rawValue
    } catch let failure as CommandFailure {
        if !failure.message.isEmpty { console.warn("savic-eoi: \(failure.message)\n") }
        return failure.status.rawValue
    } catch let code as ExitCode {
        return code.rawValue
    } catch {
        return report(error, console)
    }
}

/// ArgumentParser's own errors: help and version are results, the rest is usage.
private func report(_ error: any Error, _ console: Console) -> Int32 {
    let code = SavicEOI.exitCode(for: error).rawValue
    let text = SavicEOI.fullMessage(for: error)
    if code == ExitStatus.passed.rawValue {
        do {
            try console.write(text + "\n")
            return code
        } catch {
            return ExitStatus.cannotWrite.rawValue
        }
    }
    console.warn(text + "\n")
    return code
}
