/// Where everything lies in a secure guest's physical memory, which it sees one to one. The same
/// for an SEV-SNP guest, the kernel lab's and the emulator's: so the agent meets nothing new on
/// hardware.
package enum SecureLayout {
    // Private memory: measured at launch, encrypted.
    /// Four levels of page tables, one page each: the first 2 MiB in pages of 4 KiB.
    package static let pageTables: UInt64 = 0x1000
    package static let gdt: UInt64 = 0x5000
    /// 256 gates of 16 bytes: exactly one page.
    package static let idt: UInt64 = 0x6000
    /// The APIC backing page.
    package static let backingPage: UInt64 = 0x7000
    /// One page, growing down from here.
    package static let stackTop: UInt64 = 0x9000
    package static let image: UInt64 = 0x10000
    /// Bytes of private memory, from address 0; what is left for the image is 64 KiB.
    package static let privateSize = 0x20000

    /// The private memory that this guest uses, in whole pages; the rest is in no page table and
    /// is not launched: each page of a launch is a command to the firmware.
    package static func used(by payload: GuestPayload) -> [Range<UInt64>] {
        let pages = (UInt64(payload.image.count) + 0xfff) / 0x1000
        return [pageTables..<stackTop, image..<image + 0x1000 * pages]
    }

    // Shared memory: what the host has to read.
    /// First byte of it.
    package static let shared: UInt64 = 0x20000
    package static let mailbox: UInt64 = 0x20000
    package static let ghcb: UInt64 = 0x21000
    /// Bytes of shared memory.
    package static let sharedSize = 0x2000

    /// Fills fresh private memory: page tables, descriptors, gates to the stubs, the image.
    ///
    /// Page table walks count as private whatever the upper entries say, so the encryption bit is
    /// needed in the leaves alone (kvm-snp-uapi §3.5).
    /// - Parameter encryptionBit: number of the C-bit, CPUID 8000001F EBX[5:0]; nil for none.
    package static func load(
        _ payload: GuestPayload, encryptionBit: UInt8?, into memory: borrowing GuestMemory
    ) {
        let present: UInt64 = 0b11  // and writable
        for level in UInt64(0)..<3 {
            let table = pageTables + 0x1000 * level
            memory.store((table + 0x1000) | present, at: table)
        }
        let encrypted: UInt64 = encryptionBit.map { 1 << UInt64($0) } ?? 0
        for range in used(by: payload) + [shared..<shared + UInt64(sharedSize)] {
            for page in stride(from: range.lowerBound, to: range.upperBound, by: 0x1000) {
                let entry = page | present | (page < shared ? encrypted : 0)
                memory.store(entry, at: pageTables + 0x3000 + page / 0x1000 * 8)
            }
        }
        for (index, descriptor) in LongModeStart.descriptors.enumerated() {
            memory.store(descriptor, at: gdt + 8 * UInt64(index))
        }
        InterruptGate.fill(idt, from: image + UInt64(payload.stubs), payload, in: memory)
        memory.store(bytes: payload.image, at: image)
    }

    /// Fresh private memory, filled. Errors: `.call(mmap)`.
    static func privateMemory(
        _ payload: GuestPayload, encryptionBit: UInt8?, calls: SystemCalls
    ) throws(KVMError) -> GuestMemory {
        let memory = try GuestMemory(count: privateSize, calls: calls)
        load(payload, encryptionBit: encryptionBit, into: memory)
        return memory
    }

    /// Fresh shared memory. Errors: `.call(mmap)`.
    static func sharedMemory(calls: SystemCalls) throws(KVMError) -> GuestMemory {
        try GuestMemory(count: sharedSize, calls: calls)
    }

    /// Where the vCPU begins with this payload: mailbox, GHCB and backing page are its arguments.
    package static func start(_ payload: GuestPayload) -> LongModeStart {
        LongModeStart(
            instruction: image + UInt64(payload.entry), stack: stackTop,
            arguments: (mailbox, ghcb, backingPage), pageTable: pageTables, gdt: gdt, idt: idt)
    }

    /// Where the gate of a vector leads.
    package static func gate(_ vector: UInt8, in memory: borrowing GuestMemory) -> UInt64 {
        InterruptGate.target(vector, of: idt, in: memory)
    }
}
