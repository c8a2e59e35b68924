import Testing

@Suite("compare: matrices side by side") struct CompareMatricesTests {
    /// A report of `matrix` that is right except for what a test makes of it.
    private struct Sample {
        var levels = 2
        var combinations = 4
        var cells: [Cell] = []

        var text: String {
            """
            {
              "schemaVersion": 2, "tool": {"version": "1.0.0"}, "levels": \(levels),
              "nesting": false, "combinations": \(combinations), "searched": 4, "complete": true,
              "states": 99,
              "cells": [
                \(cells.map(\.text).joined(separator: ",\n    "))
              ]
            }
            """
        }
    }

    private struct Cell {
        var design = "rfc-v2"
        var pageTMR = "accurate"
        var guest = "linux"
        var isHostile = false
        /// What is known of it, as the document has it.
        var found: String

        var text: String {
            """
            {"design": "\(design)", "assumptions": {"page-tmr": "\(pageTMR)", "guest-eoi": \
            "\(guest)"}, "hostile": \(isHostile), "invariant": "attribution", \(found)}
            """
        }
    }

    private static let safe = "\"safe\": true"
    private static let open = "\"safe\": false"

    private static func length(
        _ length: Int, _ granularity: String = "step", atomic: Int? = nil
    ) -> String {
        "\"safe\": false, \"length\": \(length), \"granularity\": \"\(granularity)\""
            + (atomic.map { ", \"atomicLength\": \($0)" } ?? "")
            + ", \"trace\": [\"assert 2\", \"eoi\"]"
    }

    /// The four combinations of two kinds of hardware and two guests.
    private func cells(_ found: [String], design: String = "rfc-v2") -> Sample {
        let places = [
            ("accurate", false), ("accurate", true), ("never", false), ("never", true),
        ]
        return Sample(
            cells: zip(places, found).map { place, found in
                Cell(design: design, pageTMR: place.0, isHostile: place.1, found: found)
            })
    }

    private func differences(_ ending: Ending) -> Substring {
        ending.out.ranges(of: "\nA–B: ").first.map { ending.out[$0.lowerBound...].dropFirst() }
            ?? ""
    }

