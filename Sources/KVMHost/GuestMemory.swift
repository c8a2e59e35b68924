import Glibc

/// One anonymous or shared mapping; unmapped when the last owner has gone.
///
/// A class, because guest memory has to outlive its VM *and* that VM's vCPUs, however they are
/// dropped: were it unmapped earlier, the guest would write into whatever is mapped there next.
@safe
final class Mapping {
    let start: UnsafeMutableRawPointer
    let count: Int
    private let calls: SystemCalls

    /// Maps `count` bytes of `descriptor` (−1: fresh zeroed memory). Errors: `.call(mmap)`.
    init(count: Int, descriptor: Int32 = -1, calls: SystemCalls) throws(KVMError) {
        switch calls.mmap(count, descriptor) {
        case .mapped(let start): unsafe self.start = unsafe start
        case .failed(let errno): throw .failed(.mmap, errno, .bytes(count))
        }
        self.count = count
        self.calls = calls
    }

    /// Reserves `count` bytes that nothing may touch. Errors: `.call(mmap)`.
    init(reserving count: Int, calls: SystemCalls) throws(KVMError) {
        switch calls.reserve(count) {
        case .mapped(let start): unsafe self.start = unsafe start
        case .failed(let errno): throw .failed(.mmap, errno, .bytes(count))
        }
        self.count = count
        self.calls = calls
    }

    // SAFETY: the last reference is gone, so nothing in this process reaches the mapping.
    deinit { _ = unsafe calls.munmap(start, count) }
}

/// Addresses that nothing may touch: where a slot of private memory has its shared side, of which a
/// guest that never shares a page has no use.
///
/// Whatever the kernel does to mapped pages at a slot's addresses – automatic NUMA balancing,
/// compaction, swapping – it announces, and KVM then takes the slot's *private* pages out of the
/// guest's page tables, too (`kvm_gfn_range_filter_to_root_types`, arch/x86/kvm/mmu/tdp_mmu.h). The
/// APIC backing page is one of them, and a processor that does not find it there never enters the
/// guest again. Of these addresses there is nothing to announce: no page is ever mapped, and what
/// scans a program's memory passes over what may not be accessed. Memory that is only never touched
/// would not do, nor may anybody change the protection of these addresses: the kernel announces
/// that for the whole range, pages or none (`change_pud_range`, mm/mprotect.c). What was seen of it
/// is in InterruptModel.docc/on-real-kernel-code.md.
package struct ReservedAddresses: ~Copyable {
    let mapping: Mapping

    /// `count` bytes, a multiple of the page size 4096. Errors: `.call(mmap)`.
    package init(count: Int, calls: SystemCalls = .live) throws(KVMError) {
        mapping = try Mapping(reserving: count, calls: calls)
    }
}

/// Memory of the guest as the host sees it: offsets from its start, in bytes, always checked.
///
/// An offset outside is a mistake of the caller and traps. Values are little-endian, like the
/// guest. While a vCPU runs the guest may write it; callers look between two runs.
@safe
package struct GuestMemory: ~Copyable {
    let mapping: Mapping

    /// `count` bytes of zeros, a multiple of the page size 4096. Errors: `.call(mmap)`.
    package init(count: Int, calls: SystemCalls = .live) throws(KVMError) {
        precondition(count > 0 && count.isMultiple(of: 4096), "guest memory comes in pages")
        self.mapping = try Mapping(count: count, calls: calls)
    }

    /// Bytes.
    package var count: Int { mapping.count }

    /// Reads an integer at any alignment.
    package func load<Value: FixedWidthInteger & BitwiseCopyable>(
        _ type: Value.Type = Value.self, at offset: UInt64
    ) -> Value {
        let source = unsafe pointer(offset, MemoryLayout<Value>.size)
        // SAFETY: in bounds by the line above, and every bit pattern is a Value.
        return unsafe Value(littleEndian: source.loadUnaligned(as: Value.self))
    }

    /// Writes an integer at any alignment.
    package func store<Value: FixedWidthInteger & BitwiseCopyable>(
        _ value: Value, at offset: UInt64
    ) {
        let target = unsafe pointer(offset, MemoryLayout<Value>.size)
        // SAFETY: in bounds by the line above.
        unsafe target.storeBytes(of: value.littleEndian, as: Value.self)
    }

    /// Copies bytes into the guest.
    package func store(bytes: [UInt8], at offset: UInt64) {
        let target = unsafe pointer(offset, bytes.count)
        // SAFETY: both sides are `bytes.count` long, and an array never overlaps the mapping.
        unsafe bytes.withUnsafeBytes { unsafe target.copyMemory(from: $0) }
    }

    /// A copy of bytes of the guest.
    package func bytes(at offset: UInt64, count: Int) -> [UInt8] {
        withBytes(at: offset, count: count) { span in
            span.byteOffsets.map { unsafe span.unsafeLoad(fromByteOffset: $0, as: UInt8.self) }
        }
    }

    /// Lends bytes of the guest for reading.
    package func withBytes<Result, Failure: Error>(
        at offset: UInt64, count: Int, _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let start = unsafe pointer(offset, count)
        // SAFETY: in bounds; the span cannot leave the closure, and `self` outlives it.
        let buffer = unsafe UnsafeRawBufferPointer(start: start, count: count)
        return try unsafe body(buffer.bytes)
    }

    /// Lends bytes of the guest for writing.
    package func withMutableBytes<Result, Failure: Error>(
        at offset: UInt64, count: Int, _ body: (inout MutableRawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let start = unsafe pointer(offset, count)
        // SAFETY: as above; the guest does not run meanwhile, so there is no second writer.
        let buffer = unsafe UnsafeMutableRawBufferPointer(start: start, count: count)
        var span = unsafe buffer.mutableBytes
        return try body(&span)
    }

    /// The host address of `count` bytes at `offset`, which have to be inside.
    private func pointer(_ offset: UInt64, _ count: Int) -> UnsafeMutableRawPointer {
        precondition(
            count >= 0 && count <= mapping.count && offset <= UInt64(mapping.count - count),
            "guest memory: \(count) bytes at \(offset) of \(mapping.count)")
        return unsafe mapping.start + Int(offset)
    }
}

extension UnsafeMutableRawPointer {
    /// memcpy of a whole buffer.
    fileprivate func copyMemory(from source: UnsafeRawBufferPointer) {
        guard let start = source.baseAddress else { return }
        unsafe copyMemory(from: start, byteCount: source.count)
    }
}
