internal import StateExplorer

/// Where the parts of one vCPU stand in a word.
struct ProcessorLayout: Sendable {
    // What every search moves
    var interruptFlag = WordField()
    fileprivate(set) var tmr = WordField(), pageTMR = WordField(), irr = WordField()
    fileprivate(set) var isr = WordField(), requested = WordField()
    fileprivate(set) var pageIRR = WordField(), pageISR = WordField()
    /// What the design notes for itself (`DesignMemory`).
    fileprivate(set) var memory = WordField()

    // Parts that only a configuration switches on, and whether it does
    fileprivate var handled = WordField(), scanRequested = WordField()
    fileprivate var enabled = WordField(), suppresses = WordField()
    /// Index + 1.
    fileprivate var stale = WordField(), exitVector = WordField(), exitEnded = WordField()
    fileprivate var allowed = WordField(), savicEnabled = WordField(), extINT = WordField()
    /// Rank of the task priority.
    fileprivate var tpr = WordField()
    fileprivate var tprRanks = Ranks<UInt8>()
    fileprivate(set) var hasRest = false

    mutating func placeRequests(
        _ vectors: Int, _ changes: StateChanges, _ maker: inout FieldMaker
    ) {
        tmr = maker.field(vectors)
        pageTMR = maker.field(vectors, when: changes.isSecure)
        irr = maker.field(vectors)
    }

    mutating func placeServices(
        _ vectors: Int, _ memoryBits: Int, _ changes: StateChanges, _ maker: inout FieldMaker
    ) {
        isr = maker.field(vectors)
        requested = maker.field(vectors, when: changes.isSecure)
        pageIRR = maker.field(vectors, when: changes.isSecure)
        pageISR = maker.field(vectors, when: changes.isSecure)
        memory = maker.field(memoryBits)
    }

    mutating func placeRest(
        _ vectors: Int, _ changes: StateChanges, _ maker: inout FieldMaker
    ) {
        let before = maker.bits
        // Index + 1 of one of eight vectors, or 0 for none, takes four bits.
        handled = maker.field(vectors, when: changes.scans)
        stale = maker.field(4, when: changes.scans)
        scanRequested = maker.field(1, when: changes.scans)
        exitVector = maker.field(4, when: changes.lateExits)
        exitEnded = maker.field(4, when: changes.lateExits)
        extINT = maker.field(1, when: changes.extINT)
        enabled = maker.field(1, when: changes.spiv)
        suppresses = maker.field(1, when: changes.spiv)
        allowed = maker.field(vectors, when: changes.allowed)
        tprRanks = changes.taskPriorities
        tpr = maker.field(tprRanks.bits)
        savicEnabled = maker.field(1, when: changes.savicEnabled)
        hasRest = maker.bits > before
    }

    func packRest<Word: StateWord>(_ apic: SoftwareAPIC<NarrowSpace>, into word: inout Word) {
        handled.put(UInt64(apic.handled.bits), into: &word)
        stale.put(UInt64(apic.stale + 1), into: &word)
        exitVector.put(UInt64(apic.exitVector + 1), into: &word)
        exitEnded.put(UInt64(apic.exitEnded + 1), into: &word)
        scanRequested.put(apic.scanRequested ? 1 : 0, into: &word)
        enabled.put(apic.enabled ? 1 : 0, into: &word)
        suppresses.put(apic.suppressesBroadcast ? 1 : 0, into: &word)
    }

    func unpackRest<Word: StateWord>(_ word: Word, _ apic: inout SoftwareAPIC<NarrowSpace>) {
        if handled.mask != 0 { apic.handled = NarrowVectors(handled.get(word)) }
        stale.unpack(word, &apic.stale)
        exitVector.unpack(word, &apic.exitVector)
        exitEnded.unpack(word, &apic.exitEnded)
        scanRequested.unpack(word, &apic.scanRequested)
        enabled.unpack(word, &apic.enabled)
        suppresses.unpack(word, &apic.suppressesBroadcast)
    }
}

