import CKVM
import Glibc
import InterruptModel
import KVMHost
import Lockstep
import Simulation

/// What the interrupt controllers of a secure host make of ioctls and of the guest's stores
/// (kvm-snp-uapi §1.4, kvm-interrupts §2 to §6); the rules themselves are the model's.
extension SecureVM {
    /// - Returns: the call's result; nil leaves that to the kernel.
    func perform(_ call: KernelCall, _ request: SimulatedRequest) throws(Refusal) -> Int32? {
        switch call {
        case .enableCap:
            let wanted: kvm_enable_cap = try request.load()
            guard wanted.cap == UInt32(KVM_CAP_X2APIC_API) else { break }
            let flags = wanted.args.0
            if flags & KVM_X2APIC_ENABLE_SUPPRESS_EOI_BROADCAST != 0 { set(.enabled) }
            if flags & KVM_X2APIC_DISABLE_SUPPRESS_EOI_BROADCAST != 0 { set(.disabled) }
        case .setGSIRouting: try setRoutes(request)
        case .irqLine:
            let wanted: kvm_irq_level = try request.load()
            _ = set(gsi: wanted.irq, high: wanted.level != 0)
        case .irqLineStatus:
            let wanted: kvm_irq_level = try request.load()
            try request.store(Int32(set(gsi: wanted.irq, high: wanted.level != 0)))
        case .signalMSI:
            let message: kvm_msi = try request.load()
            return Int32(send(address: UInt64(message.address_lo), data: message.data))
        case .getIRQChip: try getIOAPIC(request)
        case .setIRQChip: try setIOAPIC(request)
        case .irqFD:
            let wanted: kvm_irqfd = try request.load()
            if wanted.flags & UInt32(KVM_IRQFD_FLAG_DEASSIGN) != 0 {
                irqfds[Int32(bitPattern: wanted.fd)] = nil
                return nil
            }
            guard case .pin(let pin)? = routes[wanted.gsi] else { throw Refusal(errno: EINVAL) }
            try require(irqfds[Int32(bitPattern: wanted.fd)] == nil, else: EBUSY)
            let isResample = wanted.flags & UInt32(KVM_IRQFD_FLAG_RESAMPLE) != 0
            if isResample, let errno = role.resampleRefusal { throw Refusal(errno: errno) }
            irqfds[Int32(bitPattern: wanted.fd)] = (
                pin, isResample ? Int32(bitPattern: wanted.resamplefd) : nil
            )
            if isResample { act { parts, _ in parts.addResampler(pin) } }
        default: break
        }
        return nil
    }

    /// An irqfd was written: with a resample descriptor it holds the line until the EOI.
    func take(from eventfd: Int32) -> Bool {
        guard let irqfd = irqfds[eventfd] else { return false }
        let pin = UInt8(irqfd.pin)
        noteRise(of: irqfd.pin)
        act { parts, trace in
            if irqfd.resampler != nil {
                _ = parts.perform(.irqfd(pin: pin), noting: &trace)
            } else {
                _ = parts.perform(.assert(pin: pin), noting: &trace)
                _ = parts.perform(.deassert(pin: pin), noting: &trace)
            }
        }
        return true
    }

    // MARK: - Routes, lines and messages

    private func setRoutes(_ request: SimulatedRequest) throws(Refusal) {
        let count: UInt32 = try request.load()
        routes = [:]
        for index in 0..<Int(count) {
            let place = 8 + 48 * index
            let gsi: UInt32 = try request.load(at: place)
            let type: UInt32 = try request.load(at: place + 4)
            try require(routes[gsi] == nil, else: EINVAL)
            if type == UInt32(KVM_IRQ_ROUTING_MSI) {
                let address: UInt32 = try request.load(at: place + 16)
                let data: UInt32 = try request.load(at: place + 24)
                routes[gsi] = Self.message(address: UInt64(address), data: data)
            } else {
                try require(chip == .kernel, else: EINVAL)
                let pin: UInt32 = try request.load(at: place + 20)
                routes[gsi] = .pin(Int(pin))
            }
        }
        if chip == .split { mirrorRoutes() }
    }

    /// KVM scans its routes for handled vectors; here the rules' IOAPIC has them as entries. A GSI
    /// without a route is a masked edge, which no scan counts.
    private func mirrorRoutes() {
        for pin in 0..<24 {
            var entry = RedirectionEntry(vector: 0, destination: 0, level: false, masked: true)
            if case .message(let vector, let level, let destination)? = routes[UInt32(pin)] {
                entry = RedirectionEntry(
                    vector: Int(vector), destination: Destination(destination), level: level,
                    masked: false)
            }
            act { parts, _ in parts.program(pin, entry, remoteIRR: false) }
        }
    }

