// Shows on a real kernel what an APIC backing page has to fear: that KVM takes a guest's *private*
// pages out of its page tables because something happens to the mapping at the slot's addresses.
//
//   hosttests/savic-kernel/private-pages       builds it and runs it on a kernel that can
//
// An ordinary KVM can have private memory in a VM of type KVM_X86_SW_PROTECTED_VM, so
// KVM_CREATE_GUEST_MEMFD, KVM_SET_USER_MEMORY_REGION2 and KVM_SET_MEMORY_ATTRIBUTES are real here,
// by the same calls with which an SEV-SNP guest is launched. The guest touches all its private
// pages in turn, and each page that KVM has taken away is a page fault, which debugfs counts.
//
// The mapping changes by mprotect(), which walks it as automatic NUMA balancing does
// (change_protection, mm/mprotect.c). Exit status: 0 where a populated mapping loses the guest its
// pages and reserved addresses do not; 1 otherwise; 4 without such a kernel.
import Glibc
import KVMHost

/// Where the private pages are, and how many: a number that no other mapping here has.
let privateAddress: UInt64 = 0x10_0000
let pages = 61
let bytes = pages * 4096
let softwareProtected: Int32 = 1

/// In shared memory: tables that map the first 2 MiB as they are, and the code.
enum Shared {
    static let pageTables: UInt64 = 0x1000
    static let gdt: UInt64 = 0x5000
    static let idt: UInt64 = 0x6000
    static let stackTop: UInt64 = 0x8000
    static let code: UInt64 = 0x8000
    static let count = 0x10000
}

/// Adds one to a word of each private page, leaves by port 0xE1, and begins anew.
let code: [UInt8] =
    [0x48, 0xC7, 0xC6] + littleEndian(UInt32(privateAddress))  // mov $address, %rsi
    + [0xB9] + littleEndian(UInt32(pages))  // mov $pages, %ecx
    + [0xFF, 0x06]  // 1: incl (%rsi)
    + [0x48, 0x81, 0xC6, 0x00, 0x10, 0x00, 0x00]  // add $0x1000, %rsi
    + [0xFF, 0xC9, 0x75, 0xF3]  // dec %ecx; jnz 1b
    + [0xE6, 0xE1, 0xEB, 0xE3]  // out %al, $0xE1; jmp to the start

func littleEndian(_ value: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
}

func fail(_ message: String, _ status: Int32 = 1) -> Never {
    print(message)
    exit(status)
}

/// A guest with private pages; where its slot has its shared side is up to the caller.
struct Guest: ~Copyable {
    let vm: VirtualMachine
    let vcpu: VCPU
    let shared: GuestMemory
    let privatePages: GuestMemFD

    init(_ system: borrowing KVMSystem) throws(KVMError) {
        let vm = try system.createVM(type: softwareProtected)
        let shared = try GuestMemory(count: Shared.count)
        for level in UInt64(0)..<2 {
            let table = Shared.pageTables + 0x1000 * level
            shared.store((table + 0x1000) | 0b11, at: table)
        }
        shared.store(UInt64(0x83), at: Shared.pageTables + 0x2000)
        shared.store(bytes: code, at: Shared.code)
        try vm.mapMemory(shared)
        let vcpu = try vm.createVCPU()
        var cpuid = try system.supportedCPUID()
        cpuid.offerX2APIC()
        try vcpu.setCPUID(cpuid)
        try vcpu.enterLongMode(
            LongModeStart(
                instruction: Shared.code, stack: Shared.stackTop, arguments: (0, 0, 0),
                pageTable: Shared.pageTables, gdt: Shared.gdt, idt: Shared.idt))
        privatePages = try vm.createGuestMemFD(count: bytes)
        (self.vm, self.vcpu, self.shared) = (vm, vcpu, shared)
    }

    /// Page faults that one round through the private pages takes.
    func faults() throws(KVMError) -> Int {
        let before = counted()
        let exit = try vcpu.run(within: .seconds(10))
        guard case .io(0xE1, _, true, _) = exit else { fail("the guest left by \(exit)") }
        return counted() - before
    }

    /// pf_taken of this process' only VM.
    private func counted() -> Int {
        let folder = "/sys/kernel/debug/kvm"
        let own = "\(getpid())-"
        for number in 0..<64 {
            let path = "\(folder)/\(own)\(number)/pf_taken"
            guard case .found(let text) = HostReader.live.text(path) else { continue }
            if let count = Int(text.split(separator: "\n").first ?? "") { return count }
        }
        fail("SKIP: no \(folder)/\(own)*/pf_taken; is debugfs mounted?", 4)
    }
}

/// Where the last mapping was made, as the kernel was asked for it.
let lastMapping = Mutex<UInt>(0)
var calls = SystemCalls.live
let (mmap, reserve) = (calls.mmap, calls.reserve)
func noted(_ answer: MappingAnswer) -> MappingAnswer {
    if case .mapped(let start) = answer {
        lastMapping.withLock { $0 = UInt(bitPattern: start) }
    }
    return answer
}
calls.mmap = { noted(mmap($0, $1)) }
calls.reserve = { noted(reserve($0)) }

/// Has the kernel walk the mapping that was made last, as it does on its own account.
func disturb() {
    let address = UnsafeMutableRawPointer(bitPattern: lastMapping.withLock { $0 })
    // SAFETY: the mapping is there, of this size, and nobody writes to it any more.
    guard unsafe mprotect(address, bytes, PROT_READ) == 0 else { fail("mprotect: \(errno)") }
}

/// A round to fill the page tables, one that shows they are full, and one behind the disturbance.
func lost(_ guest: borrowing Guest) throws(KVMError) -> Int {
    try guest.vm.setPrivate(at: privateAddress, count: bytes)
    guard try guest.faults() >= pages, try guest.faults() == 0 else {
        fail("the guest does not fault in its \(pages) pages once and for all")
    }
    disturb()
    return try guest.faults()
}

do {
    let system = try KVMSystem(calls: calls)
    guard try system.vmTypes() >> UInt32(softwareProtected) & 1 == 1 else {
        fail("SKIP: this KVM has no KVM_X86_SW_PROTECTED_VM", 4)
    }
    let populated: Int
    do {
        let guest = try Guest(system)
        let source = try GuestMemory(count: bytes, calls: calls)
        for page in 0..<pages { source.store(UInt8(1), at: UInt64(page) * 4096) }
        try guest.vm.mapMemory(source, private: guest.privatePages, at: privateAddress, slot: 1)
        populated = try lost(guest)
    }
    let guest = try Guest(system)
    let addresses = try ReservedAddresses(count: bytes, calls: calls)
    try guest.vm.mapPrivateMemory(addresses, guest.privatePages, at: privateAddress, slot: 1)
    let reserved = try lost(guest)
    print("private pages lost of \(pages): \(populated) where the slot's addresses are populated,")
    print("  \(reserved) where they are reserved, as SecureGuest has them")
    exit(populated == pages && reserved == 0 ? 0 : 1)
} catch {
    fail("\(error)", 70)
}
