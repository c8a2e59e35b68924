import AgentFace
import GuestAgent
import Testing

@Suite("What the host makes of a GHCB page and of the GHCB MSR") struct GHCBTests {
    private static let address: UInt64 = 0x21000

    /// A page with these fields filled and marked.
    private static func page(_ fields: [(Int32, UInt64)], usage: UInt32 = 0) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Int(GHCB_SIZE))
        func store(_ value: UInt64, _ offset: Int, _ count: Int) {
            for index in 0..<count {
                bytes[offset + index] = UInt8(value >> UInt64(8 * index) & 0xff)
            }
        }
        for (field, value) in fields {
            store(value, Int(field), 8)
            bytes[Int(GHCB_VALID_BITMAP) + Int(field) / 64] |= 1 << UInt8(field / 8 % 8)
        }
        store(UInt64(usage), Int(GHCB_USAGE), 4)
        for index in 0..<8 { bytes[Int(GHCB_SHARED_BUFFER) + index] = UInt8(0x11 * (index + 1)) }
        return bytes
    }

    /// An event with its two details.
    private static func event(
        _ code: UInt64, _ first: UInt64, _ second: UInt64 = 0
    ) -> [(Int32, UInt64)] {
        [(GHCB_EXIT_CODE, code), (GHCB_EXIT_INFO_1, first), (GHCB_EXIT_INFO_2, second)]
    }

    private func decode(
        _ fields: [(Int32, UInt64)], usage: UInt32 = 0
    ) -> Result<GHCBRequest, GHCBMalformation> {
        let bytes = GHCBTests.page(fields, usage: usage)
        return Result { () throws(GHCBMalformation) in
            // SAFETY: integers have no padding to be read.
            try unsafe GHCBRequest(bytes.span.bytes, at: GHCBTests.address)
        }
    }

    private static let buffer = address + UInt64(GHCB_SHARED_BUFFER)
    private static let lastWord = buffer + UInt64(GHCB_SHARED_BUFFER_SIZE) - 4

    private static let good: [([(Int32, UInt64)], GHCBRequest)] = [
        (
            event(0x7b, 0xe1_0210) + [(GHCB_RAX, 0x1234)],
            .ioio(port: 0xe1, size: 1, isOut: true, value: 0x34)
        ),
        (
            event(0x7b, 0x1000_0240) + [(GHCB_RAX, 0xffff_ffff_1234_5678)],
            .ioio(port: 0x1000, size: 4, isOut: true, value: 0x1234_5678)
        ),
        (event(0x7b, 0xe1_0221), .ioio(port: 0xe1, size: 2, isOut: false, value: 0)),
        (event(0x7c, 0) + [(GHCB_RCX, 0x802)], .msrRead(index: 0x802)),
        (
            event(0x7c, 1) + [(GHCB_RCX, 0x80b), (GHCB_RAX, 0xffff_0000_0002), (GHCB_RDX, 3)],
            .msrWrite(index: 0x80b, value: 0x3_0000_0002)
        ),
        (
            event(0x8000_0001, 0xfec0_0000, 4) + [(GHCB_SCRATCH, lastWord)],
            .mmioRead(address: 0xfec0_0000, length: 4)
        ),
        (
            event(0x8000_0002, 0xfec0_0000, 4) + [(GHCB_SCRATCH, buffer)],
            .mmioWrite(address: 0xfec0_0000, length: 4, data: 0x4433_2211)
        ),
        (
            event(0x8000_001a, 0) + [(GHCB_RAX, .max), (GHCB_RBX, 0x7000)],
            .registerPage(gpa: 0x7000, apicID: nil)
        ),
        (event(0x8000_001a, 1) + [(GHCB_RAX, 2)], .unregisterPage(apicID: 2)),
        (event(0x8000_001b, 0x51), .specificEOI(vector: 0x51)),
        (event(0x8000_fffd, 0), .unknown(code: 0x8000_fffd)),
    ]

    @Test("A request with all its fields is decoded to what the guest asks")
    func goodRequestsAreUnderstood() {
        for (fields, request) in GHCBTests.good {
            #expect(decode(fields) == .success(request))
        }
    }

    /// No request has a field to spare, and usage comes first.
    @Test("A request without one of its fields is refused, an unknown usage before that")
    func eachFieldOfARequestIsNeeded() {
        for (fields, request) in GHCBTests.good {
            for index in fields.indices {
                var rest = fields
                rest.remove(at: index)
                #expect(decode(rest) == .failure(.missingInput), "\(request) \(index)")
                #expect(decode(rest, usage: 1) == .failure(.usage))
            }
        }
    }

    @Test("Scratch areas, lengths, pages and strings that KVM refuses are refused")
    func valuesThatKVMRefuses() {
        func mmio(_ scratch: UInt64, _ length: UInt64) -> [(Int32, UInt64)] {
            GHCBTests.event(0x8000_0002, 0xfec0_0000, length) + [(GHCB_SCRATCH, scratch)]
        }
        let (buffer, last) = (GHCBTests.buffer, GHCBTests.lastWord)
        #expect(decode(mmio(buffer - 1, 4)) == .failure(.scratch))
        #expect(decode(mmio(last + 1, 4)) == .failure(.scratch))
        #expect(decode(mmio(last, 5)) == .failure(.scratch))
        #expect(decode(mmio(0x7000, 4)) == .failure(.scratch))
        #expect(decode(mmio(.max, 4)) == .failure(.scratch))
        #expect(decode(mmio(buffer, 0)) == .failure(.invalidInput))
        #expect(decode(mmio(buffer, 9)) == .failure(.invalidInput))
        let registers = [(GHCB_RAX, UInt64.max), (GHCB_RBX, 0x7008)]
        #expect(
            decode(GHCBTests.event(0x8000_001a, 0) + registers) == .failure(.invalidInput))
        #expect(
            decode(GHCBTests.event(0x8000_001a, 2) + registers) == .failure(.invalidInput))
        let string = GHCBTests.event(0x7b, 0xe1_0214)
        #expect(decode(string) == .failure(.missingInput))
        #expect(decode(string + [(GHCB_SCRATCH, buffer)]) == .failure(.invalidInput))
    }

    // MARK: - Answers

    /// What a guest finds in the page after this answer to an MSR write with RCX marked.
    private func answer(
        _ answer: GHCBAnswer, to fields: [(Int32, UInt64)]
    ) -> [Int32: UInt64] {
        var bytes = GHCBTests.page(fields)
        var span = bytes.mutableSpan
        // SAFETY: integers are stored over integers.
        var raw = unsafe span.mutableBytes
        answer.write(into: &raw)
        let places = (0..<Int32(GHCB_VALID_BITMAP) / 8).filter { bit in
            bytes[Int(GHCB_VALID_BITMAP + bit / 8)] >> UInt8(bit % 8) & 1 != 0
        }
        return Dictionary(
            uniqueKeysWithValues: places.map { bit in
                let value = (0..<8).reversed().reduce(UInt64(0)) {
                    $0 << 8 | UInt64(bytes[Int(bit) * 8 + $1])
                }
                return (bit * 8, value)
            })
    }

    @Test("An answer fills and marks the fields that KVM fills and marks")
    func answersMarkWhatKVMMarks() {
        let request = GHCBTests.event(0x7c, 0, 7) + [(GHCB_RCX, 0x802), (GHCB_SCRATCH, 5)]
        func fields(
            _ rax: UInt64, _ rbx: UInt64, _ rdx: UInt64, _ first: UInt64, _ second: UInt64
        ) -> [Int32: UInt64] {
            [
                GHCB_RAX: rax, GHCB_RBX: rbx, GHCB_RCX: 0x802, GHCB_RDX: rdx,
                GHCB_EXIT_INFO_1: first, GHCB_EXIT_INFO_2: second,
            ]
        }
        #expect(answer(.done, to: request) == fields(0, 0, 0, 0, 0))
        #expect(answer(.done(rbx: 0x7000), to: request) == fields(0, 0x7000, 0, 0, 0))
        #expect(answer(.value(0x3_0000_0002), to: request) == fields(2, 0, 3, 0, 0))
        #expect(answer(.exception, to: request) == fields(0, 0, 0, 1, 0x8000_030d))
        for (index, reason) in GHCBMalformation.allCases.enumerated() {
            let malformed = answer(.malformed(reason), to: request)
            #expect(malformed == fields(0, 0, 0, 2, UInt64(index + 1)))
        }
    }

    @Test("The data of an MMIO read goes into the shared buffer and nowhere else")
    func mmioDataGoesIntoTheBuffer() {
        let request =
            GHCBTests.event(0x8000_0001, 0xfec0_0010, 4) + [(GHCB_SCRATCH, GHCBTests.buffer + 2)]
        var bytes = GHCBTests.page(request)
        var span = bytes.mutableSpan
        // SAFETY: integers are stored over integers.
        var raw = unsafe span.mutableBytes
        GHCBAnswer.data(0xaabb_ccdd, length: 4).write(into: &raw)
        let start = Int(GHCB_SHARED_BUFFER)
        #expect(bytes[start..<start + 8] == [0x11, 0x22, 0xdd, 0xcc, 0xbb, 0xaa, 0x77, 0x88])
    }

    // MARK: - The MSR protocol

    @Test(
        "A value of the GHCB MSR is decoded to the request that it is",
        arguments: [
            (UInt64(0x002), GHCBMSRRequest.sevInfo), (0x21012, .register(gfn: 0x21)),
            (0x21000, .pageAddress(0x21000)), (0x6e100, .terminate(set: 0xe, code: 6)),
            (0xff_ffff_f100, .terminate(set: 0xf, code: 0xff)), (0x004, .unknown(4)),
        ])
    func requestsOfTheMSR(_ value: UInt64, _ request: GHCBMSRRequest) {
        #expect(GHCBMSRRequest(value) == request)
    }

    @Test("The MSR protocol's answers have the values of the GHCB specification")
    func answersOfTheMSR() {
        #expect(GHCBMSRAnswer.sevInfo() == 0x0002_0001_3300_0001)
        #expect(GHCBMSRAnswer.registered(gfn: 0x21) == 0x21013)
    }
}

