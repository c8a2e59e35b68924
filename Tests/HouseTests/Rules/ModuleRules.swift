extension HouseRule {
    /// What SwiftPM's own check of imports (`.ci/run`) does not see: modules of the toolchain.
    static let toolchain = HouseRule(
        name: "only modules that meet the outside need Foundation, threads or the C library",
        check: { file in
            guard file.isSwift, file.isIn("Sources"), !outer.contains(where: file.isIn) else {
                return []
            }
            let refused = ["Foundation", "Glibc", "Synchronization", "Dispatch"]
            return file.imports.filter { refused.contains($0.module) }.map {
                file.finding($0.index, "\($0.module) does not belong here")
            }
        },
        bad: [
            Sample("import Foundation", in: "Sources/InterruptModel/Sample.swift"),
            Sample("internal import Foundation", in: "Sources/Scenarios/Sample.swift"),
            Sample("import struct Foundation.Date", in: "Sources/Lockstep/Sample.swift"),
            Sample("@preconcurrency import Glibc", in: "Sources/Reporting/Sample.swift"),
        ],
        good: [
            Sample("/*\nimport Foundation\n*/", in: "Sources/Verdicts/Sample.swift"),
            Sample("import Foundation", in: "Sources/Commands/Sample.swift"),
        ])

    private static let outer = [
        "Sources/StateExplorer", "Sources/KVMHost", "Sources/Commands", "Sources/savic-eoi",
    ]

    /// Package.swift is the table of the modules; that it keeps them safe is seen here.
    static let safety = HouseRule(
        name: "every Swift module is safe, but for those where unsafe code is marked",
        check: { file in
            guard file.path == "Package.swift" else { return [] }
            let starts = file.lines.indices.filter { file.lines[$0].contains("arget(") }
            return zip(starts, starts.dropFirst() + [file.lines.count]).compactMap { start, end in
                let target = file.lines[start..<end].joined(separator: " ")
                let isMarked = marked.contains { target.contains("name: \"\($0)\"") }
                let isC = cModules.contains { target.contains("name: \"\($0)\"") }
                let settings = isMarked ? ["marked"] : ["safe", "searched"]
                return isC || settings.contains { target.contains("swiftSettings: \($0)") }
                    ? nil : file.finding(start, "expected swiftSettings: \(settings[0])")
            }
        },
        bad: [
            Sample(".target(name: \"Verdicts\")", in: "Package.swift"),
            Sample(".target(\nname: \"Verdicts\", swiftSettings: marked)", in: "Package.swift"),
            Sample(
                ".testTarget(name: \"KVMHostTests\", swiftSettings: house)", in: "Package.swift"),
        ],
        good: [
            Sample(".target(name: \"Verdicts\",\nswiftSettings: safe)", in: "Package.swift"),
            Sample(".target(name: \"Model\", swiftSettings: searched)", in: "Package.swift"),
            Sample(".target(name: \"CKVM\")", in: "Package.swift"),
        ])

    private static let marked = ["KVMHost", "AgentFace", "Simulation", "KVMHostTests", "roundtrip"]
    private static let cModules = ["CBuildRecord", "CKVM", "GuestAgent", "CRoundTrip"]

    /// The guest runs without an operating system.
    static let includes = HouseRule(
        name: "the guest agent includes nothing of the host",
        check: { file in
            guard file.isIn("Sources/GuestAgent") else { return [] }
            let headers = [
                "backing_page", "ghcb", "guest_agent", "interpreter", "mailbox", "secure_eoi",
                "secure_host", "secure_page", "secure_vc", "x2apic",
            ]
            let own = headers.map { "\"\($0).h\"" } + ["<stddef.h>", "<stdint.h>"]
            return file.lines.indices.filter { index in
                let words = file.lines[index].split(separator: " ")
                return words.first == "#include" && !own.contains { $0 == words.last ?? "" }
            }.map { file.finding($0, "host code in the guest") }
        },
        bad: [Sample("#include <stdio.h>", in: "Sources/GuestAgent/x.c")],
        good: [
            Sample("#include <stdint.h>", in: "Sources/GuestAgent/x.c"),
            Sample("#include <stdio.h>", in: "Sources/CKVM/x.c"),
        ])
}

extension SourceFile {
    /// The modules that it imports, with the indices of their lines.
    var imports: [(index: Int, module: String)] {
        let kinds = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"]
        return code.enumerated().compactMap { index, line in
            let words = line.split(separator: " ").map(String.init)
            guard let place = words.firstIndex(of: "import"), place + 1 < words.count else {
                return nil
            }
            let isFirst = words[..<place].allSatisfy {
                $0.hasPrefix("@")
                    || ["public", "package", "internal", "private", "fileprivate"]
                        .contains($0)
            }
            guard isFirst else { return nil }
            let rest = words[(place + 1)...].drop(while: kinds.contains)
            return rest.first.map { (index, String($0.prefix { $0 != "." && $0 != ";" })) }
        }
    }
}
