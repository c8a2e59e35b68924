import CKVM
import Glibc

/// Why a vCPU came back from `KVM_RUN`: a copy, valid for as long as the caller likes.
package enum VCPUExit: Hashable, Sendable {
    /// A port access. `size` in bytes; `value` is what an OUT wrote (its first element), else 0.
    case io(port: UInt16, size: UInt8, isOut: Bool, value: UInt32)
    /// An access to an address without memory. `length` in bytes, `data` little-endian.
    case mmio(address: UInt64, length: UInt32, isWrite: Bool, data: UInt64)
    /// Split irqchip only: the guest's EOI of a level vector that a reserved GSI is routed to.
    case ioapicEOI(vector: UInt8)
    /// An MSR access that userspace asked for, to be answered with `VCPU.answerMSR`.
    case readMSR(index: UInt32)
    case writeMSR(index: UInt32, value: UInt64)
    /// HLT; only without an in-kernel LAPIC.
    case hlt
    /// Triple fault.
    case shutdown
    /// The CPU refused the guest's state.
    case failEntry(reason: UInt64, cpu: UInt32)
    /// KVM gave up; suberror 1 is an instruction that it cannot emulate.
    case internalError(suberror: UInt32, data: [UInt64])
    /// The guest asked for something: type 6 is `KVM_SYSTEM_EVENT_SEV_TERM`.
    case systemEvent(type: UInt32, data: [UInt64])
    /// The guest's C-bit and the page's attribute contradict each other, or the page is broken.
    case memoryFault(MemoryFault)
    /// Any other `KVM_EXIT_…` number.
    case unknown(UInt32)

    /// Copies the exit out of the shared page.
    init(_ run: UnsafeMutablePointer<kvm_run>) {
        // SAFETY (whole function): the page is mapped while its vCPU exists, the vCPU is not
        // running, and the union member read is the one that exit_reason names.
        switch unsafe Int32(bitPattern: run.pointee.exit_reason) {
        case KVM_EXIT_IO: self = unsafe VCPUExit(io: run)
        case KVM_EXIT_IOAPIC_EOI: self = unsafe .ioapicEOI(vector: run.pointee.eoi.vector)
        case KVM_EXIT_MMIO:
            let mmio = unsafe run.pointee.mmio
            let bytes = mmio.data
            self = unsafe .mmio(
                address: mmio.phys_addr, length: mmio.len, isWrite: mmio.is_write != 0,
                data: withUnsafeBytes(of: bytes) { unsafe $0.loadUnaligned(as: UInt64.self) })
        case KVM_EXIT_X86_RDMSR: self = unsafe .readMSR(index: run.pointee.msr.index)
        case KVM_EXIT_X86_WRMSR:
            let msr = unsafe run.pointee.msr
            self = .writeMSR(index: msr.index, value: msr.data)
        case KVM_EXIT_HLT: self = .hlt
        case KVM_EXIT_SHUTDOWN: self = .shutdown
        case KVM_EXIT_FAIL_ENTRY:
            let entry = unsafe run.pointee.fail_entry
            self = .failEntry(reason: entry.hardware_entry_failure_reason, cpu: entry.cpu)
        case KVM_EXIT_INTERNAL_ERROR:
            let error = unsafe run.pointee.internal
            self = .internalError(
                suberror: error.suberror, data: words(of: error.data, error.ndata))
        case KVM_EXIT_SYSTEM_EVENT:
            let event = unsafe run.pointee.system_event
            self = .systemEvent(
                type: event.type,
                data: words(of: event.data, event.ndata))
        default: self = unsafe .unknown(run.pointee.exit_reason)
        }
    }

    private init(io run: UnsafeMutablePointer<kvm_run>) {
        let io = unsafe run.pointee.io
        let isOut = Int32(io.direction) == KVM_EXIT_IO_OUT
        var value: UInt32 = 0
        if isOut {
            // SAFETY: KVM puts the data into the same mapping, `data_offset` from its start.
            let data = unsafe UnsafeRawPointer(run) + Int(io.data_offset)
            switch io.size {
            case 1: value = unsafe UInt32(data.load(as: UInt8.self))
            case 2: value = unsafe UInt32(data.loadUnaligned(as: UInt16.self))
            default: value = unsafe data.loadUnaligned(as: UInt32.self)
            }
        }
        self = .io(port: io.port, size: io.size, isOut: isOut, value: value)
    }
}

/// An access that KVM leaves to userspace (`KVM_EXIT_MEMORY_FAULT`, kvm-snp-uapi §1.5).
package struct MemoryFault: Hashable, Sendable {
    /// Guest physical address.
    package let address: UInt64
    /// Bytes.
    package let size: UInt64
    /// Whether the guest used its C-bit, that is, wanted private memory.
    package let isPrivate: Bool
    /// Whether the host's memory under it has failed (EHWPOISON).
    package let isPoisoned: Bool

    package init(address: UInt64, size: UInt64, isPrivate: Bool, isPoisoned: Bool = false) {
        self.address = address
        self.size = size
        self.isPrivate = isPrivate
        self.isPoisoned = isPoisoned
    }

    /// Copies it out of the shared page; nil unless `KVM_RUN` has failed for its sake.
    init?(_ run: UnsafeMutablePointer<kvm_run>, errno: Int32) {
        guard errno == EFAULT || errno == EHWPOISON,
            unsafe Int32(bitPattern: run.pointee.exit_reason) == KVM_EXIT_MEMORY_FAULT
        else { return nil }
        let fault = unsafe ckvm_memory_fault(run)
        self.init(
            address: fault.gpa, size: fault.size,
            isPrivate: fault.flags & UInt64(CKVM_MEMORY_EXIT_FLAG_PRIVATE) != 0,
            isPoisoned: errno == EHWPOISON)
    }
}

/// The first `count` numbers of a C array of 64-bit numbers, however many it has.
private func words<Tuple>(of tuple: Tuple, _ count: UInt32) -> [UInt64] {
    // SAFETY: a C array imports as a tuple of its elements, without padding.
    unsafe withUnsafeBytes(of: tuple) { bytes in
        let places = bytes.count / 8
        return (0..<min(Int(count), places)).map {
            unsafe bytes.loadUnaligned(fromByteOffset: 8 * $0, as: UInt64.self)
        }
    }
}
