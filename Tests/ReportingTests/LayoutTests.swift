import Testing
import Verdicts

@testable import Reporting

@Suite("Columns")
struct ColumnsTests {
    @Test("Columns are as wide as their widest cell, and no line ends with spaces")
    func aligned() {
        var table = Columns([.left, .right])
        table.add("name", "steps", "why")
        table.add("level-basic", "12", "")
        table.add("a", "1234567", "é → ␛")
        #expect(
            table.lines(indent: 1) == [
                " name           steps  why",
                " level-basic       12",
                " a            1234567  é → ␛",
            ])
    }

    @Test("Rows may differ in length, and an empty row is an empty line")
    func ragged() {
        var table = Columns()
        table.add("one")
        table.add([])
        table.add("a", "b", "c")
        #expect(table.lines() == ["one", "", "a    b  c"])
    }

    @Test("A long last cell is wrapped under itself, whole words only")
    func wrapped() {
        var table = Columns(gap: 3)
        table.add("kvm", "load kvm_amd and look at /dev/kvm")
        #expect(
            table.lines(width: 20) == ["kvm   load kvm_amd", "      and look at", "      /dev/kvm"])
    }

    @Test("Control characters in a cell cannot break the line")
    func printable() {
        var table = Columns()
        table.add("a\nb\r\n", "\u{1B}[2J")
        #expect(table.lines() == ["a␊b␍␊  ␛[2J"])
    }

    @Test("Painting sees padded cells, so colour never moves a column")
    func painted() {
        var table = Columns()
        table.add("a", "x")
        table.add("bbb", "y")
        let lines = table.lines { row, column, text in column == 0 ? "<\(row)\(text)>" : text }
        #expect(lines == ["<0a  >  x", "<1bbb>  y"])
    }
}

@Suite("Words and numbers")
struct ProseTests {
    @Test(
        "Seconds have three digits, and nonsense counts as none",
        arguments: [
            (0, "0.000"), (0.0004, "0.000"), (0.0126, "0.013"), (61.5, "61.500"), (-1, "0.000"),
            (.nan, "0.000"), (.infinity, "0.000"),
        ])
    func seconds(value: Double, text: String) {
        #expect(secondsText(value) == text)
    }

    @Test("What a terminal would obey becomes visible, everything else stays")
    func printable() {
        #expect("a\u{7}\u{7F}\u{9B}\u{202E}\u{2028}é😀".printable == "a␇␡\u{FFFD}\u{FFFD}␤é😀")
    }

    @Test("A text is shortened with an ellipsis that fits, in ASCII too")
    func truncated() {
        #expect("level line".truncated(to: 10) == "level line")
        #expect("level lines".truncated(to: 9) == "level…")
        for width in 0...12 {
            let short = "level lines".truncated(to: width)
            #expect(width < 3 || short.inASCII.count <= width)
        }
    }

    @Test("A word that is too long stays whole")
    func longWord() {
        #expect("a /dev/kvm b".wrapped(at: 4) == ["a", "/dev/kvm", "b"])
        #expect("".wrapped(at: 4) == [""])
    }
}

@Suite("Output formats")
struct OutputFormatTests {
    @Test("Every format has a name and a recorder of its own", arguments: OutputFormat.allCases)
    func recorders(format: OutputFormat) {
        let kinds: [OutputFormat: any Recorder.Type] = [
            .text: TextRecorder.self, .ktap: KTAPRecorder.self, .tap: TAPRecorder.self,
            .junit: JUnitRecorder.self, .markdown: MarkdownRecorder.self,
            .github: GitHubRecorder.self, .kcidb: KCIDBRecorder.self, .lava: LAVARecorder.self,
            .tmt: TMTRecorder.self, .json: JSONRecorder.self, .jsonl: JSONLinesRecorder.self,
        ]
        #expect(kinds[format].map { $0 == type(of: format.makeRecorder()) } == true)
    }

    @Test("Recorders are told everything that they cannot know from the events")
    func options() {
        var options = RecorderOptions()
        options.omitsKTAPVersion = true
        options.hostName = "h1"
        options.startTime = "2026-11-22T12:00:00"
        let ktap = written(Script.events, OutputFormat.ktap.makeRecorder(options: options))
        #expect(ktap.hasPrefix("1..7\n"))
        let junit = written(Script.events, OutputFormat.junit.makeRecorder(options: options))
        #expect(junit == Snapshot.junit)
        options.groups = ["never-reached": "level"]
        options.kcidb = KCIDBIdentity(origin: "ci", build: "maestro:6543", run: "night")
        let kcidb = written(Script.events, OutputFormat.kcidb.makeRecorder(options: options))
        #expect(kcidb.contains("\"id\": \"ci:night-level-basic\""))
        #expect(kcidb.contains("\"build_id\": \"maestro:6543\""))
        #expect(kcidb.contains("\"start_time\": \"2026-11-22T12:00:00+00:00\""))
        #expect(kcidb.contains("\"path\": \"savic_eoi.level.never-reached\""))
        let tmt = written(Script.events, OutputFormat.tmt.makeRecorder(options: options))
        #expect(tmt.contains("- name: \"/level/never-reached\""))
    }

    @Test("An error of the writer reaches the caller", arguments: OutputFormat.allCases)
    func writeErrors(format: OutputFormat) {
        struct DiskFull: Error {}
        #expect(throws: DiskFull.self) {
            var recorder = format.makeRecorder()
            for event in Script.events { try recorder.record(event) { _ in throw DiskFull() } }
        }
    }
}
