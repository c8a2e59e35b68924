import CKVM
import Glibc
import KVMHost
import Synchronization

/// What kind of host is simulated. The default one has all that Secure AVIC needs.
struct SimulatedHost: Sendable {
    /// Types that `KVM_CREATE_VM` accepts.
    var vmTypes: Set<Int32> = [KVM_X86_DEFAULT_VM, KVM_X86_SNP_VM]
    /// Whether kvm_amd has SEV on, with ASIDs for SNP guests.
    var hasSEV = true
    /// Free ASIDs.
    var asids = 1
    /// What `KVM_SEV_INIT2` accepts; nil: the kernel has no such attribute.
    var vmsaFeatures: UInt64? = 1 << 16 | 1 << 5
    /// Whether the policy's bit 16 is mandatory, as up to Linux 6.14.
    var insistsOnSMT = false
    /// Pages that one `LAUNCH_UPDATE` adds before it gives up with success.
    var pagesPerUpdate = 512
}

/// What the guest does: fills the exit into kvm_run and returns 0, or the errno of `KVM_RUN`. Its
/// memory it reaches through the kernel: `SimulatedKernel.withSharedMemory`.
typealias GuestScript = @Sendable (inout kvm_run, SimulatedKernel) -> Int32

/// A kernel with /dev/kvm, /dev/sev and SEV-SNP, as far as a launch can tell: it enforces the
/// orders, flags, alignments and errnos of kvm-snp-uapi §1.4 and §2.3, and nothing is encrypted.
///
/// Written from the notes, not from what KVMHost does: a wrong order fails here as on hardware.
@safe
final class SimulatedKernel: Sendable {
    /// Touched under the lock alone. Not in the mutex: what an ioctl points to belongs to its
    /// caller, and the compiler cannot see that nothing of it stays here.
    nonisolated(unsafe) private var state: SimulatedState
    private let lock = Mutex(())
    private let script: GuestScript

    /// Until a test says otherwise its guests end themselves: reason set 1, code 2.
    init(
        _ host: SimulatedHost = SimulatedHost(),
        guest script: @escaping GuestScript = SimulatedKernel.termination
    ) {
        unsafe state = SimulatedState(host: host)
        self.script = script
    }

    // SAFETY: the lock is held.
    private func locked<Result: Sendable>(
        _ body: (inout SimulatedState) -> Result
    ) -> Result {
        lock.withLock { _ in unsafe body(&state) }
    }

    static let termination: GuestScript = { run, _ in
        run.exit_reason = UInt32(KVM_EXIT_SYSTEM_EVENT)
        run.system_event.type = 6
        run.system_event.ndata = 1
        run.system_event.data.0 = 0x2_1100
        return 0
    }

    /// Whether everything that was opened or mapped has been given back, once.
    var isBalanced: Bool {
        locked { $0.files.isEmpty && $0.mappings.isEmpty && $0.mistakes.isEmpty }
    }

    /// What the launch has put into the guest so far: page numbers and contents.
    var addedPages: [UInt64: [UInt8]] { locked { $0.addedPages } }

    /// Lends bytes of the guest's shared memory: what lies in a slot without guest_memfd. For
    /// scripts, which are on the guest's side. Nil where there is none.
    func withSharedMemory<Result>(
        at address: UInt64, count: Int, _ body: (inout MutableRawSpan) -> Result
    ) -> Result? {
        guard let place = locked({ $0.sharedMemory(address, count) }),
            // SAFETY: mapped, because the slot's owner keeps it so while its vCPU runs.
            let start = unsafe UnsafeMutableRawPointer(bitPattern: UInt(place))
        else { return nil }
        let buffer = unsafe UnsafeMutableRawBufferPointer(start: start, count: count)
        var span = unsafe buffer.mutableBytes
        return body(&span)
    }

