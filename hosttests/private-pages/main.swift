// Shows on a real kernel what an APIC backing page has to fear: that KVM takes a guest's *private*
// pages away because of what the kernel does to the memory at the addresses of their slot.
//
//   hosttests/savic-kernel/private-pages       builds it and runs it on a kernel that can
//
// Two guests have private memory by calls with which an SEV-SNP guest is launched, too
// (KVM_CREATE_GUEST_MEMFD, KVM_SET_USER_MEMORY_REGION2, KVM_SET_MEMORY_ATTRIBUTES): KVM has them
// for VMs of type KVM_X86_SW_PROTECTED_VM without the hardware. The guests differ in what is at the
// addresses of their slot. Both touch all their private pages again and again, while automatic NUMA
// balancing scans this process; a page that KVM has taken away is one more kvm_page_fault among the
// kernel's trace events.
//
// Exit status: 0 where the guest with a populated slot loses its pages and the one with reserved
// addresses keeps them; 1 otherwise, also where nothing was lost or traced; 4 where this KVM has no
// such VMs; 70 where a call fails.
import CKVM
import Glibc
import KVMHost

/// KVM_X86_SW_PROTECTED_VM of asm/kvm.h, which Debian 12's headers do not have.
let softwareProtected: Int32 = 1
/// A guest's private pages.
let pages = 61
let bytes = pages * 4096
/// How often the kernel has to have taken all of them: with the second time, a scan of the whole
/// process lies behind.
let times = 2
let limit = Duration.seconds(120)

/// What is in the shared memory, which begins at 0.
enum Layout {
    static let pageTables: UInt64 = 0x1000
    static let gdt: UInt64 = 0x5000
    static let idt: UInt64 = 0x6000
    static let stackTop: UInt64 = 0x8000
    static let code: UInt64 = 0x8000
    static let count = 0x10000
    /// Where the guests have their private pages: apart, so that an address says whose it is.
    static let populated: UInt64 = 0x10_0000
    static let reserved: UInt64 = 0x18_0000
}

func fail(_ message: String, _ status: Int32 = 1) -> Never {
    print(message)
    exit(status)
}

func littleEndian(_ value: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
}

/// Adds one to a word of each private page, leaves by port 0xE1, and begins anew.
func code(_ address: UInt64) -> [UInt8] {
    [0x48, 0xC7, 0xC6] + littleEndian(UInt32(address))  // mov $address, %rsi
        + [0xB9] + littleEndian(UInt32(pages))  // mov $pages, %ecx
        + [0xFF, 0x06]  // 1: incl (%rsi)
        + [0x48, 0x81, 0xC6, 0x00, 0x10, 0x00, 0x00]  // add $0x1000, %rsi
        + [0xFF, 0xC9, 0x75, 0xF3]  // dec %ecx; jnz 1b
        + [0xE6, 0xE1, 0xEB, 0xE3]  // out %al, $0xE1; jmp to the start
}

/// The guest physical addresses of the page faults that KVM has traced, in their order.
func faults() -> [UInt64] {
    let path = "/sys/kernel/tracing/trace"
    guard case .found(let text) = HostReader.live.text(path) else { fail("cannot read \(path)") }
    return text.split(separator: "\n").compactMap { line in
        let words = line.split(separator: " ")
        guard words.contains("kvm_page_fault:"),
            let place = words.firstIndex(of: "address"), place + 1 < words.count
        else { return nil }
        return UInt64(words[place + 1].dropFirst(2), radix: 16)
    }
}

/// A guest that touches its private pages.
struct Guest: ~Copyable {
    let vm: VirtualMachine
    let vcpu: VCPU
    let privateAddresses: Range<UInt64>

    /// - Parameter map: makes the slot, number 1, that has the private pages.
    init(
        _ system: borrowing KVMSystem, privateAt address: UInt64,
        map: (borrowing VirtualMachine, GuestMemFD) throws(KVMError) -> Void
    ) throws(KVMError) {
        let shared = try GuestMemory(count: Layout.count)
        // Three levels that map the first 2 MiB as they are.
        let tables = Layout.pageTables
        shared.store((tables + 0x1000) | 0b11, at: tables)
        shared.store((tables + 0x2000) | 0b11, at: tables + 0x1000)
        shared.store(UInt64(0x83), at: tables + 0x2000)
        shared.store(bytes: code(address), at: Layout.code)
        let vm = try system.createVM(type: softwareProtected)
        try vm.mapMemory(shared)
        try map(vm, try vm.createGuestMemFD(count: bytes))
        try vm.setPrivate(at: address, count: bytes)
        vcpu = try vm.createVCPU(
            on: system,
            at: LongModeStart(
                instruction: Layout.code, stack: Layout.stackTop, arguments: (0, 0, 0),
                pageTable: tables, gdt: Layout.gdt, idt: Layout.idt))
        self.vm = vm
        privateAddresses = address..<address + UInt64(bytes)
    }

    /// Has it touch each of its private pages.
    func touchAll() throws(KVMError) {
        let exit = try vcpu.run()
        guard case .io(0xE1, _, true, _) = exit else { fail("a guest left by \(exit)", 70) }
    }

    /// Its private pages that were lost, each as often as it was: a page's first fault is not one.
    func lost() -> Int { faults().count { privateAddresses.contains($0) } - pages }
}

do {
    let system = try KVMSystem()
    guard try system.checkExtension(KVM_CAP_VM_TYPES) >> softwareProtected & 1 == 1 else {
        fail("SKIP: this KVM has no VMs of type KVM_X86_SW_PROTECTED_VM", 4)
    }
    let populated = try Guest(system, privateAt: Layout.populated) {
        (vm, privatePages) throws(KVMError) in
        let memory = try GuestMemory(count: bytes)
        for page in 0..<pages { memory.store(UInt8(1), at: UInt64(page * 4096)) }
        try vm.mapMemory(memory, private: privatePages, at: Layout.populated, slot: 1)
    }
    let reserved = try Guest(system, privateAt: Layout.reserved) {
        (vm, privatePages) throws(KVMError) in
        let addresses = try ReservedAddresses(count: bytes)
        try vm.mapPrivateMemory(addresses, privatePages, at: Layout.reserved, slot: 1)
    }
    try populated.touchAll()
    try reserved.touchAll()
    guard populated.lost() == 0, reserved.lost() == 0 else {
        fail("not one kvm_page_fault for each private page; is that trace event switched on?")
    }

    let clock = ContinuousClock()
    let start = clock.now
    repeat {
        try populated.touchAll()
        try reserved.touchAll()
    } while populated.lost() < times * pages && clock.now - start < limit
    let (before, after) = (populated.lost(), reserved.lost())
    let seconds = (clock.now - start) / .seconds(1)
    print(
        """
        private pages lost in \((seconds * 10).rounded() / 10) s, each guest having \(pages):
        \(before) where the addresses of their slot are populated
        \(after) where they are reserved
        """)
    exit(before >= times * pages && after == 0 ? 0 : 1)
} catch {
    fail("\(error)", 70)
}
