import Foundation
import Testing

/// The matrix of all designs in every form. It takes seconds, so it is searched once for all tests.
struct WholeMatrix: Sendable {
    /// What it has written: `x` is the report.
    let folder: Folder
    /// What stands on the terminal, but for where the pages are.
    let printed: Ending
    let json: String

    static let shared = Result { try WholeMatrix() }

    private init() throws {
        folder = try Folder()
        var ending = program(
            "matrix", "--format", "text", "--output", "-", "--format", "json", "--output",
            folder.path("json"), "--report", folder.path("x"))
        let pages = "\npages: \(folder.path("x"))/index.html\n"
        try #require(ending.out.hasSuffix(pages))
        ending.out.removeLast(pages.count)
        printed = ending
        json = try folder.read("json")
    }
}
