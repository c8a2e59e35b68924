/// The machine's IOAPIC and local APIC as somebody reaches them who plays a whole KVM: by entries,
/// messages and irqfds instead of a scenario's steps. In the wide space indices are the numbers
/// themselves.
extension Machine where CPU: SecureCPU {
    func entry(_ pin: Int) -> RedirectionEntry { state.ioapic.entry(pin) }

    var highLines: PinSet { state.ioapic.irr }

    mutating func program(_ pin: Int, _ entry: RedirectionEntry, remoteIRR: Bool) {
        state.ioapic.program(pin, entry)
        state.ioapic.remoteIRR.set(pin, to: remoteIRR)
        state.vcpus[0].apic.scanRequested = true
    }

    mutating func write(
        _ pin: Int, _ entry: RedirectionEntry, noting trace: inout EventTrace
    ) {
        state.ioapic.write(pin, entry, configuration, &state.vcpus, &trace)
    }

    mutating func endAtIOAPIC(_ vector: UInt8, noting trace: inout EventTrace) {
        endAtIOAPIC(0, Int(vector), into: &trace)
    }

    mutating func addResampler(_ pin: Int) {
        configuration.resamplers.insert(pin)
        state.vcpus[0].apic.scanRequested = true
    }

    mutating func accept(
        _ vector: UInt8, level: Bool, destination: Destination, noting trace: inout EventTrace
    ) -> Int {
        state.vcpus.accept(
            Int(vector), level: level, destination: destination, configuration.space, &trace
        ).nonzeroBitCount
    }
}
