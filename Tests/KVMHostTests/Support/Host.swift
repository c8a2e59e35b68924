import AgentFace
import Glibc
import KVMHost
import TestSupport
import Testing

/// All tests that open /dev/kvm: one at a time, because some count descriptors and mappings.
@Suite(.serialized, .tags(.kvm), .requiresKVM, .inTurnOnKVM)
enum OnKVM {}

extension Tag {
    @Tag static var kvm: Tag
}

/// What this host can do, found out once.
enum Host {
    /// Whether the environment promises KVM.
    // SAFETY: nothing in the tests changes the environment.
    static let isRequired = unsafe getenv("REQUIRE_KVM") != nil

    /// Whether an ordinary VM with a split irqchip can be made here.
    static let hasKVM: Bool = {
        do throws(KVMError) {
            _ = try Rig()
            return true
        } catch {
            return false
        }
    }()

    /// Whether an accepted interrupt stays in service until the guest's EOI, as on every CPU.
    ///
    /// kvm_pvm of November 2026 ends it by itself at acceptance: the ISR bit is never seen, and
    /// the EOI exit comes at the next entry, whatever the guest does.
    static let keepsInService: Bool = {
        do throws(KVMError) {
            let rig = try Rig()
            try rig.perform(.sti)
            try rig.perform(.selfIPI(0x41))
            return LAPICRegisters.vectors(in: try rig.machine.vcpu.lapic().isr) == [0x41]
        } catch {
            return false
        }
    }()
}

extension Trait where Self == ConditionTrait {
    static var requiresKVM: Self { .enabled(if: Host.hasKVM, "needs a usable /dev/kvm") }
    static func requires(_ broadcasts: EOIBroadcasts) -> Self {
        .enabled("this KVM has no such flag of KVM_CAP_X2APIC_API") {
            try KVMSystem().offers(broadcasts)
        }
    }
    static var requiresInService: Self {
        .enabled(if: Host.keepsInService, "this KVM ends an interrupt when it is accepted")
    }
}
