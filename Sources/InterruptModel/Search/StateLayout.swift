internal import StateExplorer

/// A part of a state as bits of a word; a mask of 0 where the part never changes.
struct WordField: Sendable, BitwiseCopyable {
    var shift = 0
    var mask: UInt64 = 0

    @inline(__always)
    func put<Word: StateWord>(_ value: UInt64, into word: inout Word) {
        word = word | Word(value & mask).shiftedUp(shift)
    }

    @inline(__always)
    func get<Word: StateWord>(_ word: Word) -> UInt64 { word.shiftedDown(shift).low & mask }

    /// Its bits, which are among the lowest 64.
    var bits: UInt64 { mask << UInt64(shift) }
}

/// Hands out the bits of a word.
struct FieldMaker {
    private(set) var bits = 0

    /// - Parameter width: at most 64 bits; 0 for a part that never changes.
    mutating func field(_ width: Int, when changes: Bool = true) -> WordField {
        guard changes, width > 0 else { return WordField() }
        defer { bits += width }
        return WordField(shift: bits, mask: width == 64 ? .max : 1 << UInt64(width) - 1)
    }
}

/// Which parts of a machine's state the actions of a search can change, and so where each stands
/// in a word. What cannot change is not stored: it is taken from the machine's first state.
///
/// A part that changed without being stored would make different states one. In a debug build
/// every successor is unpacked again and compared.
struct StateLayout<Word: StateWord>: Sendable {
    // What every search moves
    let lines, remoteIRR: WordField
    /// Where the parts of vCPU 0 stand, and of those behind it.
    let first: ProcessorLayout
    let others: [ProcessorLayout]
    /// Parts of the IOAPIC that only a configuration switches on, and whether it does.
    let rest: RestLayout
    let hasRest: Bool
    /// Whether the level last presented is always that of the line (`StateChanges.presented`).
    let mirrorsLines: Bool
    let bits: Int

    /// - Parameter start: the IOAPIC from which the search begins.
    init(
        _ configuration: Configuration<NarrowSpace>, vectors: Int, memoryBits: Int,
        _ actions: [Action], from start: IOAPIC<NarrowSpace>
    ) {
        let changes = StateChanges(actions, configuration)
        let pins = configuration.pins.elements.count
        var vcpus = Array(repeating: ProcessorLayout(), count: configuration.vcpus)
        var maker = FieldMaker()
        // What changes most often stands lowest (`TransitionSystem.stateBits`).
        for number in vcpus.indices { vcpus[number].interruptFlag = maker.field(1) }
        lines = maker.field(pins)
        for number in vcpus.indices { vcpus[number].placeRequests(vectors, changes, &maker) }
        remoteIRR = maker.field(pins)
        for number in vcpus.indices {
            vcpus[number].placeServices(vectors, memoryBits, changes, &maker)
        }
        mirrorsLines = !changes.presented
        let before = maker.bits
        rest = RestLayout(changes, pins: pins, start, &maker)
        hasRest = maker.bits > before
        for number in vcpus.indices { vcpus[number].placeRest(vectors, changes, &maker) }
        first = vcpus[0]
        others = Array(vcpus.dropFirst())
        bits = maker.bits
    }

    /// Where the parts of a vCPU stand.
    subscript(vcpu number: Int) -> ProcessorLayout {
        number == 0 ? first : others[number - 1]
    }
}

extension NarrowVectors {
    @inline(__always)
    init(_ bits: UInt64) { self.init(bits: UInt8(truncatingIfNeeded: bits)) }
}

// Each part is read where it stands: a copy of a whole state, just after a rule has written a byte
// of it, would wait for the byte to reach memory.

extension Machine where CPU: PackableCPU {
    /// The state now.
    @inline(__always)
    func packed<Word: StateWord>(_ layout: StateLayout<Word>) -> Word {
        var word = Word.zero
        layout.lines.put(UInt64(state.ioapic.lines.bits), into: &word)
        layout.remoteIRR.put(UInt64(state.ioapic.remoteIRR.bits), into: &word)
        pack(0, layout.first, into: &word)
        if !Processors.isOne {
            for number in layout.others.indices {
                pack(number + 1, layout.others[number], into: &word)
            }
        }
        if layout.hasRest { packRest(layout.rest, into: &word) }
        return word
    }

    @inline(__always)
    private func pack<Word: StateWord>(
        _ number: Int, _ layout: ProcessorLayout, into word: inout Word
    ) {
        layout.irr.put(UInt64(state.vcpus[number].apic.irr.bits), into: &word)
        layout.isr.put(UInt64(state.vcpus[number].apic.isr.bits), into: &word)
        layout.tmr.put(UInt64(state.vcpus[number].apic.tmr.bits), into: &word)
        layout.interruptFlag.put(state.vcpus[number].interruptFlag ? 1 : 0, into: &word)
        state.vcpus[number].pack(layout, into: &word)
        if layout.hasRest { packRest(number, layout, into: &word) }
    }

    @inline(never)
    private func packRest<Word: StateWord>(_ rest: RestLayout, into word: inout Word) {
        rest.pack(state.ioapic, into: &word)
    }

    @inline(never)
    private func packRest<Word: StateWord>(
        _ number: Int, _ layout: ProcessorLayout, into word: inout Word
    ) {
        layout.packRest(state.vcpus[number].apic, into: &word)
    }

    /// Goes to a state. The machine is as it was made, or in a state of the same search: only the
    /// parts that change are replaced.
    @inline(__always)
    mutating func unpack<Word: StateWord>(_ word: Word, _ layout: StateLayout<Word>) {
        state.ioapic.lines.bits = UInt32(truncatingIfNeeded: layout.lines.get(word))
        if layout.mirrorsLines { state.ioapic.irr = state.ioapic.lines }
        state.ioapic.remoteIRR.bits = UInt32(truncatingIfNeeded: layout.remoteIRR.get(word))
        unpack(0, word, layout.first)
        if !Processors.isOne {
            for number in layout.others.indices {
                unpack(number + 1, word, layout.others[number])
            }
        }
        if layout.hasRest { unpackRest(word, layout.rest) }
    }

    @inline(__always)
    private mutating func unpack<Word: StateWord>(
        _ number: Int, _ word: Word, _ layout: ProcessorLayout
    ) {
        state.vcpus[number].apic.irr = NarrowVectors(layout.irr.get(word))
        state.vcpus[number].apic.isr = NarrowVectors(layout.isr.get(word))
        state.vcpus[number].apic.tmr = NarrowVectors(layout.tmr.get(word))
        state.vcpus[number].interruptFlag = layout.interruptFlag.get(word) != 0
        state.vcpus[number].unpack(word, layout)
        if layout.hasRest { unpackRest(number, word, layout) }
    }

    @inline(never)
    private mutating func unpackRest<Word: StateWord>(_ word: Word, _ rest: RestLayout) {
        rest.unpack(word, &state.ioapic)
    }

    @inline(never)
    private mutating func unpackRest<Word: StateWord>(
        _ number: Int, _ word: Word, _ layout: ProcessorLayout
    ) {
        layout.unpackRest(word, &state.vcpus[number].apic)
    }
}
