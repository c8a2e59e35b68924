import Testing

/// Package.swift and the folders against the module table.
@Suite struct ModuleTests {
    private func manifest() throws -> Manifest {
        Manifest(try #require(SourceTree.file("Package.swift")).text)
    }

    @Test func theManifestIsUnderstood() throws {
        let manifest = try manifest()
        let commands = try #require(manifest.targets.first { $0.name == "Commands" })
        #expect(commands.dependencies.contains("ArgumentParser"))
        #expect(commands.dependencies.contains("Lockstep"))
        #expect(manifest.targets.contains { $0.isTest && $0.name == "HouseTests" })
        #expect(Set(manifest.settings.keys) == ["house", "safe", "marked"])
        #expect(manifest.reachable(from: "savic-eoi").contains("InterruptModel"))
    }

    @Test func theManifestKeepsTheTable() throws {
        let findings = try manifest().findings
        #expect(findings.isEmpty, "\(findings.joined(separator: "\n"))")
    }

    @Test func theTableRunsDownward() {
        for (index, row) in ModuleTable.rows.enumerated() {
            let above = ModuleTable.rows[..<index].map(\.name)
            for module in row.modules { #expect(above.contains(module), "\(row.name)") }
        }
    }

    @Test func everyFolderIsATarget() throws {
        let manifest = try manifest()
        let modules = manifest.targets.filter(\.isInSources).map(\.name)
        #expect(SourceTree.folders(in: "Sources") == modules.sorted())
        let tests = manifest.targets.filter(\.isTest).map(\.name)
        #expect(Set(tests).isSubset(of: SourceTree.folders(in: "Tests")))
    }

    /// What a test imports without its target's saying so breaks with the order of the build.
    @Test func testsImportWhatTheirTargetCanReach() throws {
        let manifest = try manifest()
        for file in SourceTree.files where file.isIn("Tests") && file.isSwift {
            let module = try #require(file.module)
            let allowed = manifest.reachable(from: module).union(ModuleTable.forTests)
            let wrong = file.imports.map(\.module).filter { !allowed.contains($0) }
            #expect(wrong.isEmpty, "\(file.path)")
        }
    }

    // MARK: - The check itself

    /// Breaks Package.swift in one place.
    private func findings(replacing old: String, with new: String) throws -> [String] {
        let text = try #require(SourceTree.file("Package.swift")).text
        try #require(text.contains(old))
        return Manifest(text.replacing(old, with: new)).findings
    }

    @Test(arguments: [
        (".target(name: \"Verdicts\",", ".target(name: \"Verdict\",", "no target Verdicts"),
        (
            ".target(name: \"Verdicts\",", ".target(name: \"Verdicts\", dependencies: [yams],",
            "Verdicts may not depend on Yams"
        ),
        (
            ".target(name: \"CKVM\")", ".target(name: \"CKVM\", dependencies: [\"GuestAgent\"])",
            "CKVM depends on GuestAgent, which stands below it"
        ),
        (
            ".target(name: \"Verdicts\", swiftSettings: safe)",
            ".target(name: \"Verdicts\", swiftSettings: marked)", "Verdicts has marked, not safe"
        ),
        (
            ".target(name: \"Verdicts\", swiftSettings: safe)", ".target(name: \"Verdicts\")",
            "Verdicts has no settings, not safe"
        ),
        (
            ".treatWarning(\"StrictMemorySafety\", as: .error)", "",
            "safe lacks .treatWarning(\"StrictMemorySafety\", as: .error)"
        ),
        (".treatAllWarnings(as: .error)", "", "house lacks .treatAllWarnings(as: .error)"),
    ])
    func aBrokenManifestIsSeen(_ old: String, _ new: String, _ finding: String) throws {
        #expect(try findings(replacing: old, with: new).contains(finding))
    }
}
