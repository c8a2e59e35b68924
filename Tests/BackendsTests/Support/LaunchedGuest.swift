import AgentFace
import CKVM
import Glibc
import InterruptModel
import KVMHost
import Lockstep
import Simulation

/// Makes an ordinary VM of what was launched: the guest's own pages, where it was told to start,
/// its shared memory. Only what needs SEV is taken out: the C-bit, and VMGEXIT.
enum LaunchedGuest {
    /// A page whose C-bit contradicts its attribute.
    struct Fault: Error { let address: UInt64 }

    /// Number of the C-bit, as `SecureHost.reader` tells it.
    static let encryptionBit: UInt64 = 51

    static func build(
        on kernel: SimulatedKernel, _ agent: AgentImage
    ) throws(BackendFailure) -> Result<BareGuest, Fault> {
        guard let start = kernel.start else { throw .failed("no vCPU was launched") }
        if kernel.simulation != nil { return try ordinary(on: kernel, start, agent) }
        var pages = kernel.addedPages
        if let fault = strip(&pages, from: start.pageTable) { return .failure(fault) }
        try patch(&pages, agent)
        do throws(KVMError) {
            let system = try KVMSystem()
            let memory = try GuestMemory(count: SecureLayout.privateSize)
            for (number, page) in pages { memory.store(bytes: page, at: number * 4096) }
            guard
                let shared = try kernel.sharedMemory(
                    at: SecureLayout.shared, count: SecureLayout.sharedSize)
            else { throw KVMError.timeout(.standard) }
            return .success(try BareGuest(system, start, memory, shared))
        } catch { throw .failed("\(error)") }
    }

    /// The kernel lab's guest is in ordinary memory already, and must not have a C-bit: it would be
    /// a reserved bit of the page tables.
    private static func ordinary(
        on kernel: SimulatedKernel, _ start: LongModeStart, _ agent: AgentImage
    ) throws(BackendFailure) -> Result<BareGuest, Fault> {
        do throws(KVMError) {
            let own = try kernel.sharedMemory(at: 0, count: SecureLayout.privateSize)
            let shared = try kernel.sharedMemory(
                at: SecureLayout.shared, count: SecureLayout.sharedSize)
            guard let own, let shared else { throw KVMError.timeout(.standard) }
            let leaves = own.bytes(at: start.pageTable + 0x3000, count: 4096)
            for index in 0..<512 where word(leaves, 8 * index) >> encryptionBit & 1 == 1 {
                return .failure(Fault(address: UInt64(index) * 4096))
            }
            own.store(bytes: agent.withPatchedExits().bytes, at: SecureLayout.image)
            return .success(try BareGuest(try KVMSystem(), start, own, shared))
        } catch { throw .failed("\(error)") }
    }

    /// Takes the C-bit out of the leaf entries, which have to be right first: hardware would make
    /// a memory fault of another one.
    private static func strip(_ pages: inout [UInt64: [UInt8]], from table: UInt64) -> Fault? {
        let leaves = table / 4096 + 3
        guard var page = pages[leaves] else { return Fault(address: leaves * 4096) }
        for index in 0..<512 {
            var entry = word(page, 8 * index)
            guard entry & 1 == 1 else { continue }
            let isPrivate = entry >> encryptionBit & 1 == 1
            entry &= ~(1 << encryptionBit)
            let address = entry & ~0xfff
            let isAdded = pages[address / 4096] != nil
            guard isPrivate == isAdded else { return Fault(address: address) }
            for byte in 0..<8 {
                page[8 * index + byte] = UInt8(truncatingIfNeeded: entry >> UInt64(8 * byte))
            }
        }
        pages[leaves] = page
        return nil
    }

    private static func word(_ page: [UInt8], _ offset: Int) -> UInt64 {
        (0..<8).reversed().reduce(0) { $0 << 8 | UInt64(page[offset + $1]) }
    }