/// The few values that something can have, by their rank.
struct Ranks<Value: Hashable & Comparable & Sendable>: Sendable {
    private let values: [Value]

    init(_ values: Set<Value> = []) { self.values = values.sorted() }

    /// How many bits a rank takes: none where there is no choice.
    var bits: Int { values.count < 2 ? 0 : Int.bitWidth - (values.count - 1).leadingZeroBitCount }

    func rank(of value: Value) -> UInt64 {
        guard let rank = values.firstIndex(of: value) else {
            preconditionFailure("\(value) is none of \(values), which was all that could be")
        }
        return UInt64(rank)
    }

    func value(of rank: UInt64) -> Value { values[Int(rank)] }
}

extension WordField {
    func unpack<Word: StateWord>(_ word: Word, _ flag: inout Bool) {
        if mask != 0 { flag = get(word) != 0 }
    }

    /// An index, stored as index + 1.
    func unpack<Word: StateWord>(_ word: Word, _ index: inout Int16) {
        if mask != 0 { index = Int16(truncatingIfNeeded: get(word)) - 1 }
    }
}

extension PlainVCPU: PackableCPU where Space == NarrowSpace {
    static func memoryBits(vectors: Int) -> Int { 0 }

    @inline(__always)
    func pack<Word: StateWord>(_ layout: ProcessorLayout, into word: inout Word) {
        guard layout.tpr.mask != 0 else { return }
        layout.tpr.put(layout.tprRanks.rank(of: tpr), into: &word)
    }

    @inline(__always)
    mutating func unpack<Word: StateWord>(_ word: Word, _ layout: ProcessorLayout) {
        guard layout.tpr.mask != 0 else { return }
        tpr = layout.tprRanks.value(of: layout.tpr.get(word))
    }
}

extension SecureVCPU: PackableCPU where Space == NarrowSpace {
    static func memoryBits(vectors: Int) -> Int { Design.Memory.bits(vectors: vectors) }

    @inline(__always)
    func pack<Word: StateWord>(_ layout: ProcessorLayout, into word: inout Word) {
        layout.requested.put(UInt64(requested.bits), into: &word)
        layout.pageIRR.put(UInt64(page.irr.bits), into: &word)
        layout.pageISR.put(UInt64(page.isr.bits), into: &word)
        layout.pageTMR.put(UInt64(page.tmr.bits), into: &word)
        layout.memory.put(memory.packed, into: &word)
        if layout.hasRest { packRest(layout, into: &word) }
    }

    @inline(never)
    private func packRest<Word: StateWord>(_ layout: ProcessorLayout, into word: inout Word) {
        layout.allowed.put(UInt64(page.allowed.bits), into: &word)
        if layout.tpr.mask != 0 { layout.tpr.put(layout.tprRanks.rank(of: page.tpr), into: &word) }
        layout.savicEnabled.put(isEnabled ? 1 : 0, into: &word)
        layout.extINT.put(asksByExtINT ? 1 : 0, into: &word)
    }

    @inline(__always)
    mutating func unpack<Word: StateWord>(_ word: Word, _ layout: ProcessorLayout) {
        requested = NarrowVectors(layout.requested.get(word))
        page.irr = NarrowVectors(layout.pageIRR.get(word))
        page.isr = NarrowVectors(layout.pageISR.get(word))
        page.tmr = NarrowVectors(layout.pageTMR.get(word))
        memory = Design.Memory(packed: layout.memory.get(word))
        if layout.hasRest { unpackRest(word, layout) }
    }

    @inline(never)
    private mutating func unpackRest<Word: StateWord>(_ word: Word, _ layout: ProcessorLayout) {
        if layout.allowed.mask != 0 { page.allowed = NarrowVectors(layout.allowed.get(word)) }
        if layout.tpr.mask != 0 { page.tpr = layout.tprRanks.value(of: layout.tpr.get(word)) }
        layout.savicEnabled.unpack(word, &isEnabled)
        layout.extINT.unpack(word, &asksByExtINT)
    }
}
