/// The groups of scenarios.
public enum ScenarioGroups {
    /// The groups of scenarios, in the order in which they come.
    public static func names(in scenarios: [Scenario]) -> [String] {
        var seen: Set<String> = []
        return scenarios.flatMap(\.groups).filter { seen.insert($0).inserted }
    }

    /// One line about a group of the catalogue; nil for one that somebody's file has made up.
    public static func summary(of name: String) -> String? { summaries[name] }

    static let summaries = [
        "basics": "what every interrupt controller has to do",
        "level": "level-triggered lines, whose EOIs the IOAPIC waits for",
        "edge": "edges, whose EOIs concern the local APIC alone",
        "priority": "which interrupt the guest takes first, and what waits",
        "mask": "pins that are masked while something is on its way",
        "tmr": "vectors that change between level and edge, and KVM's TMR",
        "reconfigure": "redirection entries that change, also in flight",
        "tpr": "the task priority register, which holds interrupts back",
        "shared": "several sources, level or edge, with one vector",
        "remote-irr": "what sets Remote IRR, what clears it, and what never does",
        "destination": "entries to all local APICs, and to one that is absent",
        "resample": "lines of assigned devices, which an EOI tells to look again",
        "eoi": "an EOI with nothing in service",
        "msi": "message-signalled interrupts",
        "ipi": "interrupts that a vCPU sends",
        "hazards": "what can go wrong where KVM cannot see what the guest ends",
        "attribution": "EOIs that KVM takes for another vector's, or for none's",
        "decoding": "what KVM makes of an access to the EOI register",
        "trigger": "where line, KVM and page disagree about level and edge",
        "suppression": "guests that keep an EOI from being broadcast to the IOAPIC",
        "injection": "vectors on their way from KVM to the guest's page",
        "lifecycle": "resets and first entries, and what is left from before",
        "stories": "bugs that KVM and its users have had, step by step",
        "rtc": "the RTC's pin, whose EOIs KVM counts to find coalesced ticks",
        "storm": "a line that stays high: each EOI brings the next interrupt",
        "eoi-register": "the EOI register of the IOAPIC itself, from version 0x20 on",
        "kernel": "what KVM's code does by itself, function by function",
        "scan": "when KVM finds out which vectors' EOIs have to exit",
        "processors": "several vCPUs: who is meant, who serves, whose EOI it is",
        "secure-avic": "what Secure AVIC does with the vectors that KVM requests",
        "amd-selftests": "AMD's selftests of Secure AVIC, step by step",
    ]
}
