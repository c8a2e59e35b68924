/// Something that is not to be called, and what to do instead.
struct Ban: Sendable {
    var word: String
    /// What has to follow for it to count, blanks left out; empty for anything.
    var before: String = ""
    /// What it is not meant after.
    var notAfter: [String] = []
    var instead: String
    /// Where it counts.
    var applies: @Sendable (SourceFile) -> Bool = { $0.isSwift }
    /// Single files in which it is needed after all, each with its reason.
    var exceptions: [String: String] = [:]
    var bad: String
    var good: String

    var rule: HouseRule {
        HouseRule(
            name: "no “\(word)\(before)”: \(instead)",
            check: { file in
                guard applies(file), exceptions[file.path] == nil else { return [] }
                return places(in: file.code).map { file.finding($0, "\(word): \(instead)") }
            },
            bad: [HouseRule.Sample(bad, in: place)], good: [HouseRule.Sample(good, in: place)])
    }

    /// A path where it counts, for the samples.
    private var place: String {
        let paths = [
            "Sources/Lockstep/Sample.swift", "Sources/InterruptModel/IOAPIC/Sample.swift",
        ]
        return paths.first { applies(SourceFile(path: $0, text: "")) } ?? paths[0]
    }

    private func places(in code: [String]) -> [Int] {
        code.indices.filter { index in
            code[index].places(of: word).contains { before, after in
                after.hasPrefix(self.before) && !notAfter.contains { before.hasSuffix($0) }
            }
        }
    }
}

extension HouseRule {
    static let banned = bans.map(\.rule) + [leftovers, marks]

    /// Where every nanosecond is multiplied by the states of a search.
    private static let stepPath: @Sendable (SourceFile) -> Bool = { file in
        let model = "Sources/InterruptModel"
        return file.isIn("\(model)/IOAPIC") || file.isIn("\(model)/LocalAPIC")
            || file.isIn("\(model)/SecureAVIC")
            || (file.isIn("\(model)/Machines") && file.path.hasSuffix("Machine.swift"))
    }

    private static let bans = [
        Ban(
            word: "print", before: "(", notAfter: [".", "func "],
            instead: "results go to the Console of Commands, or to a recorder's closure",
            applies: { $0.isSwift && !$0.isIn("hosttests") },
            bad: "print(x)", good: "Output.print(x); // print(x)\nlet y = \"print(x)\""),
        Ban(
            word: "fatalError", before: "(", instead: "throw, or precondition with a sentence",
            bad: "fatalError(\"x\")", good: "/// fatalError() is banned"),
        Ban(
            word: "try", before: "!", instead: "try, and say what a failure means",
            bad: "let x = try! y()", good: "let x = try? y() // try! y"),
        Ban(
            word: "as", before: "!", instead: "as?, or a type that needs no cast",
            bad: "x as! Y", good: "x as? Y; has!"),
        Ban(
            word: "DispatchQueue", instead: "the model has no threads, others have KVMHost's",
            bad: "DispatchQueue.main.async {}", good: "let x = \"DispatchQueue\""),
        Ban(
            word: "Thread", before: ".sleep", instead: "wait for something, with a bound",
            bad: "Thread.sleep(forTimeInterval: 1)", good: "Thread.current"),
        Ban(
            word: "usleep", before: "(", instead: "wait for something, with a bound",
            exceptions: [
                "Tests/KVMHostTests/WatchdogTests.swift":
                    "a bare thread that lets a vCPU get under way before it sends a signal"
            ],
            bad: "usleep(5)", good: "// usleep(5)"),
        Ban(
            word: "sleep", before: "(", notAfter: ["Task.", "clock."],
            instead: "wait for something, with a bound",
            bad: "sleep(1)", good: "try await Task.sleep(for: .seconds(1)); let x = \"sleep(\""),
        Ban(
            word: "@unchecked", instead: "Mutex or Atomic; only KVMHost knows threads",
            applies: { $0.isSwift && !$0.isIn("Sources/KVMHost") },
            bad: "final class X: @unchecked Sendable {}", good: "final class X: Sendable {}"),
        Ban(
            word: "any", before: " ", instead: "a generic parameter: existentials box and dispatch",
            applies: stepPath, bad: "let x: any EventSink", good: "// any access counts"),
    ]

    private static let leftovers = HouseRule(
        name: "no note of unfinished work",
        check: { file in
            file.comments.enumerated().compactMap { index, comment in
                ["TO" + "DO", "FIX" + "ME", "X" + "XX"].first {
                    !comment.places(of: $0).isEmpty
                }.map { file.finding(index, "\($0): do it, or write it down in an issue") }
            }
        },
        bad: [
            Sample("// TO" + "DO: x"), Sample("/* X" + "XX */", in: "Sources/CKVM/x.c"),
            Sample("# FIX" + "ME", in: "Sources/Scenarios/Catalogue/x.yaml"),
        ],
        good: [Sample("let x = \"TO" + "DO\""), Sample("let x = 1 // mastodon TO" + "DOs")])

    /// Where strict memory safety is an error, the compiler refuses unsafe code that is not
    /// marked; this refuses the mark.
    private static let marks = HouseRule(
        name: "no “unsafe” outside KVMHost, AgentFace and their tests",
        check: { file in
            let marked = [
                "Sources/KVMHost", "Sources/AgentFace", "Tests/KVMHostTests", "Tests/Simulation",
                "hosttests",
            ]
            guard file.isSwift, !marked.contains(where: file.isIn) else { return [] }
            return file.code.indices.filter { !file.code[$0].places(of: "unsafe").isEmpty }.map {
                file.finding($0, "unsafe code belongs into KVMHost or AgentFace")
            }
        },
        bad: [
            Sample("let x = unsafe y()"), Sample("@unsafe struct X {}"), Sample("\"\\(unsafe x)\""),
        ],
        good: [
            Sample("// unsafe\nlet x = \"unsafe\"; let y = unsafeName"),
            Sample("let x = unsafe y()", in: "Sources/KVMHost/Sample.swift"),
        ])
}
