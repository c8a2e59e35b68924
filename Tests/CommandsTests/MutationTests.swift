import Testing

@testable import Campaigns
@testable import Lockstep

/// Broken inputs of every kind end in a documented way: a few of what hosttests/mutations/run makes
/// twenty thousand of.
@Suite("Broken inputs of every kind") struct MutationTests {
    /// The table of command-line §5, without 130.
    private static let statuses: Set<Int32> = [0, 1, 4, 64, 65, 66, 70, 73, 74, 75]

    struct Kind: Sendable, CustomTestStringConvertible {
        var name: String
        var good: String
        /// `§` is the file.
        var commands: [[String]]
        var testDescription: String { name }
    }

    private static let search = """
        machine:
          pins:
            - {pin: 2, vector: 0x31}
            - {pin: 3, vector: 0x41, masked: on}
        with: [mask, "tpr 0x40"]
        granularity: step

        """
    private static let trace = """
        name: found
        summary: a trace
        source: a search
        groups: [found]
        machines: [secure]
        irqchips: [split]
        granularity: atomic
        machine:
          pins:
            - {pin: 2, vector: 0x31}
            - {pin: 3, vector: 0x41}
        steps:
          - assert 2
          - {repeat: 2, steps: [scan?]}
          - accept?
        hazards:
          rfc-v2: [attribution]

        """

    static let kinds = [
        Kind(
            name: "scenarios", good: [Sample.pass, .fail, .skip].text,
            commands: [["run", "§", "-f", "json"], ["list", "§", "--json"], ["run", "§"]]),
        Kind(
            name: "a trace", good: trace,
            commands: [["replay", "§"], ["replay", "§", "-f", "ktap", "--strict"]]),
        Kind(
            name: "a search", good: search,
            commands: [["explore", "--config", "§", "--max-states", "2000", "-f", "json"]]),
        Kind(
            name: "assumptions",
            good: "{\"assumptions\": {\"page-tmr\": \"never\"}, \"x\": [1]}\n",
            commands: [["run", "level-basic", "--assumptions", "§"]]),
        Kind(
            name: "a report", good: SampleReport(findings: [.init(run: 3)]).text,
            commands: [["merge", "§"], ["merge", "§", "--json"]]),
    ]

    private static let words =
        [
            "\0", "\u{1B}[31m", "\r", "\t", "\n", "\n---\n", "\u{202E}", "\u{2028}", "\u{85}",
            "&a ",
            "*a", "!!x ", "? ", "|\n", "{", "}", "[", "]", "'", "\"", "\\", "#", ": ", "- ",
            "\"\\e[2J\"",
            "\"\\ud83d\"", "~", "-1", "256", "99999999999999999999", "0x",
            "{repeat: 10001, steps: []}",
            String(repeating: "q", count: 500), String(repeating: "[", count: 30),
        ].map { Array($0.utf8) } + [[0xFF], [0xC3], [0xED, 0xA0, 0x80]]

    private func mutated(_ good: String, _ dice: inout FuzzRandom) -> [UInt8] {
        var bytes = Array(good.utf8)
        for _ in 0..<Int.random(in: 1...3, using: &dice) {
            let place = Int.random(in: 0...bytes.count, using: &dice)
            let end = min(bytes.count, place + Int.random(in: 1...20, using: &dice))
            switch Int.random(in: 0..<6, using: &dice) {
            case 0: bytes.removeSubrange(place..<end)
            case 1: bytes.insert(contentsOf: bytes[place..<end], at: place)
            case 2: bytes.removeSubrange(place...)
            case 3: if place < end { bytes[place] = UInt8.random(in: 0...255, using: &dice) }
            default:
                let word = Self.words.randomElement(using: &dice) ?? []
                bytes.replaceSubrange(place..<(dice.next() % 2 == 0 ? place : end), with: word)
            }
        }
        return bytes
    }

    @Test(
        "A broken input ends with a status of command-line §5 and a printable message",
        arguments: kinds)
    func aBrokenInputEndsAsItIsPromised(_ kind: Kind) throws {
        let folder = try Folder()
        // Every run of the tests tries the same.
        var dice = FuzzRandom(seed: UInt64(kind.good.utf8.count))
        var seen: [Int32: Int] = [:]
        for number in 0..<24 {
            // The first ones are as they should be.
            let isGood = number < kind.commands.count
            let bytes = isGood ? Array(kind.good.utf8) : mutated(kind.good, &dice)
            let path = try folder.write(bytes, to: "input")
            // What a path without “/” would be, a name.
            let command = kind.commands[number % kind.commands.count].map {
                $0 == "§" ? path : $0
            }
            let ending = program(command)
            seen[ending.status, default: 0] += 1
            #expect(!isGood || [0, 1, 75].contains(ending.status), "\(command): \(ending.err)")
            let what = "\(command) \(String(decoding: bytes, as: UTF8.self).debugDescription)"
            #expect(Self.statuses.contains(ending.status), "\(what)")
            PrintableTests.expectPrintable(ending.out + ending.err, what)
            if ending.status == 65 {
                #expect(ending.err.hasPrefix("savic-eoi: \(path):"), "\(what)")
                #expect(ending.out.isEmpty, "\(what)")
            }
        }
        #expect(seen[65, default: 0] > 4 && seen.keys.count > 1, "\(seen)")
    }
}