@Suite("The secure agent's machine code as bytes") struct SecureImageTests {
    private let image = AgentImage.secure

    /// All places of four bytes in a row.
    private func places(of bytes: [UInt8], in image: [UInt8]) -> [Int] {
        (0...image.count - bytes.count).filter {
            image[$0..<$0 + bytes.count].elementsEqual(bytes)
        }
    }

    @Test("Every VMGEXIT of the secure image is listed, and the plain one has none")
    func everyVMGEXITIsListed() {
        #expect(!image.exitSites.isEmpty)
        #expect(places(of: AgentImage.vmgexit, in: image.bytes) == image.exitSites)
        #expect(AgentImage.plain.exitSites == [])
        #expect(places(of: AgentImage.vmgexit, in: AgentImage.plain.bytes) == [])
    }

    @Test("Patching the exits changes four bytes at each VMGEXIT and nothing else")
    func patchingChangesNothingElse() {
        let patched = image.withPatchedExits()
        #expect(places(of: [0xe6, 0xe4, 0x90, 0x90], in: patched.bytes) == image.exitSites)
        var restored = patched.bytes
        for site in patched.exitSites {
            restored.replaceSubrange(site..<site + 4, with: AgentImage.vmgexit)
        }
        #expect(restored == image.bytes)
    }

    /// STI's shadow is to cover the one exit: nothing may stand between. Should the hardware keep
    /// the shadow over VMGEXIT, or look for interrupts behind an entry's first instruction, NOPs
    /// are there before CLI.
    @Test("The one window is STI, VMGEXIT, four NOPs, CLI")
    func theWindow() {
        let (sti, nop, cli): (UInt8, UInt8, UInt8) = (0xfb, 0x90, 0xfa)
        let windows = image.exitSites.filter { image.bytes[$0 - 1] == sti }
        #expect(windows.count == 1)
        #expect(
            windows.allSatisfy {
                Array(image.bytes[($0 + 4)..<($0 + 9)]) == [nop, nop, nop, nop, cli]
            })
    }

    @Test("256 aligned stubs end an image of at most 64 KiB; its command table is aligned")
    func tables() {
        #expect(image.stubTableOffset % image.stubSize == 0)
        #expect(image.bytes.count == image.stubTableOffset + 256 * image.stubSize)
        #expect(image.bytes.count <= 0x10000)
        #expect(image.commandTableOffset % 4 == 0)
    }
}