    @Test("A cell that was safe is worse: 1, with where it is and the shortest way")
    func worse() throws {
        let (safe, four) = (Self.safe, Self.length(4))
        let ending = try compare([
            cells([safe, safe, safe, safe]).text, cells([safe, four, safe, four]).text,
        ])
        #expect(ending.status == 1 && ending.err.isEmpty)
        #expect(
            ending.out == """
                A  0.json: 2 lines, 4 combinations
                   99 states; 4 of 4 cells safe
                B  1.json: 2 lines, 4 combinations
                   99 states; 2 of 4 cells safe

                A–B: 2 worse, 2 the same
                  worse  rfc-v2 attribution  safe → 4
                         guest hostile: 2 of 4 combinations
                         such as: assert 2, eoi

                """)
    }

    @Test("A cell that is safe now is mended, and another length is told: 0")
    func mendedAndChanged() throws {
        let ending = try compare([
            cells([Self.length(4), Self.length(4), Self.length(6), Self.length(8, "atomic")]).text,
            cells([Self.safe, Self.safe, Self.length(5), Self.length(7)]).text,
        ])
        #expect(ending.status == 0)
        #expect(
            differences(ending) == """
                A–B: 2 mended, 2 changed
                  mended   rfc-v2 attribution  4 → safe
                           guest linux, hostile under page-tmr accurate: 2 of 4 combinations
                  changed  rfc-v2 attribution  6 → 5
                           guest linux under page-tmr never: 1 of 4 combinations
                  changed  rfc-v2 attribution  8a → 7
                           guest hostile under page-tmr never: 1 of 4 combinations

                """)
    }

    @Test("A length that only single actions have is told where the steps are as many")
    func atomicLength() throws {
        let before = cells(Array(repeating: Self.length(4, atomic: 9), count: 4))
        let after = cells(Array(repeating: Self.length(4, atomic: 8), count: 4))
        let ending = try compare([before.text, after.text])
        #expect(ending.status == 0)
        #expect(
            differences(ending) == """
                A–B: 4 changed
                  changed  rfc-v2 attribution  4 (9a) → 4 (8a)
                           all 4 combinations

                """)
    }

    @Test("Another way of the same length is no difference")
    func otherWay() throws {
        let text = cells([Self.length(4)]).text
        let ending = try compare([text, text.replacing("\"eoi\"", with: "\"run\"")])
        #expect(ending.status == 0)
        #expect(differences(ending) == "A–B: no difference, 1 the same\n")
    }

    @Test("What a stopped search leaves open is neither better nor worse, and told")
    func open() throws {
        let ending = try compare([
            cells([Self.safe, Self.length(4), Self.open, Self.open]).text,
            cells([Self.open, Self.open, Self.length(3), Self.open]).text,
        ])
        #expect(ending.status == 4, "no cell is known in both")
        #expect(
            differences(ending) == """
                A–B: nothing was compared: 2 only A, 1 only B, 1 known in neither
                  only A  rfc-v2 attribution  safe → ?
                          guest linux under page-tmr accurate: 1 of 4 combinations
                          “?”: a search was stopped before it was known
                  only A  rfc-v2 attribution  4 → ?
                          guest hostile under page-tmr accurate: 1 of 4 combinations
                          “?”: a search was stopped before it was known
                  only B  rfc-v2 attribution  ? → 3
                          guest linux under page-tmr never: 1 of 4 combinations
                          “?”: a search was stopped before it was known

                """)
    }

    @Test("Matrices of one design each are held against each other, and so it is told")
    func otherDesign() throws {
        let four = Array(repeating: Self.length(4), count: 4)
        let safe = Array(repeating: Self.safe, count: 4)
        let ending = try compare([
            cells(safe, design: "hardened").text, cells(four, design: "rfc-v2").text,
        ])
        #expect(ending.status == 1)
        #expect(ending.out.contains("\nMade differently:\n  designs  A hardened; B rfc-v2\n"))
        #expect(
            differences(ending) == """
                A–B: 4 worse
                  worse  attribution  safe → 4
                         all 4 combinations
                         such as: assert 2, eoi

                """)
    }

    @Test("What one matrix has not is told design by design, and is not worse")
    func absent() throws {
        let one = cells([Self.safe, Self.safe, Self.length(2), Self.length(3)])
        var two = one
        two.levels = 3
        two.combinations = 5
        two.cells += cells([Self.length(4), Self.length(4)], design: "hardened").cells
        let ending = try compare([one.text, two.text])
        #expect(ending.status == 0)
        #expect(ending.out.contains("B  1.json: 3 lines, 4 of 5 combinations\n"))
        #expect(
            ending.out.contains(
                """

                Made differently:
                  designs  A rfc-v2; B rfc-v2, hardened
                  levels   A 2; B 3

                """))
        #expect(
            differences(ending) == """
                A–B: 2 only B, 4 the same
                  only B  hardened  – → there
                          2 cells

                """)
    }

    @Test("JSON has the cells of a difference, and lengths as numbers")
    func json() throws {
        let ending = try compare(
            [
                cells([Self.safe, Self.length(4)]).text,
                cells([Self.length(2), Self.length(3)]).text,
            ], ["--json"])
        #expect(ending.status == 1)
        let list = try JSONDocument(ending.out)["differences"]?.list ?? []
        #expect(list.map { $0["change"]?.string } == ["worse", "changed"])
        #expect(list[0]["design"]?.string == "rfc-v2")
        #expect(list[0]["invariant"]?.string == "attribution")
        #expect(list[0]["lengthBefore"] == nil && list[0]["length"]?.integer == 2)
        #expect(list[0]["trace"]?.strings == ["assert 2", "eoi"])
        #expect(list[1]["lengthBefore"]?.integer == 4 && list[1]["length"]?.integer == 3)
        let cell = list[1]["cells"]?.list.first
        #expect(cell?["assumptions"]?["page-tmr"]?.string == "accurate")
        #expect(cell?["hostile"]?.value as? Bool == true)
    }

    @Test("What matrix writes is read")
    func written() throws {
        let folder = try Folder()
        let command = ["matrix", "--levels", "1", "--format", "json", "--design"]
        let one = try folder.write(program(command + ["rfc-v2"]).out, to: "one.json")
        let two = try folder.write(program(command + ["guest-conveys"]).out, to: "two.json")
        #expect(program("compare", one, one).status == 0)
        let ending = program("compare", one, two)
        #expect(ending.out.contains("\n  designs  A rfc-v2; B guest-conveys\n"))
        #expect(ending.out.contains(" mended"))
    }

    @Test(
        "A broken report is 65 with file, line, column and the reason",
        arguments: [
            ("\"safe\": true", "\"safe\": 1", "true or false, found “1”"),
            ("\"safe\": true", "\"safe\": true, \"length\": 3", "a counterexample of what is safe"),
            ("\"searched\": 4", "\"searched\": 5", ":3:52: expected a number, 0…4, found “5”"),
            ("\"never\"", "\"accurate\"", "a second cell of “rfc-v2”, “attribution”"),
            ("\"step\"", "\"leap\"", "unknown granularity “leap”"),
            ("\"levels\": 2", "\"level\": 2", "there is no “levels” in the report"),
        ])
    func broken(_ from: String, _ to: String, _ reason: String) throws {
        let text = cells([Self.safe, Self.length(4), Self.safe, Self.safe]).text
        let broken = text.replacing(from, with: to)
        #expect(broken != text)
        let ending = try compare([text, broken])
        #expect(ending.status == 65 && ending.out.isEmpty)
        #expect(ending.err.hasPrefix("savic-eoi: 1.json:"))
        #expect(ending.err.contains(reason), "\(ending.err)")
    }
}
