import Testing
import Verdicts

@testable import Reporting

@Suite("JUnit XML (reports §3)")
struct JUnitTests {
    private let recorder = JUnitRecorder(hostName: "h1", startTime: "2026-11-22T12:00:00")

    @Test("A run reads exactly like this")
    func snapshot() {
        #expect(written(Script.events, recorder) == Snapshot.junit)
    }

    @Test("Nothing is written before the end, then one document")
    func buffered() {
        #expect(pieces(Script.events, recorder).count == 1)
        #expect(pieces(Script.events.dropLast(), recorder).isEmpty)
    }

    @Test("The sums in front are those of the elements below")
    func sumsMatch() throws {
        let root = try JUnitReader.read(written(Script.events, recorder))
        let suite = try #require(root.children.first)
        for element in [root, suite] {
            #expect(element.attributes["tests"] == String(root.all("testcase").count))
            #expect(element.attributes["failures"] == String(root.all("failure").count))
            #expect(element.attributes["errors"] == String(root.all("error").count))
            #expect(element.attributes["skipped"] == String(root.all("skipped").count))
        }
        #expect(root.all("error").count == 3)
    }

    @Test("Timeout, error and never run are errors; only a mismatch is a failure")
    func kinds() throws {
        let root = try JUnitReader.read(written(Script.events, recorder))
        let kinds = root.all("testcase").map { $0.children.first?.name ?? "" }
        #expect(
            kinds == [
                "system-out", "system-out", "failure", "skipped", "error", "error", "error",
            ])
        #expect(root.all("failure").first?.attributes["type"] == "EOI-WRONG-VECTOR")
        let types = root.all("error").map { $0.attributes["type"] ?? "" }
        #expect(types == ["timeout", "error", "unfinished"])
    }

    @Test("A hostile name comes back whole but for the characters that XML 1.0 cannot hold")
    func hostileName() throws {
        let root = try JUnitReader.read(written(Script.events, recorder))
        let element = root.all("testcase")[5]
        #expect(element.attributes["name"] == "a<b> & \"c\" #7 [31m\nend")
        #expect(element.attributes["classname"] == "model.x&y")
        #expect(element.children.first?.attributes["message"]?.hasPrefix("KVM_RUN") == true)
    }

    @Test("Only elements and attributes that strict readers know are used")
    func knownAttributesOnly() throws {
        let known: [String: Set<String>] = [
            "testsuite": [
                "name", "tests", "failures", "errors", "skipped", "time", "timestamp", "hostname",
            ],
            "properties": [], "property": ["name", "value"],
            "testcase": ["classname", "name", "time"], "failure": ["message", "type"],
            "error": ["message", "type"], "skipped": ["message"], "system-out": [],
        ]
        func check(_ element: Element) {
            for child in element.children {
                #expect(known[child.name]?.isSuperset(of: child.attributes.keys) == true)
                check(child)
            }
        }
        check(try JUnitReader.read(written(Script.events, recorder)))
    }

    @Test("A name that comes again gets a number: GitLab would drop the second one")
    func repeatedNames() throws {
        let run = Script.run([Script.pass, Script.fail, Script.pass])
        let cases = try JUnitReader.read(written(run, recorder)).all("testcase")
        let names = cases.map { $0.attributes["name"] ?? "" }
        #expect(names == ["level-basic", "level-retrigger", "level-basic (2)"])
    }

    @Test("A known hazard stays a pass and is named in its output")
    func hazard() throws {
        let root = try JUnitReader.read(written(Script.run([Script.hazard]), recorder))
        #expect(root.attributes["failures"] == "0")
        let output = try #require(root.all("system-out").first?.text)
        #expect(output.contains("hazard: attribution, redelivery"))
    }

    @Test(
        "Escaping drops what XML 1.0 forbids and keeps the rest",
        arguments: [
            ("<&>\"'", "&lt;&amp;&gt;&quot;&apos;"), ("]]>", "]]&gt;"), ("a\u{1B}b", "ab"),
            ("a\tb\nc", "a\tb\nc"), ("\u{FFFE}\u{FFFF}\u{8}", ""), ("→ 😀 é", "→ 😀 é"),
        ])
    func escaping(text: String, escaped: String) {
        #expect(XMLText.escaped(text) == escaped)
    }
}
