internal import StateExplorer

/// What the actions of a search can change beside lines, requests and services.
struct StateChanges {
    /// What the actions change by their rows.
    private let parts: StateParts
    private let writesEntry: Bool
    private let configuration: Configuration<NarrowSpace>

    init(_ actions: [Action], _ configuration: Configuration<NarrowSpace>) {
        parts = actions.reduce(into: []) { $0.formUnion($1.facts.changes) }
        // A guest may toggle an entry as part of its EOI.
        writesEntry =
            actions.contains(where: \.writesEntry) || configuration.guestEOI.togglesEntries
        self.configuration = configuration
    }

    var resampleLines: Bool { parts.contains(.resampleLines) }
    /// With resamplers the level last presented is no longer that of the line; nor is it where an
    /// RTC interrupt coalesces, which raises the line and presents nothing.
    var presented: Bool { !configuration.resamplers.isEmpty || configuration.tracksRTC && rtc }
    var masks: Bool { parts.contains(.mask) }
    var triggers: Bool { parts.contains(.trigger) }
    var vectors: Bool { parts.contains(.vector) }
    var destinations: Bool { parts.contains(.destination) }
    var rtc: Bool { configuration.notesRTC && parts.contains(.rtc) }
    var lateExits: Bool { configuration.exitsLate }
    var extINT: Bool { parts.contains(.extINT) }
    var spiv: Bool { parts.contains(.spiv) }
    /// Whether anything asks for a scan of the handled vectors.
    var scans: Bool { spiv || writesEntry }
    var allowed: Bool { parts.contains(.allowed) }
    var taskPriority: Bool { parts.contains(.taskPriority) }
    var savicEnabled: Bool { parts.contains(.savicEnabled) }
}

/// Where the parts stand that only a configuration's own actions change.
struct RestLayout: Sendable {
    let resampleLines, presented, masked, level: WordField
    /// One for each pin.
    let vectors, destinations: [WordField]
    /// Index + 1.
    let rtcVector, stale, exitVector, exitEnded: WordField
    let handled, scanRequested, enabled, suppresses: WordField
    let allowed, tpr, savicEnabled, extINT: WordField
    let isEmpty: Bool

    init(_ changes: StateChanges, pins: Int, vectors count: Int, _ maker: inout FieldMaker) {
        let before = maker.bits
        resampleLines = maker.field(pins, when: changes.resampleLines)
        presented = maker.field(pins, when: changes.presented)
        masked = maker.field(pins, when: changes.masks)
        level = maker.field(pins, when: changes.triggers)
        // Eight vectors are numbered with three bits; index + 1 of one, or 0 for none, with four.
        var tables: (vectors: [WordField], destinations: [WordField]) = ([], [])
        for _ in 0..<pins {
            if changes.vectors { tables.vectors.append(maker.field(3)) }
            if changes.destinations { tables.destinations.append(maker.field(Destination.bits)) }
        }
        (vectors, destinations) = tables
        rtcVector = maker.field(4, when: changes.rtc)
        handled = maker.field(count, when: changes.scans)
        stale = maker.field(4, when: changes.scans)
        scanRequested = maker.field(1, when: changes.scans)
        exitVector = maker.field(4, when: changes.lateExits)
        exitEnded = maker.field(4, when: changes.lateExits)
        extINT = maker.field(1, when: changes.extINT)
        enabled = maker.field(1, when: changes.spiv)
        suppresses = maker.field(1, when: changes.spiv)
        allowed = maker.field(count, when: changes.allowed)
        tpr = maker.field(8, when: changes.taskPriority)
        savicEnabled = maker.field(1, when: changes.savicEnabled)
        isEmpty = maker.bits == before
    }

    func pack<Word: StateWord>(
        _ ioapic: IOAPIC<NarrowSpace>, _ apic: SoftwareAPIC<NarrowSpace>, into word: inout Word
    ) {
        resampleLines.put(UInt64(ioapic.resampleLines.bits), into: &word)
        presented.put(UInt64(ioapic.irr.bits), into: &word)
        masked.put(UInt64(ioapic.masked.bits), into: &word)
        level.put(UInt64(ioapic.level.bits), into: &word)
        for pin in vectors.indices { vectors[pin].put(UInt64(ioapic.vectors[pin]), into: &word) }
        for pin in destinations.indices {
            destinations[pin].put(UInt64(ioapic.destinations[pin]), into: &word)
        }
        rtcVector.put(UInt64(ioapic.rtcVector + 1), into: &word)
        handled.put(UInt64(apic.handled.bits), into: &word)
        stale.put(UInt64(apic.stale + 1), into: &word)
        exitVector.put(UInt64(apic.exitVector + 1), into: &word)
        exitEnded.put(UInt64(apic.exitEnded + 1), into: &word)
        scanRequested.put(apic.scanRequested ? 1 : 0, into: &word)
        enabled.put(apic.enabled ? 1 : 0, into: &word)
        suppresses.put(apic.suppressesBroadcast ? 1 : 0, into: &word)
    }

    func unpack<Word: StateWord>(
        _ word: Word, _ ioapic: inout IOAPIC<NarrowSpace>, _ apic: inout SoftwareAPIC<NarrowSpace>
    ) {
        func pins(_ field: WordField, _ set: inout PinSet) {
            if field.mask != 0 { set.bits = UInt32(truncatingIfNeeded: field.get(word)) }
        }
        func flag(_ field: WordField, _ flag: inout Bool) {
            if field.mask != 0 { flag = field.get(word) != 0 }
        }
        func rank(_ field: WordField, _ rank: inout Int16) {
            if field.mask != 0 { rank = Int16(truncatingIfNeeded: field.get(word)) - 1 }
        }
        pins(resampleLines, &ioapic.resampleLines)
        pins(presented, &ioapic.irr)
        pins(masked, &ioapic.masked)
        pins(level, &ioapic.level)
        for pin in vectors.indices { ioapic.vectors[pin] = Int(vectors[pin].get(word)) }
        for pin in destinations.indices {
            ioapic.destinations[pin] = Int(destinations[pin].get(word))
        }
        rank(rtcVector, &ioapic.rtcVector)
        if handled.mask != 0 { apic.handled = NarrowVectors(handled.get(word)) }
        rank(stale, &apic.stale)
        rank(exitVector, &apic.exitVector)
        rank(exitEnded, &apic.exitEnded)
        flag(scanRequested, &apic.scanRequested)
        flag(enabled, &apic.enabled)
        flag(suppresses, &apic.suppressesBroadcast)
    }
}
