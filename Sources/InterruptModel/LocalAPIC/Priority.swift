/// Processor priority (kvm-interrupts §8; the same in KVM's local APIC and in the hardware).
enum Priority {
    /// PPR: TPR where its class is at least that of the highest in-service vector, else that
    /// vector's class.
    static func ppr<Space: VectorSpace>(
        isr: Space.Vectors, tpr: UInt8, _ space: Space
    ) -> UInt8 {
        let highest = isr.highest
        let tpr = space.breaks(.taskPriorityBlocks) ? 0 : tpr
        guard highest >= 0, !space.breaks(.inServiceBlocks) else { return tpr }
        let inService = UInt8(truncatingIfNeeded: space.priorityClass(highest) << 4)
        return tpr & 0xF0 >= inService ? tpr : inService
    }

    /// The pending vector that the processor would take now, or −1: the highest one, if its
    /// class is above that of PPR.
    static func deliverable<Space: VectorSpace>(
        irr: Space.Vectors, isr: Space.Vectors, tpr: UInt8, _ space: Space
    ) -> Int {
        let candidate = space.breaks(.highestVectorFirst) ? irr.lowest : irr.highest
        guard candidate >= 0 else { return -1 }
        let ppr = Int(ppr(isr: isr, tpr: tpr, space))
        return space.priorityClass(candidate) > ppr >> 4 ? candidate : -1
    }
}
