import GuestAgent

/// The host's answer to a GHCB request (kvm-snp-uapi §3.2).
package enum GHCBAnswer: Hashable, Sendable {
    /// It is done. Registers without a value keep what the guest has put there.
    case done(rax: UInt64? = nil, rbx: UInt64? = nil, rdx: UInt64? = nil)
    /// What an MMIO read has read.
    case data(UInt64, length: UInt8)
    /// The access raises #GP.
    case exception
    case malformed(GHCBMalformation)

    package static let done = GHCBAnswer.done()

    /// What an MSR read has read.
    package static func value(_ value: UInt64) -> GHCBAnswer {
        .done(rax: value & UInt64(UInt32.max), rdx: value >> 32)
    }

    /// Writes the answer as KVM does: RAX to RDX, EXITINFO1 and 2, and no other field is valid.
    /// Of the guest's own fields KVM knows only the valid ones. `page` is the whole GHCB.
    package func write(into page: inout MutableRawSpan) {
        var registers = [GHCB_RAX, GHCB_RBX, GHCB_RCX, GHCB_RDX].map { field in
            (field: field, value: page.isValid(field) ? page.integer(at: Int(field)) : UInt64(0))
        }
        var info: (UInt64, UInt64) = (UInt64(GHCB_ANSWER_OK), 0)
        switch self {
        case .done(let rax, let rbx, let rdx):
            if let rax { registers[0].value = rax }
            if let rbx { registers[1].value = rbx }
            if let rdx { registers[3].value = rdx }
        case .data(let data, let length):
            let offset = page.scratchOffset
            for index in 0..<min(Int(length), 8) {
                page.storeBytes(
                    of: UInt8(truncatingIfNeeded: data >> UInt64(8 * index)),
                    toByteOffset: offset + index, as: UInt8.self)
            }
        case .exception: info = (UInt64(GHCB_ANSWER_EXCEPTION), UInt64(GHCB_EXCEPTION_GP))
        case .malformed(let reason): info = (UInt64(GHCB_ANSWER_MALFORMED), reason.number)
        }
        page.clearBitmap()
        for register in registers { page.put(register.value, register.field) }
        page.put(info.0, GHCB_EXIT_INFO_1)
        page.put(info.1, GHCB_EXIT_INFO_2)
    }
}

extension MutableRawSpan {
    fileprivate func isValid(_ field: Int32) -> Bool { bytes.isValid(field) }

    fileprivate func integer<Value: FixedWidthInteger & BitwiseCopyable>(
        at offset: Int
    ) -> Value {
        bytes.integer(at: offset)
    }

    /// Where the shared buffer's data begins. The request's decoder has seen that it is inside.
    fileprivate var scratchOffset: Int {
        let scratch: UInt64 = integer(at: Int(GHCB_SCRATCH))
        return Int(scratch % UInt64(GHCB_SIZE))
    }

    fileprivate mutating func clearBitmap() {
        storeBytes(of: UInt64(0), toByteOffset: Int(GHCB_VALID_BITMAP), as: UInt64.self)
        storeBytes(of: UInt64(0), toByteOffset: Int(GHCB_VALID_BITMAP) + 8, as: UInt64.self)
    }

    /// Fills a field and marks it.
    fileprivate mutating func put(_ value: UInt64, _ field: Int32) {
        storeBytes(of: value, toByteOffset: Int(field), as: UInt64.self)
        let place = Int(GHCB_VALID_BITMAP + field / 64)
        let byte: UInt8 = integer(at: place)
        storeBytes(
            of: byte | 1 << UInt8(field / 8 % 8), toByteOffset: place, as: UInt8.self)
    }
}
