import CKVM
import Glibc

/// The commands of an SNP launch, in their order (kvm-snp-uapi §2.2, §2.3). Errors of all: `.sev`.
extension VirtualMachine {
    /// Makes this an SNP VM: after its irqchip, before any vCPU. `offered` is what
    /// `KVMSystem.vmsaFeatures` says, for the sentence about a refusal.
    package func sevInit(
        _ features: VMSAFeatures, offered: VMSAFeatures?
    ) throws(KVMError) {
        var parameters = ckvm_sev_init()
        parameters.vmsa_features = features.rawValue
        try perform(
            .initialize, &parameters, about: .features(features, offered: offered))
    }

    /// Begins the launch: from now on the firmware measures. `device` has to stay open until the
    /// launch is finished, because the kernel keeps its number.
    package func launchStart(
        _ policy: SNPPolicy, _ device: borrowing SEVDevice
    ) throws(KVMError) {
        var parameters = ckvm_sev_snp_launch_start()
        parameters.policy = policy.rawValue
        try perform(
            .launchStart, &parameters, device: device.number, about: .policy(policy))
    }

    /// Copies a part of `memory` to a guest physical address, encrypts and measures it. The pages
    /// have to be private already, and none of them added before. The firmware does each page by a
    /// command of its own.
    ///
    /// The kernel may stop early, then the call succeeds and says how far it came: this goes on
    /// from there. A first page that fails while a signal is pending looks like any failure
    /// (EIO without a firmware code), so such a call is repeated a few times.
    /// - Parameters:
    ///   - part: bytes from the start of `memory`, in whole pages.
    ///   - address: the guest physical address of that start.
    package func launchUpdate(
        _ memory: borrowing GuestMemory, _ part: Range<UInt64>, at address: UInt64 = 0,
        _ device: borrowing SEVDevice
    ) throws(KVMError) {
        let mapping = memory.mapping
        precondition(part.upperBound <= UInt64(mapping.count), "pages outside of guest memory")
        var pages = ckvm_sev_snp_launch_update()
        pages.gfn_start = (address + part.lowerBound) / 4096
        pages.uaddr = unsafe UInt64(UInt(bitPattern: mapping.start)) + part.lowerBound
        pages.len = UInt64(part.count)
        pages.type = CKVM_SEV_SNP_PAGE_TYPE_NORMAL
        var attempt = 1
        while pages.len > 0 {
            let (start, length) = (pages.gfn_start, pages.len)
            let answer = issue(.launchUpdate, &pages, device: device.number)
            let hasMoved = pages.gfn_start != start || pages.len != length
            let isPassing =
                answer.errno == EAGAIN || (answer.errno == EIO && answer.firmware == nil)
            if answer.errno == 0, pages.len < length {
                attempt = 1
            } else if isPassing, !hasMoved, attempt < VirtualMachine.updateAttempts {
                attempt += 1
            } else {
                let left = SEVSubject.pages(address: start * 4096, count: length)
                throw .sev(SEVFailure(.launchUpdate, answer, left))
            }
        }
    }

    /// How often the same pages are offered: a pending signal is gone after the first return.
    package static let updateAttempts = 4

    /// Ends the launch: encrypts the registers of every vCPU, which the host cannot see or change
    /// from now on. Blocks while a vCPU runs. No identity block, no host data. `features` are those
    /// of `sevInit`, which the firmware checks here, for the sentence about a refusal.
    package func launchFinish(
        _ device: borrowing SEVDevice, _ features: VMSAFeatures
    ) throws(KVMError) {
        var parameters = ckvm_sev_snp_launch_finish()
        try perform(.launchFinish, &parameters, device: device.number, about: .vmsas(features))
    }
}
