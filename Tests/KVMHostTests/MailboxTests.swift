import AgentFace
import GuestAgent
import Testing

@Suite("What the host makes of a mailbox page, without any guest") struct MailboxTests {
    /// A page with a good answer to `.run`, sequence 5.
    private func page(_ change: (inout MutableRawSpan) -> Void = { _ in }) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Mailbox.size)
        var span = bytes.mutableSpan
        // SAFETY: integers are stored over integers.
        var raw = unsafe span.mutableBytes
        store(UInt64(MAILBOX_MAGIC), MAILBOX_MAGIC_OFFSET, &raw)
        store(UInt32(MAILBOX_VERSION), MAILBOX_VERSION_OFFSET, &raw)
        store(UInt64(5), MAILBOX_ECHO_OFFSET, &raw)
        change(&raw)
        return bytes
    }

    private func report(_ change: (inout MutableRawSpan) -> Void = { _ in }) -> AgentReport {
        let bytes = page(change)
        // SAFETY: integers have no padding to be read.
        return unsafe AgentReport(ready: bytes.span.bytes, to: .run, sequence: 5)
    }

    @Test("A page with magic, version, sequence and command in order is an answer")
    func aGoodAnswerIsReady() {
        guard case .ready(let found) = report() else {
            Issue.record("\(report())")
            return
        }
        #expect(found.result == .done && found.acceptedVector == nil)
    }

    @Test("Each damaged field is named with what was found in it")
    func everyDamageIsNamed() {
        #expect(report { store(UInt64(1), MAILBOX_MAGIC_OFFSET, &$0) } == .malformed(.magic(1)))
        #expect(report { store(UInt32(9), MAILBOX_VERSION_OFFSET, &$0) } == .malformed(.version(9)))
        #expect(
            report { store(UInt64(4), MAILBOX_ECHO_OFFSET, &$0) }
                == .malformed(.sequence(expected: 5, found: 4)))
        #expect(
            report { store(UInt32(3), MAILBOX_DONE_OFFSET, &$0) }
                == .malformed(.command(expected: 0, found: 3)))
        #expect(report { store(UInt32(7), MAILBOX_RESULT_OFFSET, &$0) } == .malformed(.result(7)))
        #expect(
            report { store(UInt32(31), MAILBOX_ACCEPTED_VECTOR_OFFSET, &$0) }
                == .malformed(.vector(31)))
    }

    @Test("A page of zeros is no hello: its magic is wrong")
    func aZeroedPageIsNoHello() {
        let empty = [UInt8](repeating: 0, count: Mailbox.size)
        // SAFETY: integers have no padding to be read.
        let report = unsafe AgentReport(hello: empty.span.bytes)
        #expect(report == .malformed(.magic(0)))
    }

    @Test("The plain image ends in one aligned stub per vector")
    func stubsAreOnePerVector() {
        let image = AgentImage.plain
        #expect(image.stubTableOffset % image.stubSize == 0)
        #expect(image.bytes.count == image.stubTableOffset + 256 * image.stubSize)
    }
}

private func store<Value: FixedWidthInteger & BitwiseCopyable>(
    _ value: Value, _ offset: Int32, _ page: inout MutableRawSpan
) {
    page.storeBytes(of: value, toByteOffset: Int(offset), as: Value.self)
}
