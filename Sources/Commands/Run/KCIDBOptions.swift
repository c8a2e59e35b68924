internal import ArgumentParser
internal import Foundation
internal import Reporting
internal import Scenarios

/// What a submission to KCIDB needs beside the results: each an option, or a variable of the
/// environment, where CI systems keep what is the same for all their jobs.
struct KCIDBOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The CI system that reports, or SAVIC_EOI_KCIDB_ORIGIN.", valueName: "name"))
    var kcidbOrigin: String?

    @Option(
        help: ArgumentHelp(
            "The build of the kernel that is tested, or SAVIC_EOI_KCIDB_BUILD.",
            valueName: "origin:id"))
    var kcidbBuild: String?

    @Option(
        help: ArgumentHelp(
            "What the ids of this run's tests begin with, or SAVIC_EOI_KCIDB_RUN; without it the "
                + "time and a random number.", valueName: "id"))
    var kcidbRun: String?

    /// Who reports what.
    /// - Parameter isAsked: whether anything is written for KCIDB.
    /// - Returns: nil where nothing is.
    func identity(isAsked: Bool) throws -> KCIDBIdentity? {
        guard isAsked else {
            let options = [
                ("--kcidb-origin", kcidbOrigin), ("--kcidb-build", kcidbBuild),
                ("--kcidb-run", kcidbRun),
            ]
            for (option, value) in options where value != nil {
                throw CommandFailure.usage("\(option) is for --format kcidb")
            }
            return nil
        }
        let origin = given(kcidbOrigin, "ORIGIN")
        let build = given(kcidbBuild, "BUILD")
        let missing = [
            origin == nil ? "--kcidb-origin NAME" : nil,
            build == nil ? "--kcidb-build ORIGIN:ID" : nil,
        ].compactMap(\.self)
        guard let origin, let build else {
            throw CommandFailure.usage(
                "--format kcidb needs \(missing.joined(separator: " and ")): a test without them "
                    + "is none to KCIDB")
        }
        guard Self.isOrigin(origin[...]) else {
            throw CommandFailure.usage(
                "--kcidb-origin takes lower-case letters, digits and _, found \(quoted: origin)")
        }
        let parts = build.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, Self.isOrigin(parts[0]), Self.isID(parts[1]) else {
            throw CommandFailure.usage(
                "--kcidb-build takes the id of a build, such as maestro:6543, "
                    + "found \(quoted: build)")
        }
        let run = given(kcidbRun, "RUN") ?? Self.newRun
        guard Self.isID(run[...]) else {
            throw CommandFailure.usage(
                "--kcidb-run takes printable letters, found \(quoted: run)")
        }
        return KCIDBIdentity(origin: origin, build: build, run: run)
    }

    /// An empty variable is none.
    private func given(_ option: String?, _ name: String) -> String? {
        let value = Console.current.environment["SAVIC_EOI_KCIDB_\(name)"]
        return option ?? value.flatMap { $0.isEmpty ? nil : $0 }
    }

    private static func isOrigin(_ word: Substring) -> Bool {
        !word.isEmpty
            && word.unicodeScalars.allSatisfy {
                switch $0 {
                case "a"..."z", "0"..."9", "_": true
                default: false
                }
            }
    }

    private static func isID(_ word: Substring) -> Bool {
        !word.isEmpty && String(word).printable == word
    }

    /// `savic-eoi-20261122T120000-5f3a…`.
    private static var newRun: String {
        let time = HostReport.now.filter { $0 != "-" && $0 != ":" }
        return "savic-eoi-\(time)-\(String(UInt64.random(in: 0...UInt64.max), radix: 16))"
    }
}
