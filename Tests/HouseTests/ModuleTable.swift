/// What a module may import: the map of the house in InterruptModel.md, as far as Package.swift has
/// it.
struct ModuleRow: Sendable {
    var name: String
    /// Modules of this package, lowest first.
    var modules: [String] = []
    /// Modules of other packages.
    var libraries: [String] = []
    /// Modules of the toolchain; the standard library needs no import.
    var system: [String] = []
    var isC = false
    /// Whether unsafe code may be marked in it.
    var mayBeUnsafe = false

    var allowed: [String] { modules + libraries + system }
}

enum ModuleTable {
    /// Lowest first: a module may import only from the rows above its own.
    static let rows = [
        ModuleRow(name: "CKVM", isC: true),
        ModuleRow(name: "GuestAgent", isC: true),
        ModuleRow(name: "StateExplorer", system: ["Synchronization", "Foundation", "Dispatch"]),
        ModuleRow(name: "InterruptModel", modules: ["StateExplorer"]),
        ModuleRow(name: "Verdicts"),
        ModuleRow(
            name: "KVMHost", modules: ["CKVM"], libraries: ["SystemPackage"],
            system: ["Glibc", "Synchronization"], mayBeUnsafe: true),
        ModuleRow(name: "AgentFace", modules: ["GuestAgent"], mayBeUnsafe: true),
        ModuleRow(
            name: "Scenarios", modules: ["InterruptModel", "Verdicts"], libraries: ["Yams"]),
        ModuleRow(
            name: "Lockstep",
            modules: ["InterruptModel", "Verdicts", "Scenarios", "KVMHost", "AgentFace"],
            libraries: ["Histogram"]),
        ModuleRow(
            name: "Reporting", modules: ["Verdicts", "InterruptModel"], libraries: ["Rainbow"]),
        ModuleRow(
            name: "Commands",
            modules: [
                "StateExplorer", "InterruptModel", "Verdicts", "Scenarios", "Lockstep", "KVMHost",
                "Reporting",
            ],
            libraries: ["ArgumentParser", "SystemPackage"],
            system: ["Foundation", "Synchronization"]),
        ModuleRow(name: "savic-eoi", modules: ["Commands"], system: ["Glibc"]),
    ]

    /// What any test may import beside what its target depends on.
    static let forTests = ["Testing", "Foundation", "FoundationXML", "Glibc", "Synchronization"]

    static func row(_ name: String) -> ModuleRow? { rows.first { $0.name == name } }
}

extension HouseRule {
    /// Imports run downward only.
    static let imports = HouseRule(
        name: "a module imports only what the table allows",
        check: { file in
            guard file.isSwift, file.isIn("Sources") else { return [] }
            guard let module = file.module, let row = ModuleTable.row(module) else {
                return [file.finding(0, "a file outside the modules of the table")]
            }
            return file.imports.filter { !row.allowed.contains($0.module) }.map {
                file.finding($0.index, "\(module) may not import \($0.module)")
            }
        },
        bad: [
            Sample("import Foundation", in: "Sources/InterruptModel/Sample.swift"),
            Sample("import Foundation", in: "Sources/Verdicts/Sample.swift"),
            Sample("internal import Foundation", in: "Sources/Scenarios/Sample.swift"),
            Sample("import Lockstep", in: "Sources/Scenarios/Sample.swift"),
            Sample("public import ArgumentParser", in: "Sources/Lockstep/Sample.swift"),
            Sample("import struct Foundation.Date", in: "Sources/Lockstep/Sample.swift"),
            Sample("@preconcurrency import Glibc", in: "Sources/Reporting/Sample.swift"),
            Sample("let x = 1", in: "Sources/NewModule/Sample.swift"),
            Sample("let x = 1", in: "Sources/Sample.swift"),
        ],
        good: [
            Sample("import KVMHost // import Foundation", in: "Sources/Lockstep/Sample.swift"),
            Sample("/*\nimport Foundation\n*/", in: "Sources/Verdicts/Sample.swift"),
            Sample("let x = \"\"\"\n  import Yams\n  \"\"\"", in: "Sources/Verdicts/Sample.swift"),
        ])

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
