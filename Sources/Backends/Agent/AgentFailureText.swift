package import AgentFace
package import KVMHost

extension AgentFailure {
    /// Why a guest asked to be terminated, for people.
    /// - Parameters:
    ///   - request: what it wrote to the GHCB MSR.
    ///   - memory: what guest and hypervisor share.
    ///   - isSimulated: whether its processor is, so that no hardware can be at fault.
    package static func sentence(
        of request: UInt64, _ memory: borrowing GuestMemory, isSimulated: Bool
    ) -> String {
        let (failure, counters) = memory.withBytes(
            at: SecureLayout.mailbox - SecureLayout.shared, count: Mailbox.size
        ) { (AgentFailure(terminateRequest: request, $0), AgentCounters($0)) }
        return failure?.sentence(behind: counters.lastVC, isSimulated: isSimulated)
            ?? "the guest ended with GHCB MSR 0x\(String(request, radix: 16))"
    }

    private func sentence(behind vc: AgentVC?, isSimulated: Bool) -> String {
        let (one, two) = (hex(detail), hex(secondDetail))
        let simulator = "whoever simulates the processor has to set it"
        return switch reason {
        case .noSNP:
            "the guest is no SEV-SNP guest: SEV_STATUS is \(one) without bit 2; "
                + (isSimulated ? simulator : "look at the VM type and at dmesg for “SEV-SNP”")
        case .noSecureAVIC:
            "the guest was not granted Secure AVIC: SEV_STATUS is \(one) without bit 18; "
                + (isSimulated
                    ? simulator
                    : "look at vmsa_features of KVM_SEV_INIT2 and at kvm_amd.secure_avic")
        case .noProtocol:
            "the host offers no GHCB protocol version 2: its answer is \(one)"
        case .ghcbNotRegistered:
            "KVM refused to register the GHCB: its answer is \(one)"
        case .page:
            "KVM refused the APIC backing page (event 0x8000001A): EXITINFO1 \(one), EXITINFO2 "
                + "\(two); without the Secure AVIC series that is 2 and 6, an unknown event"
        case .event:
            "KVM refused a GHCB request of the guest: EXITINFO1 \(one), EXITINFO2 \(two) "
                + "(2 is malformed: 1 not registered, 2 usage, 3 scratch, 4 missing, 5 invalid "
                + "input, 6 invalid event)"
        case .exception:
            "the guest took exception \(detail) at RIP \(two) while it could not report it"
        case .vc:
            "the guest took a #VC with error code \(one) at RIP \(two) that it does not handle"
        case .control:
            "SAVIC_CONTROL reads back as \(two), not \(one): "
                + (vc?.msr == SecureMSR.savicControl
                    ? "the host intercepts it (#VC \(vc.map(\.sentence) ?? "")), and its KVM takes "
                        + "the access for nothing (kvm.ignore_msrs): patch 05 of the Secure AVIC "
                        + "series, which ends the intercept, is missing or was lost in a rebase"
                    : "there was no #VC at it, so this is the processor's own answer")
        case .unnoted where detail == 0:
            "not sent: the guest ends each interrupt twice, and behind its WRMSR of EOI, with "
                + (secondDetail == .max ? "nothing" : "vector \(two)")
                + " in service, KVM has noted nothing that the second EOI could end: an unfixed "
                + "kernel would use vector −1 and write outside its memory; --allow-host-risk "
                + "sends it"
        case .unnoted:
            "not sent: the guest's WRMSR of EOI came to its #VC handler (error code \(one)) with "
                + (secondDetail == .max ? "nothing" : "vector \(two)")
                + " in service, and KVM has noted nothing that it could end: an unfixed kernel "
                + "would use vector −1 and write outside its memory. That such an EOI traps is not "
                + "what is known of the hardware; --allow-host-risk sends it"
        case .foreign(let set, let code):
            "the guest asked to be terminated: reason set \(set), code \(code), which are not "
                + "this tool's; set 0 is the GHCB specification's, set 1 Linux'"
        }
    }
}
