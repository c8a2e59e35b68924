internal import InterruptModel
internal import Scenarios

/// Reads the machine of a run that was saved. What a document of an earlier version does not say is
/// as it is where nobody says anything.
struct MachineReader {
    let setup: MachineSetup
    /// Whether it says all that this version knows of a machine.
    let isWhole: Bool

    init(_ document: ReportMembers) throws(ScenarioError) {
        let machine = try ReportMembers(
            try document["machine"], of: "the machine", in: TimelineFile.kind)
        let vcpus = try machine["vcpus"].number(in: 1...8, "a number of vCPUs")
        var setup = MachineSetup(
            kind: try machine["kind"].choice("machine kind"),
            irqchip: try machine["irqchip"].choice("irqchip"))
        setup.vcpus = vcpus
        for cursor in try machine["pins"].list("pins") {
            let pin = try Self.pin(cursor)
            guard !setup.pins.contains(where: { $0.pin == pin.pin }) else {
                throw cursor.error("pin \(pin.pin) is there twice; expected each once")
            }
            setup.pins.append(pin)
        }
        isWhole = machine.contains(["apic", "broadcastSuppression", "kernelRules"])
        try Self.read(machine, into: &setup)
        var fields: [String: YAMLCursor] = [:]
        for (key, value) in try document["assumptions"].pairs("assumptions") {
            fields[try key.text("the name of an assumption")] = value
        }
        try PartialAssumptions(fields, AxisEntry.all).apply(to: &setup)
        self.setup = setup
    }

    private static func pin(_ cursor: YAMLCursor) throws(ScenarioError) -> PinSetup {
        let members = try ReportMembers(cursor, of: "the pin", in: TimelineFile.kind)
        var pin = PinSetup(
            pin: UInt8(try members["pin"].number(in: MomentReader.pins, "a pin")),
            vector: try members["vector"].vector(),
            trigger: try members["trigger"].choice("trigger mode"),
            masked: try members["masked"].flag("the mask"),
            destination: try members["destination"].destination())
        try read("resampler", of: members, into: &pin.resampler)
        try read("notifier", of: members, into: &pin.notifier)
        return pin
    }

    /// What it is beside its pins.
    private static func read(
        _ machine: ReportMembers, into setup: inout MachineSetup
    ) throws(ScenarioError) {
        try read("interrupts", of: machine, into: &setup.interruptsEnabled)
        try read("nesting", of: machine, into: &setup.nesting)
        try read("apic", of: machine, into: &setup.apicEnabled)
        try read("secureAVIC", of: machine, into: &setup.savicEnabled)
        try read("eoiRegister", of: machine, into: &setup.hasEOIRegister)
        try read("exitsLate", of: machine, into: &setup.exitsLate)
        try read("endsAtDelivery", of: machine, into: &setup.endsAtDelivery)
        try read("entersAfterExit", of: machine, into: &setup.entersAfterExit)
        if let cursor = machine.optional("broadcastSuppression") {
            setup.broadcastSuppression = try cursor.choice("broadcast suppression")
        }
        if let cursor = machine.optional("allowed") {
            setup.allowed = try cursor.vectors()
        }
        if let cursor = machine.optional("kernelRules") {
            let rules = try cursor.list("kernel rules") { rule throws(ScenarioError) in
                let rule: KernelRule = try rule.choice("kernel rule")
                return rule
            }
            setup.kernelRules = KernelRules(rules)
        }
    }

    private static func read(
        _ name: String, of members: ReportMembers, into flag: inout Bool
    ) throws(ScenarioError) {
        if let cursor = members.optional(name) { flag = try cursor.flag(name) }
    }
}
