@testable import Commands

/// Runs `step` on what is typed, a line each.
/// - Parameter isTerminal: whether it is typed at a terminal; else it comes from a pipe.
func step(
    _ arguments: String..., typing lines: [String], isTerminal: Bool = false
) -> Ending {
    var surroundings = Surroundings(environment: ["LANG": "C.UTF-8"])
    surroundings.input = lines.map { $0 + "\n" }.joined()
    surroundings.readsTerminal = isTerminal
    return program(["step"] + arguments, in: surroundings)
}
