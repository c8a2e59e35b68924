import GuestAgent

/// Why KVM answers a request "malformed": EXITINFO2 of that answer (kvm-snp-uapi §3.2).
package enum GHCBMalformation: Error, CaseIterable, Hashable, Sendable {
    case notRegistered, usage, scratch, missingInput, invalidInput, invalidEvent

    package var number: UInt64 {
        switch self {
        case .notRegistered: UInt64(GHCB_ERROR_NOT_REGISTERED)
        case .usage: UInt64(GHCB_ERROR_USAGE)
        case .scratch: UInt64(GHCB_ERROR_SCRATCH)
        case .missingInput: UInt64(GHCB_ERROR_MISSING_INPUT)
        case .invalidInput: UInt64(GHCB_ERROR_INVALID_INPUT)
        case .invalidEvent: UInt64(GHCB_ERROR_INVALID_EVENT)
        }
    }
}

/// A guest's request in its GHCB page (kvm-snp-uapi §3.4).
package enum GHCBRequest: Hashable, Sendable {
    /// A port access. `size` in bytes; `value` is what an OUT writes, else 0.
    case ioio(port: UInt16, size: UInt8, isOut: Bool, value: UInt32)
    case msrRead(index: UInt32)
    case msrWrite(index: UInt32, value: UInt64)
    /// `length` in bytes; the answer is `GHCBAnswer.data`.
    case mmioRead(address: UInt64, length: UInt8)
    /// `data` is little-endian, as many bytes as `length` says.
    case mmioWrite(address: UInt64, length: UInt8, data: UInt64)
    /// Secure AVIC's backing page; `apicID` nil is the vCPU itself.
    case registerPage(gpa: UInt64, apicID: UInt64?)
    /// The answer's RBX is the former address.
    case unregisterPage(apicID: UInt64?)
    /// The draft's specific EOI, which no KVM has.
    case specificEOI(vector: UInt64)
    /// An event that this decoder does not know; KVM's answer would be `.invalidEvent`.
    case unknown(code: UInt64)

    /// Bytes of a GHCB.
    package static let size = Int(GHCB_SIZE)

    /// Decodes the GHCB page at `address`, with KVM's checks in KVM's order
    /// (`sev_es_validate_vmgexit`, `setup_vmgexit_scratch`).
    package init(_ page: RawSpan, at address: UInt64) throws(GHCBMalformation) {
        let usage: UInt32 = page.integer(at: Int(GHCB_USAGE))
        guard usage == 0 else { throw .usage }
        let code = try page.field(GHCB_EXIT_CODE)
        let info = (try page.field(GHCB_EXIT_INFO_1), try page.field(GHCB_EXIT_INFO_2))
        switch code {
        case UInt64(GHCB_EVENT_IOIO): self = try GHCBRequest(ioio: page, info.0)
        case UInt64(GHCB_EVENT_MSR): self = try GHCBRequest(msr: page, info.0)
        case UInt64(GHCB_EVENT_MMIO_READ), UInt64(GHCB_EVENT_MMIO_WRITE):
            let place = try page.scratch(at: address, count: info.1)
            let length = UInt8(place.count)
            self =
                code == UInt64(GHCB_EVENT_MMIO_READ)
                ? .mmioRead(address: info.0, length: length)
                : .mmioWrite(
                    address: info.0, length: length, data: page.littleEndian(in: place))
        case UInt64(GHCB_EVENT_SECURE_AVIC): self = try GHCBRequest(secureAVIC: page, info.0)
        case UInt64(GHCB_EVENT_SPECIFIC_EOI): self = .specificEOI(vector: info.0)
        default: self = .unknown(code: code)
        }
    }

    private init(ioio page: RawSpan, _ info: UInt64) throws(GHCBMalformation) {
        guard info & UInt64(GHCB_IOIO_STRING) == 0 else {
            // KVM wants a buffer and has string accesses; no agent has them.
            _ = try page.field(GHCB_SCRATCH)
            throw .invalidInput
        }
        let isOut = info & UInt64(GHCB_IOIO_IN) == 0
        let size = UInt8(info >> 4 & 7)
        let rax = isOut ? try page.field(GHCB_RAX) : 0
        let mask = size >= 4 ? UInt64(UInt32.max) : 1 << (8 * UInt64(size)) - 1
        self = .ioio(
            port: UInt16(info >> 16 & 0xffff), size: size, isOut: isOut,
            value: UInt32(rax & mask))
    }

    private init(msr page: RawSpan, _ info: UInt64) throws(GHCBMalformation) {
        let index = UInt32(truncatingIfNeeded: try page.field(GHCB_RCX))
        guard info != 0 else {
            self = .msrRead(index: index)
            return
        }
        let low = try page.field(GHCB_RAX) & UInt64(UInt32.max)
        self = .msrWrite(index: index, value: try page.field(GHCB_RDX) << 32 | low)
    }

    private init(secureAVIC page: RawSpan, _ info: UInt64) throws(GHCBMalformation) {
        let rax = try page.field(GHCB_RAX)
        let apicID = rax == .max ? nil : rax
        switch info {
        case UInt64(GHCB_SECURE_AVIC_REGISTER):
            let gpa = try page.field(GHCB_RBX)
            guard gpa.isMultiple(of: UInt64(BACKING_PAGE_SIZE)) else { throw .invalidInput }
            self = .registerPage(gpa: gpa, apicID: apicID)
        case UInt64(GHCB_SECURE_AVIC_UNREGISTER): self = .unregisterPage(apicID: apicID)
        default: throw .invalidInput
        }
    }
}

extension RawSpan {
    /// Whether the guest has marked a field of the GHCB as filled.
    func isValid(_ field: Int32) -> Bool {
        let byte: UInt8 = integer(at: Int(GHCB_VALID_BITMAP + field / 64))
        return byte >> UInt8(field / 8 % 8) & 1 != 0
    }

    /// A field of the GHCB that a request cannot do without.
    fileprivate func field(_ field: Int32) throws(GHCBMalformation) -> UInt64 {
        guard isValid(field) else { throw .missingInput }
        return integer(at: Int(field))
    }

    /// Where in the page the request's data is: all of it has to be in the shared buffer.
    fileprivate func scratch(
        at address: UInt64, count: UInt64
    ) throws(GHCBMalformation) -> Range<Int> {
        let start = try field(GHCB_SCRATCH)
        guard 1...8 ~= count else { throw .invalidInput }
        let buffer = address + UInt64(GHCB_SHARED_BUFFER)
        let end = buffer + UInt64(GHCB_SHARED_BUFFER_SIZE)
        guard buffer...end ~= start, end - start >= count else { throw .scratch }
        let offset = Int(start - address)
        return offset..<offset + Int(count)
    }

    fileprivate func littleEndian(in place: Range<Int>) -> UInt64 {
        place.reversed().reduce(0) { value, offset in
            let byte: UInt8 = integer(at: offset)
            return value << 8 | UInt64(byte)
        }
    }
}
