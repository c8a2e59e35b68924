import GuestAgent

/// The page that host and agent share. Its layout is mailbox.h; this is only how Swift reads it.
package enum Mailbox {
    /// Bytes.
    package static let size = Int(MAILBOX_SIZE)
    /// The `sequence` of the agent's first report, which answers no command.
    package static let hello = UInt64.max

    /// Writes a command. `sequence` has to differ from the last one's and from `hello`.
    /// `page` is the whole mailbox.
    package static func post(
        _ command: AgentCommand, sequence: UInt64, into page: inout MutableRawSpan
    ) {
        store(sequence, MAILBOX_SEQUENCE_OFFSET, &page)
        store(command.number, MAILBOX_COMMAND_OFFSET, &page)
        store(command.operand, MAILBOX_OPERAND_OFFSET, &page)
        store(command.way, MAILBOX_WAY_OFFSET, &page)
    }

    /// Clears the guest's interrupt flag between two commands, as a reset of the vCPU does.
    /// `page` is the whole mailbox.
    package static func close(_ page: inout MutableRawSpan) {
        store(UInt32(0), MAILBOX_OPEN_OFFSET, &page)
    }

    /// A number at an offset of mailbox.h.
    static func load<Value: FixedWidthInteger & BitwiseCopyable>(
        _ offset: Int32, _ page: RawSpan
    ) -> Value {
        page.integer(at: Int(offset))
    }

    /// 256 vectors at an offset of mailbox.h, lowest first.
    static func loadVectors(_ offset: Int32, _ page: RawSpan) -> SIMD8<UInt32> {
        var bits = SIMD8<UInt32>()
        for word in 0..<8 { bits[word] = load(offset + 4 * Int32(word), page) }
        return bits
    }

    private static func store<Value: FixedWidthInteger & BitwiseCopyable>(
        _ value: Value, _ offset: Int32, _ page: inout MutableRawSpan
    ) {
        page.storeBytes(of: value, toByteOffset: Int(offset), as: Value.self)
    }
}

extension RawSpan {
    /// The integer at an offset in bytes.
    func integer<Value: FixedWidthInteger & BitwiseCopyable>(at offset: Int) -> Value {
        // SAFETY: the span checks the bounds, and every bit pattern is a Value.
        unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: Value.self)
    }
}
