package import CKVM
import Glibc
package import KVMHost
import Synchronization

/// What kind of host is simulated. The default one has all that Secure AVIC needs.
package struct SimulatedHost: Sendable {
    /// A machine without SEV whose KVM is the kernel lab's, with these EOI designs.
    package static func lab(
        version: Int32 = Int32(SAVIC_LAB_VERSION), designs: Set<String>
    ) -> SimulatedHost {
        SimulatedHost(
            vmTypes: [KVM_X86_DEFAULT_VM], hasSEV: false, vmsaFeatures: nil,
            lab: Lab(version: version, designs: designs))
    }

    /// Types that `KVM_CREATE_VM` accepts.
    package var vmTypes: Set<Int32>
    /// Whether kvm_amd has SEV on, with ASIDs for SNP guests.
    package var hasSEV: Bool
    /// Free ASIDs.
    package var asids: Int
    /// What `KVM_SEV_INIT2` accepts; nil: the kernel has no such attribute.
    package var vmsaFeatures: UInt64?
    /// Whether the policy's bit 16 is mandatory, as up to Linux 6.14.
    package var insistsOnSMT: Bool
    /// Pages that one `LAUNCH_UPDATE` adds before it gives up with success.
    package var pagesPerUpdate: Int
    /// Flags of KVM_CAP_X2APIC_API; all four since Linux 7.0.
    package var x2APICFlags: Int32
    /// The kernel lab's capability; nil in a released kernel.
    package var lab: Lab?
    /// Whether automatic NUMA balancing looks at a program's memory before every KVM_RUN: what is
    /// mapped at the addresses of a slot, KVM then takes out of the guest's page tables, private
    /// pages with it (secure-avic §1).
    package var balancesNUMA = false

    /// What a kernel lab says of itself (savic_lab.h).
    package struct Lab: Sendable {
        package var version: Int32
        /// The EOI designs that it has.
        package var designs: Set<String>

        package init(version: Int32, designs: Set<String>) {
            self.version = version
            self.designs = designs
        }
    }

    package init(
        vmTypes: Set<Int32> = [KVM_X86_DEFAULT_VM, KVM_X86_SNP_VM], hasSEV: Bool = true,
        asids: Int = 1, vmsaFeatures: UInt64? = 1 << 16 | 1 << 5, insistsOnSMT: Bool = false,
        pagesPerUpdate: Int = 512, x2APICFlags: Int32 = 0xF, lab: Lab? = nil
    ) {
        (self.vmTypes, self.hasSEV, self.asids) = (vmTypes, hasSEV, asids)
        (self.vmsaFeatures, self.insistsOnSMT) = (vmsaFeatures, insistsOnSMT)
        self.pagesPerUpdate = pagesPerUpdate
        self.x2APICFlags = x2APICFlags
        self.lab = lab
    }
}

/// What the guest does: fills the exit into kvm_run and returns 0, or the errno of `KVM_RUN`. Its
/// memory it reaches through the kernel: `SimulatedKernel.withSharedMemory`.
package typealias GuestScript = @Sendable (inout kvm_run, SimulatedKernel) -> Int32

