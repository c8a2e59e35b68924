import Testing

@Suite("The reader that waveforms are held to")
struct VCDReaderTests {
    private static let head = """
        $version x $end
        $timescale 1 us $end
        $scope module m $end
        $var wire 1 a bit $end
        $var string 1 b text $end
        $upscope $end
        $enddefinitions $end

        """

    @Test("It takes a good dump, and tells what is when")
    func good() throws {
        let text = Self.head + "#0\n$dumpvars\n0a\ns- b\n$end\n#5\n1a\nsx_y b\n#9\n"
        let dump = try VCDReader(text)
        #expect(
            dump.values(at: [4, 5]) == [
                ["m.bit": "0", "m.text": "-"], ["m.bit": "1", "m.text": "x_y"],
            ])
        #expect(dump.end == 9)
    }

    @Test(
        "It takes no dump that breaks a rule",
        arguments: [
            "#0\n$dumpvars\n0a\n$end\n",
            "#0\n$dumpvars\n0a\n0a\ns- b\n$end\n",
            "#0\n$dumpvars\n0a\ns- b\n$end\n#5\n1c\n",
            "#0\n$dumpvars\n0a\ns- b\n$end\n#5\n#5\n",
            "#0\n$dumpvars\n0a\ns- b\n$end\n#5\n#4\n",
            "#0\n$dumpvars\n0a\ns- b\n$end\n1a\n",
            "#0\n$dumpvars\n0a\ns- b\n$end\n#5\n1b\n",
            "#0\n$dumpvars\n0a\ns- b\n$end\n#5\nsx a\n",
            "#0\n$dumpvars\n0a\ns- b\n$end\n#5\nsx y b\n",
            "#0\n$dumpvars\n0a\ns- b\n$end\n#5\ns b\n",
            "#0\n$dumpvars\n0a\ns- b\n$end\n#5\n1a\n0a\n",
            "#0\n$dumpvars\n0a\ns- b\n$end\n#5\nsä b\n",
        ])
    func bad(body: String) {
        #expect(throws: VCDReader.Malformed.self) { try VCDReader(Self.head + body) }
    }
}
