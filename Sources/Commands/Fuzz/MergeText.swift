internal import Campaigns
internal import Reporting

/// A merged campaign, as `merge` tells it.
extension MergedCampaign {
    // MARK: - Text

    var heading: String {
        report.heading("\(Self.shards(shards)) of \(count) merged")
    }

    /// What was not done, a line for each; nothing where all was.
    var gaps: [String] {
        let absent =
            missing.isEmpty
            ? [] : ["no report of \(Self.shards(missing)) of \(count)"]
        return absent
            + unfinished.map { part in
                "shard \(part.shard) performed \(part.performed) of its "
                    + "\(part.shard.share(of: report.settings.runs)) runs"
            }
    }

    private var count: Int { report.settings.shards }

    /// `shards 1–3, 5`.
    private static func shards(_ numbers: [Int]) -> String {
        var spans: [ClosedRange<Int>] = []
        for number in numbers {
            if let last = spans.last, last.upperBound == number - 1 {
                spans[spans.count - 1] = last.lowerBound...number
            } else {
                spans.append(number...number)
            }
        }
        let list = spans.map {
            $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)–\($0.upperBound)"
        }
        return (numbers.count == 1 ? "shard " : "shards ") + list.joined(separator: ", ")
    }

    // MARK: - JSON

    var document: JSONText {
        report.document(
            merged: [
                "count": .int(count),
                "shards": .array(shards.map { .int($0) }),
                "missing": .array(missing.map { .int($0) }),
                "unfinished": .array(unfinished.map { .int($0.shard.number) }),
                "complete": .bool(missing.isEmpty && unfinished.isEmpty),
            ])
    }
}
