internal import InterruptModel
internal import Reporting
internal import Scenarios

/// The command that somebody is to run, in words that a shell takes as they are meant: for every
/// line that the program prints to be copied.
struct ShellCommand {
    private var words: [String]

    init(_ words: String...) { self.words = words }

    /// A word that stands for itself.
    mutating func add(operand: String) { words.append(operand) }

    /// An option with its value; left out where there is none, or the command would take it by
    /// itself.
    mutating func add(_ option: String, _ value: String?, unless standard: String? = nil) {
        if let value, value != standard { words += [option, value] }
    }

    /// A flag, where it is set.
    mutating func add(_ flag: String, if isSet: Bool) { if isSet { words.append(flag) } }

    /// The axes that are settled.
    mutating func add(_ axes: PartialAssumptions) {
        for axis in axes.list { add("--\(axis.name)", axis.value) }
    }

    var text: String { words.map(\.shellWord).joined(separator: " ") }
}

extension String {
    /// The same as a word that a shell leaves alone, of characters that the terminal has: in POSIX
    /// quotes, or where they would not do, in those of bash, zsh, ksh and POSIX of 2024 (`$'…'`).
    var shellWord: String {
        let isPlain = unicodeScalars.allSatisfy {
            switch $0 {
            case "a"..."z", "A"..."Z", "0"..."9", "-", "_", ".", "/", "=", "@", ",", ":": true
            default: false
            }
        }
        if isPlain, !isEmpty { return self }
        let isShown =
            printable == self && (Console.current.hasUTF8 || utf8.allSatisfy { $0 < 0x80 })
        if isShown {
            return "'" + replacing("'", with: "'\\''") + "'"
        }
        let bytes = utf8.map { byte in
            switch byte {
            case UInt8(ascii: "'"), UInt8(ascii: "\\"): "\\\(Unicode.Scalar(byte))"
            case 0x20..<0x7F: "\(Unicode.Scalar(byte))"
            // Three octal digits end by themselves, whatever follows.
            default:
                "\\" + String(repeating: "0", count: byte < 8 ? 2 : byte < 64 ? 1 : 0)
                    + String(byte, radix: 8)
            }
        }
        return "$'" + bytes.joined() + "'"
    }

    /// The same path in letters that are neither an option nor the name of a scenario.
    var pathWord: String {
        isEmpty || hasPrefix("/") || hasPrefix("./") ? self : "./" + self
    }
}

extension Scenario {
    /// What `run` takes for this scenario.
    var argument: String {
        let file = location.file
        if file.hasPrefix(Catalogue.prefix) { return name }
        return file == InputFile.nameOfStdin ? "-" : file
    }

    /// The same, where an option could stand as well.
    var operand: String {
        argument.hasPrefix("-") && argument != "-" ? argument.pathWord : argument
    }

    /// The design of the command line, else the scenario's own.
    func design(chosen: DesignArgument?) -> EOIDesignEntry {
        chosen?.entry ?? design.flatMap(EOIDesigns.named) ?? EOIDesigns.standard
    }
}
