internal import KVMHost
internal import Lockstep
internal import Verdicts

/// `/dev/kvm` as the backends use it: opened once. That it is missing is a reason to skip; that it
/// is forbidden, or answers wrongly, is an error, because somebody can mend it.
final class KVMDevice {
    private enum State {
        case open(OpenDevice)
        case missing(Skip)
        case refused(String)
    }

    /// A class, so that the enumeration can hold what cannot be copied.
    private final class OpenDevice {
        let system: KVMSystem
        init(_ system: consuming KVMSystem) { self.system = system }
    }

    private let state: State

    init(calls: SystemCalls = .live) {
        do throws(KVMError) {
            state = .open(OpenDevice(try KVMSystem(calls: calls)))
        } catch {
            state =
                error.isMissingDevice
                ? .missing(
                    Skip(reason: "needs /dev/kvm", hint: error.explanation.remedy ?? ""))
                : .refused("\(error)")
        }
    }

    /// Why nothing can run: there is no KVM.
    var missing: Skip? {
        if case .missing(let skip) = state { skip } else { nil }
    }

    /// Why `/dev/kvm` is there but cannot be used, if so.
    var refusal: String? {
        if case .refused(let sentence) = state { sentence } else { nil }
    }

    /// Why this KVM cannot leave MSR accesses to userspace, if so. Where it fails to answer,
    /// nothing is known to be missing, and `checkCapability` says why.
    var missingCapability: Skip? {
        guard case .open(let device) = state, (try? device.system.canExitOnMSR()) == false else {
            return nil
        }
        return Skip(
            reason: "needs KVM_CAP_X86_USER_SPACE_MSR", hint: "Linux 5.10 or newer has it")
    }

    /// Errors: KVM does not say whether it can leave MSR accesses to userspace.
    func checkCapability() throws(BackendFailure) {
        guard case .open(let device) = state else { return }
        _ = try BackendFailure.translating { () throws(KVMError) in
            try device.system.canExitOnMSR()
        }
    }

    /// Why this KVM cannot be told about SPIV bit 12, if so. Where it fails to answer, the guest's
    /// own call is left to say why.
    func obstacle(to broadcasts: EOIBroadcasts) -> Skip? {
        guard case .open(let device) = state else { return nil }
        let isOffered = (try? device.system.offers(broadcasts)) ?? true
        guard !isOffered else { return nil }
        return Skip(
            reason: "needs KVM_CAP_X2APIC_API's EOI-broadcast flags, which this KVM does not have",
            hint: "Linux 7.0 has them, and stable kernels from 6.18.17 on; or run it with "
                + "--backend model")
    }

    /// Whether it is the kernel lab's. Errors: KVM does not say, or it is a lab of a version that
    /// this tool does not speak.
    func isKernelLab() throws(BackendFailure) -> Bool {
        guard case .open(let device) = state else { return false }
        return try BackendFailure.translating { () throws(KVMError) in
            try device.system.isKernelLab()
        }
    }

    /// Whether the kernel lab has an EOI design of this name; nil where it fails to answer, which
    /// a guest's own call is left to explain.
    func hasLabDesign(_ name: String) -> Bool? {
        guard case .open(let device) = state else { return nil }
        return try? device.system.hasLabDesign(name)
    }

    /// Lends the open device.
    func use<Result: ~Copyable>(
        _ body: (borrowing KVMSystem) throws(BackendFailure) -> Result
    ) throws(BackendFailure) -> Result {
        switch state {
        case .open(let device): return try body(device.system)
        case .missing(let skip): throw .failed(skip.reason)
        case .refused(let sentence): throw .failed(sentence)
        }
    }
}

extension KVMError {
    /// Whether there is no KVM to open, as against one that refuses.
    fileprivate var isMissingDevice: Bool {
        guard case .call(let failure) = self, failure.call == .open else { return false }
        return ["ENOENT", "ENODEV", "ENXIO"].contains(CallFailure.name(of: failure.errno))
    }
}
