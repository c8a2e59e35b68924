import CKVM
import Glibc

/// What a VM of the kernel lab is to be: the ways of the processor that is simulated, which nobody
/// has published of a real one, and the EOI design of its KVM (savic_lab.h).
package struct LabSettings: Hashable, Sendable {
    package let design: String
    /// The capability's first argument.
    private let ways: UInt64

    /// - Parameters:
    ///   - design: its name, of at most 23 bytes. They are names of this tool's own, so a longer
    ///     one is a mistake of the caller.
    ///   - ways: the ways of the processor, in the header's numbers.
    package init(design: String, ways: UInt64 = 0) {
        precondition(
            design.utf8.count < Int(SAVIC_LAB_NAME_SIZE), "a design's name for the lab: \(design)")
        self.design = design
        self.ways = ways
    }

    /// Eight bytes of the name, the first one lowest; zeros behind its end.
    private func word(_ index: Int) -> UInt64 {
        var word: UInt64 = 0
        for (place, byte) in design.utf8.dropFirst(8 * index).prefix(8).enumerated() {
            word |= UInt64(byte) << UInt64(8 * place)
        }
        return word
    }

    var request: kvm_enable_cap {
        var request = kvm_enable_cap()
        request.cap = UInt32(SAVIC_LAB_CAPABILITY)
        request.args = (ways, word(0), word(1), word(2))
        return request
    }
}

extension KVMSystem {
    /// The version of the agreement with the kernel lab that this tool speaks.
    package static let labVersion = Int32(SAVIC_LAB_VERSION)

    /// Whether this KVM is the kernel lab's (hosttests/savic-kernel), and not a released one.
    /// Errors: `.labVersion` for a lab that speaks another version than this tool; `.call`.
    package func isKernelLab() throws(KVMError) -> Bool {
        let version = try checkExtension(Int32(SAVIC_LAB_CAPABILITY))
        guard version == 0 || version == KVMSystem.labVersion else { throw .labVersion(version) }
        return version != 0
    }

    /// Whether the kernel lab has an EOI design of this name: asked by a VM with nothing but an
    /// irqchip, because nothing lists them. Errors: `.call` for any other refusal.
    package func hasLabDesign(_ name: String) throws(KVMError) -> Bool {
        let vm = try createVM()
        try vm.create(.split(reservedGSIs: 24))
        do throws(KVMError) {
            try vm.simulateSecureAVIC(LabSettings(design: name))
            return true
        } catch .call(let failure) where failure.call == .enableCap && failure.errno == ENOENT {
            return false
        } catch { throw error }
    }
}

extension VirtualMachine {
    /// Makes each vCPU that is still to come a simulated Secure AVIC one; before the first of
    /// them, and behind the irqchip. Errors: ENOENT the lab has no such design; EINVAL this KVM is
    /// no lab, there is a vCPU, or no irqchip.
    package func simulateSecureAVIC(_ settings: LabSettings) throws(KVMError) {
        var request = settings.request
        try descriptor.ioctl(.enableCap, &request, about: .lab(design: settings.design))
    }
}