/// A kernel with /dev/kvm, /dev/sev and SEV-SNP, as far as a launch can tell: it enforces the
/// orders, flags, alignments and errnos of kvm-snp-uapi §1.4 and §2.3, and nothing is encrypted.
/// What a guest does and what its interrupt controllers do is left to a `SimulatedMachine`.
///
/// Written from the notes, not from what KVMHost does: a wrong order fails here as on hardware.
@safe
package final class SimulatedKernel: Sendable {
    /// Touched under the lock alone. Not in the mutex: what an ioctl points to belongs to its
    /// caller, and the compiler cannot see that nothing of it stays here.
    nonisolated(unsafe) private var state: SimulatedState
    private let lock = Mutex(())
    private let machine: any SimulatedMachine

    /// A kernel whose VMs are played by `machine`.
    package init(_ host: SimulatedHost = SimulatedHost(), machine: any SimulatedMachine) {
        unsafe state = SimulatedState(host: host)
        self.machine = machine
    }

    /// Until a test says otherwise its guests end themselves: reason set 1, code 2.
    package convenience init(
        _ host: SimulatedHost = SimulatedHost(),
        guest script: @escaping GuestScript = SimulatedKernel.termination
    ) {
        self.init(host, machine: ScriptedMachine(script: script))
    }

    // SAFETY: the lock is held.
    private func locked<Result: Sendable>(
        _ body: (inout SimulatedState) -> Result
    ) -> Result {
        lock.withLock { _ in unsafe body(&state) }
    }

    package static let termination: GuestScript = { run, _ in
        run.exit_reason = UInt32(KVM_EXIT_SYSTEM_EVENT)
        run.system_event.type = 6
        run.system_event.ndata = 1
        run.system_event.data.0 = 0x2_1100
        return 0
    }

    /// Whether everything that was opened or mapped has been given back, once.
    package var isBalanced: Bool {
        locked { $0.files.isEmpty && $0.mappings.isEmpty && $0.mistakes.isEmpty }
    }

    /// The same, but for /dev/kvm, which a program may keep open.
    package var isIdle: Bool {
        locked { state in
            state.mappings.isEmpty && state.mistakes.isEmpty
                && state.files.values.allSatisfy { if case .kvm = $0 { true } else { false } }
        }
    }

    // MARK: - For machines and scripts, which are on the guest's side

    /// What the launch has put into the guest so far: page numbers and contents.
    package var addedPages: [UInt64: [UInt8]] { locked { $0.addedPages } }

    /// Where the vCPU of the latest VM was told to start.
    package var start: LongModeStart? { locked { $0.vms.last?.vcpus[0]?.start } }

    /// What the kernel lab was told of the latest VM; nil where it was told nothing.
    package var simulation: LabSimulation? { locked { $0.vms.last?.simulation } }

    /// Lends bytes of the guest's shared memory: what lies in a slot without guest_memfd. Nil
    /// where there is none.
    package func withSharedMemory<Result>(
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

    /// The guest's shared memory from `address` on as memory for another VM: the same bytes, and
    /// still the slot's owner's to unmap.
    package func sharedMemory(
        at address: UInt64, count: Int
    ) throws(KVMError) -> GuestMemory? {
        guard let place = locked({ $0.sharedMemory(address, count) }) else { return nil }
        var calls = SystemCalls.live
        calls.mmap = { _, _ in
            // SAFETY: as above.
            unsafe UnsafeMutableRawPointer(bitPattern: UInt(place)).map { unsafe .mapped($0) }
                ?? .failed(EFAULT)
        }
        unsafe calls.munmap = { _, _ in 0 }
        return try GuestMemory(count: count, calls: calls)
    }

    /// Adds one to an eventfd, as the kernel does to announce something.
    package func signal(_ eventfd: Int32) { locked { _ = $0.signal(eventfd) } }

    // MARK: - System calls

    /// The table to give to the module under test.
    package var calls: SystemCalls {
        var table = SystemCalls.live
        table.open = { path, _ in self.locked { $0.open(path) } }
        table.close = { descriptor in
            let (result, isLast) = self.locked { state in
                let hadVM = state.hasLiveVM
                return (state.close(descriptor), hadVM && !state.hasLiveVM)
            }
            if isLast { self.machine.end() }
            return result
        }
        table.eventfd = { self.locked { $0.add(.eventfd) } }
        // SAFETY: an eventfd's 8 bytes are within the caller's buffer, or the call is refused.
        unsafe table.read = { descriptor, buffer in
            guard buffer.count >= 8 else { return -Int(EINVAL) }
            let count = self.locked { $0.eventfds.removeValue(forKey: descriptor) ?? 0 }
            if count == 0 { return -Int(EAGAIN) }
            unsafe buffer.storeBytes(of: count, as: UInt64.self)
            return 8
        }
        // SAFETY: nothing is read: each write adds one here.
        unsafe table.write = { descriptor, buffer in
            guard buffer.count == 8 else { return -Int(EINVAL) }
            guard self.locked({ $0.signal(descriptor) }) else { return -Int(EBADF) }
            // An irqfd's counter is read by the kernel as soon as it is written.
            if self.machine.take(from: descriptor, on: self) {
                _ = self.locked { $0.eventfds.removeValue(forKey: descriptor) }
            }
            return 8
        }
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
        table.reserve = { length in
            let answer = SystemCalls.live.reserve(length + 4096)
            if case .mapped(let start) = answer {
                let address = UInt(bitPattern: start)
                self.locked {
                    $0.mapped(address, length, -1)
                    $0.reserved.insert(address)
                }
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

    /// The kernel's checks, and behind them what the machine makes of a call on its VM.
    private func answer(_ descriptor: Int32, _ request: SimulatedRequest) -> Int32 {
        let (answer, call) = locked { state -> (Result<Int32, Refusal>, KernelCall?) in
            do throws(Refusal) {
                let result = try state.ioctl(descriptor, request)
                return (.success(result), state.callOnVM(descriptor, request))
            } catch { return (.failure(error), nil) }
        }
        do throws(Refusal) {
            let result = try answer.get()
            guard let call else { return result }
            return try machine.perform(call, request, on: self) ?? result
        } catch { return -error.errno }
    }

    /// The machine runs without the lock: it may well look at the guest's memory.
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
            if locked({ $0.hasLostPrivatePages(descriptor) }) {
                return unsafe run.pointee.leaveBusy()
            }
            return unsafe -machine.run(&run.pointee, on: self)
        }
    }
}
