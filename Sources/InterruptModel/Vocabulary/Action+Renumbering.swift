extension Action {
    /// The same action with other numbers for its pin and vector.
    package func renumbered(
        pin: (UInt8) -> UInt8, vector: (UInt8) -> UInt8
    ) -> Action {
        switch self {
        case .assert(let number): .assert(pin: pin(number))
        case .reassert(let number): .reassert(pin: pin(number))
        case .deassert(let number): .deassert(pin: pin(number))
        case .assertStatus(let number): .assertStatus(pin: pin(number))
        case .irqfd(let number): .irqfd(pin: pin(number))
        case .msi(let number): .msi(vector: vector(number))
        case .mask(let number): .mask(pin: pin(number))
        case .unmask(let number): .unmask(pin: pin(number))
        case .trigger(let number, let trigger): .trigger(pin: pin(number), trigger)
        case .retarget(let number, let destination):
            .retarget(pin: pin(number), destination: destination)
        case .vector(let number, let new): .vector(pin: pin(number), vector: vector(new))
        case .rewrite(let number): .rewrite(pin: pin(number))
        case .eoiRaising(let number): .eoiRaising(pin: pin(number))
        case .directedEOI(let number): .directedEOI(vector: vector(number))
        case .allow(let number): .allow(vector: vector(number))
        case .disallow(let number): .disallow(vector: vector(number))
        case .ipi(let number): .ipi(vector: vector(number))
        case .delayedWork, .reset, .initSignal, .extINT, .lateExit, .scan, .inject, .vmrun,
            .accept, .run, .sti, .cli, .eoi, .nonzeroEOI, .readEOI, .spuriousEOI, .tpr,
            .enableSAVIC, .enableAPIC, .disableAPIC, .suppressBroadcast:
            self
        }
    }
}