    /// Puts the stand-in at every VMGEXIT of the launched image.
    private static func patch(
        _ pages: inout [UInt64: [UInt8]], _ agent: AgentImage
    ) throws(BackendFailure) {
        let patched = agent.withPatchedExits()
        for site in agent.exitSites {
            for offset in 0..<AgentImage.vmgexit.count {
                let address = SecureLayout.image + UInt64(site + offset)
                let (number, place) = (address / 4096, Int(address % 4096))
                guard pages[number]?[place] == AgentImage.vmgexit[offset] else {
                    throw .failed("no VMGEXIT was launched at 0x\(String(address, radix: 16))")
                }
                pages[number]?[place] = patched.bytes[site + offset]
            }
        }
    }
}

extension SecureHost {
    /// A CPU with SEV, whose C-bit is bit 51.
    static let reader = HostReader(
        text: { _ in .missing }, access: { _ in .missing },
        cpuid: { leaf in
            switch leaf {
            case 0x8000_0000: CPUIDLeaf(eax: 0x8000_0021, ebx: 0, ecx: 0, edx: 0)
            case 0x8000_001f: CPUIDLeaf(eax: 1 << 1 | 1 << 4, ebx: 51, ecx: 0, edx: 0)
            default: CPUIDLeaf(eax: 0, ebx: 0, ecx: 0, edx: 0)
            }
        })
}

extension SecureHost {
    /// A CPU without SEV.
    static let blindReader = HostReader(
        text: { _ in .missing }, access: { _ in .missing },
        cpuid: { _ in CPUIDLeaf(eax: 0, ebx: 0, ecx: 0, edx: 0) })
}

extension LabSimulation {
    /// args[0] by the numbers of savic_lab.h.
    var assumptions: Assumptions {
        let writers: [Int32: PageTMR] = [
            SAVIC_LAB_PAGE_TMR_ACCURATE: .accurate, SAVIC_LAB_PAGE_TMR_ALWAYS: .always,
            SAVIC_LAB_PAGE_TMR_NEVER: .never, SAVIC_LAB_PAGE_TMR_GUEST: .guest,
        ]
        var told = Assumptions(pageTMR: writers[pageTMR] ?? .accurate)
        told.nativeLevelEOI = has(SAVIC_LAB_LEVEL_EOI_ENDS) ? .ends : .traps
        told.disallowed = has(SAVIC_LAB_DISALLOWED_KEPT) ? .kept : .dropped
        told.beforeEnable = has(SAVIC_LAB_BEFORE_ENABLE_KEPT) ? .kept : .dropped
        return told
    }
}

extension kvm_run {
    mutating func leave(byEOI vector: UInt8) -> Int32 {
        exit_reason = UInt32(KVM_EXIT_IOAPIC_EOI)
        eoi.vector = vector
        return 0
    }

    /// An `OUT` of one byte of zero by a GHCB's IOIO event; its data is behind the structure.
    mutating func leave(by port: AgentPort) -> Int32 {
        exit_reason = UInt32(KVM_EXIT_IO)
        io.direction = UInt8(KVM_EXIT_IO_OUT)
        io.size = 1
        io.port = port.number
        io.count = 1
        io.data_offset = 0x1000
        return 0
    }

    mutating func leave(byStoreAt address: UInt64, _ length: UInt8, _ data: UInt64) -> Int32 {
        exit_reason = UInt32(KVM_EXIT_MMIO)
        mmio.phys_addr = address
        mmio.len = UInt32(length)
        mmio.is_write = 1
        func byte(_ index: UInt64) -> UInt8 { UInt8(truncatingIfNeeded: data >> (8 * index)) }
        mmio.data = (byte(0), byte(1), byte(2), byte(3), byte(4), byte(5), byte(6), byte(7))
        return 0
    }

    mutating func leave(byTermination request: UInt64) -> Int32 {
        exit_reason = UInt32(KVM_EXIT_SYSTEM_EVENT)
        system_event.type = 6
        system_event.ndata = 1
        system_event.data.0 = request
        return 0
    }

    /// `KVM_EXIT_MEMORY_FAULT`, which comes with EFAULT: flags, address and size.
    mutating func leave(byFaultAt address: UInt64) -> Int32 {
        exit_reason = UInt32(KVM_EXIT_MEMORY_FAULT)
        hypercall.nr = 0
        hypercall.args.0 = address
        hypercall.args.1 = 0x1000
        return EFAULT
    }
}
