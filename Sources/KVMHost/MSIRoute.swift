import CKVM

/// One row of the interrupt routing table of a split irqchip: a GSI that sends a message.
package struct MSIRoute: Hashable, Sendable {
    /// The pin; below the number of reserved GSIs, else its EOIs do not exit.
    package var gsi: UInt32
    /// The target's APIC id, 0 … 254; 255 is everyone. Logical: members of x2APIC cluster 0.
    package var destination: UInt8
    package var isLogical: Bool
    package var vector: UInt8
    /// Level triggered: KVM sets the TMR bit, and the guest's EOI exits as `IOAPIC_EOI`.
    package var level: Bool

    package init(
        gsi: UInt32, destination: UInt8, isLogical: Bool = false, vector: UInt8, level: Bool
    ) {
        self.gsi = gsi
        self.destination = destination
        self.isLogical = isLogical
        self.vector = vector
        self.level = level
    }
}

/// A message as x86 encodes it (arch/x86/include/asm/msi.h; kvm-snp-uapi §1.3): fixed delivery.
struct MSIMessage {
    let addressLow: UInt32
    let data: UInt32

    init(destination: UInt8, isLogical: Bool = false, vector: UInt8, level: Bool) {
        // Bit 2 is the destination mode.
        addressLow = 0xfee0_0000 | UInt32(destination) << 12 | (isLogical ? 1 << 2 : 0)
        // Bit 15 is the trigger mode. Bit 14, "assert", is ignored by KVM.
        data = UInt32(vector) | (level ? 1 << 15 : 0)
    }

    /// INIT instead of a fixed interrupt: delivery mode 5, level asserted (APM volume 2, 16.5).
    init(initDestination destination: UInt8) {
        addressLow = 0xfee0_0000 | UInt32(destination) << 12
        data = 0b101 << 8 | 1 << 14
    }
}

/// The routing table in the kernel's form, in one buffer that is used again and again.
final class RoutingTable {
    /// Word 0: count and flags. Then six words per entry: gsi|type, flags|pad, address, data, 0, 0.
    var words: [UInt64] = [0]

    /// Replaces the content. Allocates only when the count changes.
    func fill(_ routes: [MSIRoute]) {
        let count = 1 + 6 * routes.count
        if words.count != count { words = [UInt64](repeating: 0, count: count) }
        words[0] = UInt64(routes.count)
        for (index, route) in routes.enumerated() {
            let message = MSIMessage(
                destination: route.destination, isLogical: route.isLogical, vector: route.vector,
                level: route.level)
            let first = 1 + 6 * index
            words[first] = UInt64(route.gsi) | UInt64(KVM_IRQ_ROUTING_MSI) << 32
            words[first + 2] = UInt64(message.addressLow)
            words[first + 3] = UInt64(message.data)
        }
    }

    /// Replaces the content by routes of pins to the IOAPIC pins of the same numbers.
    func fill(pins: [Int]) {
        words = [UInt64(pins.count)]
        for pin in pins {
            let header = UInt64(pin) | UInt64(KVM_IRQ_ROUTING_IRQCHIP) << 32
            words += [header, 0, UInt64(KVM_IRQCHIP_IOAPIC) | UInt64(pin) << 32, 0, 0, 0]
        }
    }
}
