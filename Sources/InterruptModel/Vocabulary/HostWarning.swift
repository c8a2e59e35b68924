/// A check in KVM that fails: the host's log gets a WARN, and a host with panic_on_warn dies.
public enum HostWarning: UInt8, Sendable, CaseIterable, BitwiseCopyable {
    /// `rtc_status_pending_eoi_check_valid`: more RTC interrupts were ended than counted
    /// (ioapic.c; RFC patch 14 notes the RTC's destination and does not count it).
    case rtcCount
    /// RFC patch 06 takes the highest pending vector of the local APIC where only the 8259 has an
    /// interrupt, and finds none.
    case lostInterrupt

    /// For histories.
    package var spelling: String {
        switch self {
        case .rtcCount: "host WARN: fewer RTC interrupts counted than ended"
        case .lostInterrupt: "host WARN: told to inject, and the local APIC has nothing"
        }
    }
}