    private static func message(address: UInt64, data: UInt32) -> Route {
        .message(
            vector: UInt8(truncatingIfNeeded: data), level: data >> 15 & 1 == 1,
            destination: UInt8(truncatingIfNeeded: address >> 12))
    }

    private func send(address: UInt64, data: UInt32) -> Int {
        send(Self.message(address: address, data: data))
    }

    private func send(_ route: Route) -> Int {
        guard case .message(let vector, let level, let destination) = route else { return -1 }
        return act { parts, trace in
            parts.accept(
                vector, level: level, destination: Destination(destination), noting: &trace)
        }
    }

    /// - Returns: the status that `KVM_IRQ_LINE_STATUS` tells.
    private func set(gsi: UInt32, high: Bool) -> Int {
        switch routes[gsi] {
        case nil: return -1
        case .message?: return high ? routes[gsi].map(send) ?? -1 : -1
        case .pin(let pin)?:
            if high { noteRise(of: pin) }
            let pin = UInt8(pin)
            return act { parts, trace in
                guard high else {
                    _ = parts.perform(.deassert(pin: pin), noting: &trace)
                    return 1
                }
                _ = parts.perform(.assertStatus(pin: pin), noting: &trace)
                for case .lineStatus(let status) in trace.events.reversed() {
                    return Int(status)
                }
                return -1
            }
        }
    }

    // MARK: - The IOAPIC

    /// KVM remembers of an edge whether it was delivered (`irr_delivered`).
    private func noteRise(of pin: Int) {
        let entry = parts.entry(pin)
        if entry.level {
            deliveredEdges.remove(pin)
        } else if !entry.masked, !parts.highLines.contains(pin) {
            deliveredEdges.insert(pin)
        }
    }

    /// `kvm_irqchip` with `kvm_ioapic_state` in it.
    private func getIOAPIC(_ request: SimulatedRequest) throws(Refusal) {
        let number: UInt32 = try request.load()
        try require(number == UInt32(KVM_IRQCHIP_IOAPIC), else: EINVAL)
        var irr: UInt32 = 0
        for pin in 0..<24 {
            let entry = parts.entry(pin)
            // An edge that was delivered is left out.
            if parts.highLines.subtracting(deliveredEdges).contains(pin) { irr |= 1 << UInt32(pin) }
            let isWaiting = parts.snapshot.remoteIRR.contains(pin)
            try request.store(Self.bits(entry) | (isWaiting ? 1 << 14 : 0), at: 32 + 8 * pin)
        }
        try request.store(UInt64(0xfec0_0000), at: 8)
        try request.store(UInt32(selected), at: 16)
        try request.store(UInt64(irr), at: 24)
    }

    /// Overwrites it; lines that the caller says are high are not presented again here.
    private func setIOAPIC(_ request: SimulatedRequest) throws(Refusal) {
        let number: UInt32 = try request.load()
        try require(number == UInt32(KVM_IRQCHIP_IOAPIC), else: EINVAL)
        let irr: UInt32 = try request.load(at: 24)
        try require(irr == 0, else: EINVAL)
        for pin in 0..<24 {
            let bits: UInt64 = try request.load(at: 32 + 8 * pin)
            act { parts, _ in
                parts.program(pin, Self.entry(bits), remoteIRR: bits >> 14 & 1 == 1)
            }
        }
    }

    /// A store of the guest: IOREGSEL, IOWIN, or nothing that KVM has.
    /// - Returns: whether KVM deals with it.
    func store(_ data: UInt64, at address: UInt64) -> Bool {
        guard chip == .kernel, 0xfec0_0000..<0xfec0_0100 ~= address else { return false }
        switch address & 0xff {
        case 0: selected = Int(data & 0xff)
        case 0x10 where 0x10..<0x40 ~= selected:
            let pin = (selected - 0x10) / 2
            var bits = Self.bits(parts.entry(pin))
            if selected % 2 == 0 {
                bits = bits & ~0xffff_ffff | data & 0xffff_ffff
            } else {
                bits = bits & 0xffff_ffff | data << 32
            }
            act { parts, trace in parts.write(pin, Self.entry(bits), noting: &trace) }
        default: break  // Version 0x11 has no other register that can be written.
        }
        return true
    }

    private static func bits(_ entry: RedirectionEntry) -> UInt64 {
        UInt64(entry.vector) | (entry.level ? 1 << 15 : 0) | (entry.masked ? 1 << 16 : 0)
            | UInt64(entry.destination.number) << 56
    }

    private static func entry(_ bits: UInt64) -> RedirectionEntry {
        RedirectionEntry(
            vector: Int(bits & 0xff), destination: Destination(UInt8(bits >> 56)),
            level: bits >> 15 & 1 == 1,
            masked: bits >> 16 & 1 == 1)
    }
}