    /// The table to give to the module under test.
    var calls: SystemCalls {
        var table = SystemCalls.live
        table.open = { path, _ in self.locked { $0.open(path) } }
        table.close = { descriptor in self.locked { $0.close(descriptor) } }
        table.eventfd = { self.locked { $0.add(.eventfd) } }
        table.ioctl = { descriptor, number, value in
            guard number == UInt(CKVM_RUN) else {
                return self.answer(descriptor, SimulatedRequest(number: number, value: value))
            }
            return self.run(descriptor, value)
        }
        // SAFETY: the pointer goes with its request number, which says what it points to.
        unsafe table.ioctlPointer = { descriptor, number, pointer in
            unsafe self.answer(descriptor, SimulatedRequest(number: number, pointer: pointer))
        }
        table.mmap = { length, descriptor in
            let isKnown = self.locked { descriptor < 0 || $0.isVCPU(descriptor) }
            guard isKnown else { return .failed(ENODEV) }
            // A vCPU's page is ordinary memory here. One page more than asked for, so that the
            // end of a mapping is never the start of another.
            let answer = SystemCalls.live.mmap(length + 4096, -1)
            if case .mapped(let start) = answer {
                let address = UInt(bitPattern: start)
                self.locked { $0.mapped(address, length, descriptor) }
            }
            return answer
        }
        // SAFETY: as the module under test says.
        unsafe table.munmap = { start, length in
            let address = UInt(bitPattern: start)
            self.locked { $0.unmapped(address, length) }
            return unsafe SystemCalls.live.munmap(start, length + 4096)
        }
        return table
    }

    private func answer(_ descriptor: Int32, _ request: SimulatedRequest) -> Int32 {
        locked { state in
            do throws(Refusal) { return try state.ioctl(descriptor, request) } catch {
                return -error.errno
            }
        }
    }

    /// The script runs without the lock: it may well look at the guest's memory.
    private func run(_ descriptor: Int32, _ argument: Int32) -> Int32 {
        let page = locked { state -> Result<UInt, Refusal> in
            do throws(Refusal) {
                return .success(try state.enter(descriptor, argument))
            } catch { return .failure(error) }
        }
        switch page {
        case .failure(let refusal): return -refusal.errno
        case .success(let address):
            // SAFETY: the module under test unmaps the page only after its vCPU's last run.
            guard let run = unsafe UnsafeMutablePointer<kvm_run>(bitPattern: address) else {
                return -EFAULT
            }
            unsafe run.pointee.exit_reason = 0
            return unsafe -script(&run.pointee, self)
        }
    }
}

extension kvm_run {
    /// An exit for `OUT` of 32 bits, as a GHCB's IOIO event or a plain guest's instruction makes.
    mutating func leave(byPort port: UInt16, value: UInt32) {
        exit_reason = UInt32(KVM_EXIT_IO)
        io.direction = UInt8(KVM_EXIT_IO_OUT)
        io.size = 4
        io.port = port
        io.count = 1
        // KVM has the data behind the structure; here it is inside, in a part that IO leaves free.
        io.data_offset = 88
        hypercall.ret = UInt64(value)
    }
}

/// The errno that a simulated call ends with.
struct Refusal: Error {
    let errno: Int32
}

/// Refuses unless a rule is kept.
func require(_ rule: Bool, else errno: Int32) throws(Refusal) {
    if !rule { throw Refusal(errno: errno) }
}

/// One ioctl: its number, and a structure or a number as its argument.
@safe
struct SimulatedRequest {
    let number: UInt
    var value: Int32 = 0
    private var pointer: UnsafeMutableRawPointer?

    init(number: UInt, value: Int32) {
        self.number = number
        self.value = value
    }

    init(number: UInt, pointer: UnsafeMutableRawPointer) {
        self.number = number
        unsafe self.pointer = unsafe pointer
    }

    /// A copy of the structure that the request number is declared with.
    func load<Value>(_ type: Value.Type = Value.self, at offset: Int = 0) throws(Refusal) -> Value {
        guard let pointer = unsafe pointer else { throw Refusal(errno: EFAULT) }
        // SAFETY: the module under test passes a whole structure; every bit pattern is one.
        return unsafe pointer.loadUnaligned(fromByteOffset: offset, as: Value.self)
    }

    /// Writes the structure, or an array behind it, back.
    func store<Value>(_ value: Value, at offset: Int = 0) throws(Refusal) {
        guard let pointer = unsafe pointer else { throw Refusal(errno: EFAULT) }
        // SAFETY: as above.
        unsafe withUnsafeBytes(of: value) { bytes in
            unsafe UnsafeMutableRawBufferPointer(
                start: pointer + offset, count: bytes.count).copyMemory(from: bytes)
        }
    }
}
