import Testing

@Suite("Modules (Package.swift)")
struct ModuleTests {
    @Test("Every folder of Sources and Tests is a target, and in the map of the house")
    func folders() throws {
        let manifest = try #require(SourceTree.file("Package.swift")).text
        let page = "Sources/InterruptModel/InterruptModel.docc/InterruptModel.md"
        let map = try #require(SourceTree.file(page)).text
        for folder in SourceTree.folders(in: "Sources") {
            #expect(manifest.contains("name: \"\(folder)\""), "\(folder)")
            #expect(folder == "savic-eoi" || map.contains("\n| `\(folder)` |"), "\(folder)")
        }
        for folder in SourceTree.folders(in: "Tests") {
            #expect(manifest.contains("name: \"\(folder)\""), "\(folder)")
        }
    }

    @Test("The settings refuse what they are there to refuse")
    func settings() throws {
        let manifest = try #require(SourceTree.file("Package.swift")).text
        let needed = [
            ".swiftLanguageMode(.v6)", ".treatAllWarnings(as: .error)", "\"ExistentialAny\"",
            "\"MemberImportVisibility\"", "\"InternalImportsByDefault\"", ".strictMemorySafety()",
            ".treatWarning(\"StrictMemorySafety\", as: .error)",
        ]
        for setting in needed { #expect(manifest.contains(setting), "\(setting)") }
    }
}
