package import Verdicts

/// The two lines that end a run in every format for people.
extension Totals {
    /// `7 scenarios in 10.016 s, compared 59 steps, 472 fields, 25 EOIs`.
    /// - Parameter place: where the run was, where a reader could take it for something else.
    package func sentence(place: String?) -> String {
        let place = place.map { " \($0.printable)" } ?? ""
        return counted(total, "scenario") + place
            + " in \(secondsText(seconds)) s, \(compared.full)"
    }

    /// `2 pass (1 hazard), 1 fail, 0 skip, 0 timeout, 0 error`.
    package func counts(
        hazards: Int, unfinished: Int, _ palette: Palette = Palette(colour: false)
    ) -> String {
        let roles: [Verdict: Palette.Role] = [
            .pass: .good, .shown: .late, .fail: .bad, .skip: .absent, .timeout: .late,
            .error: .bad,
        ]
        // Few runs show what they do not judge; the other counts are always there.
        let verdicts = Verdict.allCases.filter { $0 != .shown || self[$0] > 0 }
        var parts = verdicts.map { verdict in
            let text = "\(self[verdict]) \(verdict.rawValue)"
            return self[verdict] == 0 ? text : palette.paint(text, roles[verdict] ?? .strong)
        }
        if hazards > 0 { parts[0] += " (\(hazards) hazard)" }
        if unfinished > 0 { parts.append(palette.paint("\(unfinished) unfinished", .late)) }
        return parts.joined(separator: ", ")
    }
}
