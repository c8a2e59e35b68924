internal import StateExplorer

/// What the actions of a search can change beside lines, requests and services.
struct StateChanges {
    /// What the actions change by their rows.
    private let parts: StateParts
    private let writesEntry: Bool
    /// The destinations that they give to pins, as codes.
    let destinationCodes: Set<UInt16>
    /// The task priorities that there can be, if they change.
    let taskPriorities: Ranks<UInt8>
    private let configuration: Configuration<NarrowSpace>

    init(_ actions: [Action], _ configuration: Configuration<NarrowSpace>) {
        parts = actions.reduce(into: []) { $0.formUnion($1.facts.changes) }
        // A guest may toggle an entry as part of its EOI.
        writesEntry =
            actions.contains(where: \.writesEntry) || configuration.guestEOI.togglesEntries
        destinationCodes = Set(
            actions.filter { $0.verb == .ioapic(.retarget) }.map(\.second))
        let priorities = actions.filter { $0.verb == .access(.tpr) }.map(\.first)
        taskPriorities = priorities.isEmpty ? Ranks() : Ranks(Set(priorities).union([0]))
        self.configuration = configuration
    }

    var isSecure: Bool { configuration.kind == .secure }
    /// How many vCPUs have to be told apart by who took a pin's interrupt.
    var takers: Int { configuration.vcpus > 1 ? configuration.vcpus : 0 }
    /// How many of them KVM may note as the RTC's.
    var rtcReceivers: Int { rtc ? configuration.vcpus : 0 }

    var resampleLines: Bool { parts.contains(.resampleLines) }
    /// With resamplers the level last presented is no longer that of the line; nor is it where an
    /// RTC interrupt coalesces, which raises the line and presents nothing.
    var presented: Bool { !configuration.resamplers.isEmpty || configuration.tracksRTC && rtc }
    var masks: Bool { parts.contains(.mask) }
    var triggers: Bool { parts.contains(.trigger) }
    var vectors: Bool { parts.contains(.vector) }
    private var rtc: Bool { configuration.notesRTC && parts.contains(.rtc) }
    var lateExits: Bool { configuration.exitsLate }
    var extINT: Bool { parts.contains(.extINT) }
    var spiv: Bool { parts.contains(.spiv) }
    /// Whether anything asks for a scan of the handled vectors.
    var scans: Bool { spiv || writesEntry }
    var allowed: Bool { parts.contains(.allowed) }
    var savicEnabled: Bool { parts.contains(.savicEnabled) }
}
