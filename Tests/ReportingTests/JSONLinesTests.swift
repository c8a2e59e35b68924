import Foundation
import Reporting
import Testing
import Verdicts

/// JSON lines hold the members of the one document (reports §16).
@Suite("A run as JSON lines (reports §16)")
struct JSONLinesTests {
    private static func object(_ text: some StringProtocol) throws -> [String: Any] {
        let value = try JSONSerialization.jsonObject(with: Data(text.utf8))
        return try #require(value as? [String: Any])
    }

    @Test("Every event is a line of its own, written when it is known")
    func lines() throws {
        let pieces = pieces(Script.events, JSONLinesRecorder())
        #expect(pieces.count == Script.events.count)
        for piece in pieces {
            #expect(piece.hasSuffix("\n") && piece.count { $0 == "\n" } == 1)
        }
    }

    @Test("Together they have what the document has, in its order, and say what begins")
    func members() throws {
        let document = try Self.object(written(Script.events, JSONRecorder()))
        var joined: [String: Any] = [:]
        var scenarios: [[String: Any]] = []
        var begun: [String] = []
        for line in written(Script.events, JSONLinesRecorder()).split(separator: "\n") {
            let object = try Self.object(line)
            if let name = object["begin"] as? String {
                begun.append(name)
            } else if object["verdict"] != nil {
                scenarios.append(object)
            } else {
                joined.merge(object) { one, _ in one }
            }
        }
        joined["scenarios"] = scenarios
        #expect(joined as NSDictionary == document as NSDictionary)
        #expect(begun == scenarios.compactMap { $0["name"] as? String })
    }
}
