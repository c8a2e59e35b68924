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
    let lines, remoteIRR, irr, isr, tmr, requested, pageIRR, pageISR, pageTMR: WordField
    let interruptFlag: WordField
    /// What the design notes for itself (`DesignMemory`).
    let memory: WordField
    /// Parts that only a configuration switches on, and whether it does.
    let rest: RestLayout
    let hasRest: Bool
    /// Whether the level last presented is always that of the line (`StateChanges.presented`).
    let mirrorsLines: Bool
    let bits: Int

    init(
        _ configuration: Configuration<NarrowSpace>, vectors: Int, memoryBits: Int,
        _ actions: [Action]
    ) {
        let changes = StateChanges(actions, configuration)
        let pins = configuration.pins.elements.count
        let isSecure = configuration.kind == .secure
        var maker = FieldMaker()
        // What changes most often stands lowest (`TransitionSystem.stateBits`).
        interruptFlag = maker.field(1)
        lines = maker.field(pins)
        tmr = maker.field(vectors)
        pageTMR = maker.field(vectors, when: isSecure)
        irr = maker.field(vectors)
        remoteIRR = maker.field(pins)
        isr = maker.field(vectors)
        requested = maker.field(vectors, when: isSecure)
        pageIRR = maker.field(vectors, when: isSecure)
        pageISR = maker.field(vectors, when: isSecure)
        memory = maker.field(memoryBits)
        mirrorsLines = !changes.presented
        rest = RestLayout(changes, pins: pins, vectors: vectors, &maker)
        hasRest = !rest.isEmpty
        bits = maker.bits
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
        layout.irr.put(UInt64(state.vcpu.apic.irr.bits), into: &word)
        layout.isr.put(UInt64(state.vcpu.apic.isr.bits), into: &word)
        layout.tmr.put(UInt64(state.vcpu.apic.tmr.bits), into: &word)
        layout.interruptFlag.put(state.vcpu.interruptFlag ? 1 : 0, into: &word)
        state.vcpu.pack(layout, into: &word)
        if layout.hasRest { packRest(layout.rest, into: &word) }
        return word
    }

    @inline(never)
    private func packRest<Word: StateWord>(_ rest: RestLayout, into word: inout Word) {
        rest.pack(state.ioapic, state.vcpu.apic, into: &word)
    }

    /// Goes to a state. The machine is as it was made, or in a state of the same search: only the
    /// parts that change are replaced.
    @inline(__always)
    mutating func unpack<Word: StateWord>(_ word: Word, _ layout: StateLayout<Word>) {
        state.ioapic.lines.bits = UInt32(truncatingIfNeeded: layout.lines.get(word))
        if layout.mirrorsLines { state.ioapic.irr = state.ioapic.lines }
        state.ioapic.remoteIRR.bits = UInt32(truncatingIfNeeded: layout.remoteIRR.get(word))
        state.vcpu.apic.irr = NarrowVectors(layout.irr.get(word))
        state.vcpu.apic.isr = NarrowVectors(layout.isr.get(word))
        state.vcpu.apic.tmr = NarrowVectors(layout.tmr.get(word))
        state.vcpu.interruptFlag = layout.interruptFlag.get(word) != 0
        state.vcpu.unpack(word, layout)
        if layout.hasRest { unpackRest(word, layout.rest) }
    }

    @inline(never)
    private mutating func unpackRest<Word: StateWord>(_ word: Word, _ rest: RestLayout) {
        rest.unpack(word, &state.ioapic, &state.vcpu.apic)
    }
}

extension PlainVCPU: PackableCPU where Space == NarrowSpace {
    static func memoryBits(vectors: Int) -> Int { 0 }

    @inline(__always)
    func pack<Word: StateWord>(_ layout: StateLayout<Word>, into word: inout Word) {
        layout.rest.tpr.put(UInt64(tpr), into: &word)
    }

    @inline(__always)
    mutating func unpack<Word: StateWord>(_ word: Word, _ layout: StateLayout<Word>) {
        guard layout.rest.tpr.mask != 0 else { return }
        tpr = UInt8(truncatingIfNeeded: layout.rest.tpr.get(word))
    }
}

extension SecureVCPU: PackableCPU where Space == NarrowSpace {
    static func memoryBits(vectors: Int) -> Int { Design.Memory.bits(vectors: vectors) }

    @inline(__always)
    func pack<Word: StateWord>(_ layout: StateLayout<Word>, into word: inout Word) {
        layout.requested.put(UInt64(requested.bits), into: &word)
        layout.pageIRR.put(UInt64(page.irr.bits), into: &word)
        layout.pageISR.put(UInt64(page.isr.bits), into: &word)
        layout.pageTMR.put(UInt64(page.tmr.bits), into: &word)
        layout.memory.put(memory.packed, into: &word)
        if layout.hasRest { packRest(layout.rest, into: &word) }
    }

    @inline(never)
    private func packRest<Word: StateWord>(_ rest: RestLayout, into word: inout Word) {
        rest.allowed.put(UInt64(page.allowed.bits), into: &word)
        rest.tpr.put(UInt64(page.tpr), into: &word)
        rest.savicEnabled.put(isEnabled ? 1 : 0, into: &word)
        rest.extINT.put(asksByExtINT ? 1 : 0, into: &word)
    }

    @inline(__always)
    mutating func unpack<Word: StateWord>(_ word: Word, _ layout: StateLayout<Word>) {
        requested = NarrowVectors(layout.requested.get(word))
        page.irr = NarrowVectors(layout.pageIRR.get(word))
        page.isr = NarrowVectors(layout.pageISR.get(word))
        page.tmr = NarrowVectors(layout.pageTMR.get(word))
        memory = Design.Memory(packed: layout.memory.get(word))
        if layout.hasRest { unpackRest(word, layout.rest) }
    }

    @inline(never)
    private mutating func unpackRest<Word: StateWord>(_ word: Word, _ rest: RestLayout) {
        if rest.allowed.mask != 0 { page.allowed = NarrowVectors(rest.allowed.get(word)) }
        if rest.tpr.mask != 0 { page.tpr = UInt8(truncatingIfNeeded: rest.tpr.get(word)) }
        if rest.savicEnabled.mask != 0 { isEnabled = rest.savicEnabled.get(word) != 0 }
        if rest.extINT.mask != 0 { asksByExtINT = rest.extINT.get(word) != 0 }
    }
}
