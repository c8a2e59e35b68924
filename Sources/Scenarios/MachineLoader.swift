package import InterruptModel

/// Reads the `machine` of a scenario.
package enum MachineLoader {
    static let keys =
        ["vcpus", "pins", "allowed", "savic"] + AxisEntry.all.map(\.name) + [
            "nesting", "interrupts", "apic", "broadcast-suppression", "ioapic-version",
            "late-exit", "kernel-rules",
        ]
    static let pinKeys = [
        "pin", "vector", "trigger", "masked", "destination", "resampler", "notifier",
    ]

    package static func load(_ cursor: YAMLCursor) throws(ScenarioError) -> MachineSetup {
        let fields = try cursor.fields("a machine", known: keys)
        var setup = MachineSetup()
        if let value = fields["vcpus"] {
            setup.vcpus = try value.number(in: 1...8, "a number of vCPUs")
        }
        if let pins = fields["pins"] { setup.pins = try self.pins(pins) }
        if let allowed = fields["allowed"] {
            setup.allowed = try allowed.vectors()
        }
        if let value = fields["savic"] {
            setup.savicEnabled = try value.flag("whether the guest has enabled Secure AVIC")
        }
        try PartialAssumptions(fields, AxisEntry.all).apply(to: &setup)
        if let value = fields["nesting"] { setup.nesting = try value.flag("nesting") }
        if let value = fields["interrupts"] {
            setup.interruptsEnabled = try value.flag("the guest's interrupt flag")
        }
        if let value = fields["apic"] {
            setup.apicEnabled = try value.flag("the local APIC's software enable bit")
        }
        if let value = fields["broadcast-suppression"] {
            setup.broadcastSuppression = try value.choice("broadcast suppression")
        }
        if let value = fields["ioapic-version"] {
            switch try value.number(in: 0x11...0x20, "an IOAPIC version") {
            case 0x11: setup.hasEOIRegister = false
            case 0x20: setup.hasEOIRegister = true
            default: throw value.error("expected an IOAPIC version: 0x11 (KVM's) or 0x20")
            }
        }
        if let value = fields["late-exit"] {
            setup.exitsLate = try value.flag("whether the EOI exit is an action of its own")
        }
        if let value = fields["kernel-rules"] {
            let words = try value.text("kernel rules")
            guard let rules = KernelRules(spelling: words) else {
                let names = KernelRules.classes.map(\.name) + ["none"]
                throw value.error(
                    "unknown kernel rules \(value.found); expected one of "
                        + "\(names.joined(separator: ", ")), or rules separated by commas: "
                        + KernelRule.allCases.map(\.rawValue).joined(separator: ", "))
            }
            setup.kernelRules = rules
        }
        return setup
    }

    private static func pins(_ cursor: YAMLCursor) throws(ScenarioError) -> [PinSetup] {
        var pins: [PinSetup] = []
        for member in try cursor.list("pins") {
            let pin = try self.pin(member)
            guard !pins.contains(where: { $0.pin == pin.pin }) else {
                throw member.error("pin \(pin.pin) is set up twice")
            }
            pins.append(pin)
        }
        return pins
    }

    private static func pin(_ cursor: YAMLCursor) throws(ScenarioError) -> PinSetup {
        let fields = try cursor.fields("a pin", known: pinKeys)
        guard let pin = fields["pin"], let vector = fields["vector"] else {
            throw cursor.error("expected a pin with at least “pin” and “vector”")
        }
        var setup = PinSetup(
            pin: UInt8(try pin.number(in: 0...23, "a pin")), vector: try vector.vector())
        if let value = fields["trigger"] { setup.trigger = try value.choice("trigger mode") }
        if let value = fields["masked"] { setup.masked = try value.flag("the mask") }
        if let value = fields["destination"] {
            setup.destination = try value.destination()
        }
        if let value = fields["resampler"] { setup.resampler = try value.flag("a resampler") }
        if let value = fields["notifier"] { setup.notifier = try value.flag("an ack notifier") }
        return setup
    }
}

extension YAMLCursor {
    /// A vector that a local APIC takes (APM volume 2, 16.6.3: those below 16 are errors).
    package func vector() throws(ScenarioError) -> UInt8 {
        UInt8(try number(in: 16...255, "a vector"))
    }

    /// Whom a message is for.
    package func destination() throws(ScenarioError) -> Destination {
        let words = try text("a destination")
        guard let destination = Destination(spelling: words) else {
            throw error("expected \(Destination.meaning), found \(quoted: words)")
        }
        return destination
    }

    /// A list of vectors.
    package func vectors() throws(ScenarioError) -> [UInt8] {
        try list("vectors") { member throws(ScenarioError) in try member.vector() }
    }
}
