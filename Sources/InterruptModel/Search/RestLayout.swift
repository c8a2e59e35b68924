internal import StateExplorer

/// Where the parts of the IOAPIC stand that only a configuration's own actions change.
struct RestLayout: Sendable {
    private let resampleLines, presented, masked, level: WordField
    /// One for each pin.
    private let vectors, destinations, takers: [WordField]
    private let destinationRanks: Ranks<UInt16>
    /// One for each vCPU; index + 1.
    private let rtc: [WordField]

    init(
        _ changes: StateChanges, pins: Int, _ start: IOAPIC<NarrowSpace>,
        _ maker: inout FieldMaker
    ) {
        resampleLines = maker.field(pins, when: changes.resampleLines)
        presented = maker.field(pins, when: changes.presented)
        masked = maker.field(pins, when: changes.masks)
        level = maker.field(pins, when: changes.triggers)
        let codes = changes.destinationCodes
        destinationRanks =
            codes.isEmpty
            ? Ranks()
            : Ranks(codes.union((0..<pins).map { start.destination(of: $0).code }))
        // Eight vectors are numbered with three bits; index + 1 of one, or 0 for none, with four.
        var (vectors, destinations, takers): ([WordField], [WordField], [WordField]) = ([], [], [])
        for _ in 0..<pins {
            if changes.vectors { vectors.append(maker.field(3)) }
            if destinationRanks.bits > 0 { destinations.append(maker.field(destinationRanks.bits)) }
            if changes.takers > 0 { takers.append(maker.field(changes.takers)) }
        }
        (self.vectors, self.destinations, self.takers) = (vectors, destinations, takers)
        var rtc: [WordField] = []
        for _ in 0..<changes.rtcReceivers { rtc.append(maker.field(4)) }
        self.rtc = rtc
    }

    func pack<Word: StateWord>(_ ioapic: IOAPIC<NarrowSpace>, into word: inout Word) {
        resampleLines.put(UInt64(ioapic.resampleLines.bits), into: &word)
        presented.put(UInt64(ioapic.irr.bits), into: &word)
        masked.put(UInt64(ioapic.masked.bits), into: &word)
        level.put(UInt64(ioapic.level.bits), into: &word)
        for pin in vectors.indices { vectors[pin].put(UInt64(ioapic.vectors[pin]), into: &word) }
        for pin in destinations.indices {
            let code = ioapic.destination(of: pin).code
            destinations[pin].put(destinationRanks.rank(of: code), into: &word)
        }
        for pin in takers.indices { takers[pin].put(UInt64(ioapic.takers[pin]), into: &word) }
        for vcpu in rtc.indices {
            rtc[vcpu].put(UInt64(ioapic.rtc.vector(of: UInt8(vcpu)) + 1), into: &word)
        }
    }

    func unpack<Word: StateWord>(_ word: Word, _ ioapic: inout IOAPIC<NarrowSpace>) {
        func pins(_ field: WordField, _ set: inout PinSet) {
            if field.mask != 0 { set.bits = UInt32(truncatingIfNeeded: field.get(word)) }
        }
        pins(resampleLines, &ioapic.resampleLines)
        pins(presented, &ioapic.irr)
        pins(masked, &ioapic.masked)
        pins(level, &ioapic.level)
        for pin in vectors.indices { ioapic.vectors[pin] = Int(vectors[pin].get(word)) }
        for pin in destinations.indices {
            ioapic.destinations[pin] = Int(destinationRanks.value(of: destinations[pin].get(word)))
        }
        for pin in takers.indices { ioapic.takers[pin] = Int(takers[pin].get(word)) }
        for vcpu in rtc.indices {
            ioapic.rtc.note(Int(rtc[vcpu].get(word)) - 1, of: UInt8(vcpu))
        }
    }
}
