import AgentFace
import GuestAgent
import KVMHost

/// What the host of a `SecureRig` answers. As it stands: KVM's answers to a well-behaved guest.
struct ScriptedHost {
    /// What the guest reads from SEV_STATUS; nil is a #GP.
    var sevStatus: UInt64? = SecureMSR.sevStatusSNP | SecureMSR.sevStatusSecureAVIC | 1
    /// Answers of the MSR protocol that are not KVM's.
    var protocolAnswers: [GHCBMSRRequest: UInt64] = [:]
    /// Answers to GHCB requests that are not KVM's.
    var answers: [GHCBRequest: GHCBAnswer] = [:]
    /// KVM's x2APIC registers, as GHCB reads return them; others are 0.
    var registers: [UInt32: UInt64] = [
        X2APICMSR.id: 3, X2APICMSR.version: 0x50014, X2APICMSR.ldr: 8,
    ]
    /// What SAVIC_CONTROL reads back as, if not as it was written.
    var control: UInt64?
    /// Registers whose native access raises #GP.
    var forbidden: Set<UInt32> = []
    /// Registers whose native access is a #VC.
    var intercepted: [UInt32: VCScript] = [:]
    /// Whether hardware clears the ISR bit of a level EOI that it gives up.
    var clearsISRBeforeTrap = false
    /// Exceptions that the guest takes in the middle of a request.
    var exceptions: [GHCBRequest: UInt8] = [:]
    /// EXITINFO1 and 2 of answers that no KVM gives.
    var details: [GHCBRequest: SIMD2<UInt64>] = [:]
    /// How many writes of the GHCB MSR raise #GP.
    var refusedGHCBWrites = 0
    /// Whether the #VC handler may forward an EOI that KVM has nothing noted for.
    var allowsUnnoted = true
}

/// A #VC in place of an MSR access.
struct VCScript {
    var code = VCError.avicNoAccel
    /// RIP is behind the instruction.
    var isTrap = true
}

/// What a `SecureRig` has seen, in order.
enum HostEvent: Hashable {
    case readMSR(UInt32)
    case writeMSR(UInt32, UInt64)
    case protocolRequest(GHCBMSRRequest)
    case request(GHCBRequest)
    case malformed(GHCBMalformation)
    case vc(UInt32)
    case interrupt(UInt8)

    /// An exit by one of the agent's ports.
    static func port(_ number: Int32) -> HostEvent {
        .request(.ioio(port: UInt16(number), size: 1, isOut: true, value: 0))
    }
    static let ready = port(AGENT_READY_PORT)
    static let window = port(AGENT_WINDOW_PORT)
    static let exception = port(AGENT_EXCEPTION_PORT)

    /// Access to KVM's own register through the GHCB.
    static func kvmRead(_ index: UInt32) -> HostEvent { .request(.msrRead(index: index)) }
    static func kvmWrite(_ index: UInt32, _ value: UInt64) -> HostEvent {
        .request(.msrWrite(index: index, value: value))
    }
}

/// How a run of the secure agent ended.
enum SecureOutcome: Hashable {
    case report(AgentReport)
    case stopped
    case failed(AgentFailure)

    var answer: AgentAnswer? {
        if case .report(.ready(let answer)) = self { answer } else { nil }
    }
    var exception: AgentException? {
        if case .report(.exception(let exception)) = self { exception } else { nil }
    }
    var failure: AgentFailure? {
        if case .failed(let failure) = self { failure } else { nil }
    }
}

/// The secure agent's machine code in a VM without SEV, its VMGEXITs patched: this plays KVM and
/// as much of Secure AVIC as the agent needs to be seen at work.
final class SecureRig {
    let machine: BareGuest
    var host: ScriptedHost
    /// Everything since the start of the last command, or since boot.
    private(set) var events: [HostEvent] = []
    /// How the boot ended.
    private(set) var boot: SecureOutcome = .stopped
    /// Requests with too much or too little in them, since boot.
    private(set) var untidy: [GHCBRequest] = []
    /// To be delivered at the next window.
    private(set) var pending: UInt8?
    private var sequence: UInt64 = 0
    private var ghcbMSR: UInt64 = 0
    private var control: UInt64 = 0

    static var payload: GuestPayload { payload(AgentImage.secure.withPatchedExits().bytes) }

    private static func payload(_ bytes: [UInt8]) -> GuestPayload {
        let agent = AgentImage.secure
        return GuestPayload(
            image: bytes, entry: agent.entryOffset, stubs: agent.stubTableOffset,
            stubSize: agent.stubSize)
    }

    /// Runs the guest until its first report, or to its end.
    init(
        _ host: ScriptedHost = ScriptedHost(), _ payload: GuestPayload = SecureRig.payload
    ) throws(KVMError) {
        self.host = host
        machine = try BareGuest(try KVMSystem(), payload)
        // Whoever had the page before may have left anything in it.
        machine.sharedMemory.store(
            bytes: [UInt8](repeating: 0xff, count: Int(GHCB_SIZE)),
            at: SecureLayout.ghcb - SecureLayout.shared)
        boot = try run { AgentReport(hello: $0) }
    }

    /// An agent whose TPR command writes another register, for the accesses that have no command.
    static func writing(_ register: UInt32, _ host: ScriptedHost) throws(KVMError) -> SecureRig {
        var bytes = AgentImage.secure.withPatchedExits().bytes
        let table = AgentImage.secure.commandTableOffset
        func word(_ offset: Int) -> UInt32 {
            (0..<4).reduce(0) { $0 | UInt32(bytes[offset + $1]) << UInt32(8 * $1) }
        }
        let entry = word(table + 4 * Int(AGENT_TPR))
        // The command begins with B9 imm32: MOV to ECX.
        let command = table + Int(Int32(bitPattern: entry))
        precondition(bytes[command] == 0xb9 && word(command + 1) == X2APICMSR.tpr)
        for index in 0..<4 {
            bytes[command + 1 + index] = UInt8(register >> UInt32(8 * index) & 0xff)
        }
        return try SecureRig(host, payload(bytes))
    }

    var snapshot: AgentSnapshot { mailbox { AgentSnapshot($0) } }
    var counters: AgentCounters { mailbox { AgentCounters($0) } }

    /// One command, from its posting to the agent's answer. `tamper` changes the posted mailbox.
    @discardableResult
    func perform(
        _ command: AgentCommand, tamper: (inout MutableRawSpan) -> Void = { _ in }
    ) throws(KVMError) -> SecureOutcome {
        sequence += 1
        events.removeAll()
        let command = host.allowsUnnoted ? command.allowingUnnoted : command
        let number = sequence
        machine.sharedMemory.withMutableBytes(
            at: SecureLayout.mailbox - SecureLayout.shared, count: Mailbox.size
        ) {
            Mailbox.post(command, sequence: number, into: &$0)
            tamper(&$0)
        }
        return try run { AgentReport(ready: $0, to: command, sequence: number) }
    }

    /// Runs a guest that should have nothing left to say.
    func runAgain() throws(KVMError) -> SecureOutcome {
        events.removeAll()
        return try run { AgentReport(hello: $0) }
    }

    /// Has the guest take this interrupt as soon as it can.
    func interrupt(_ vector: UInt8) { pending = vector }

    // MARK: - The backing page

    subscript(array: UInt64, vector: UInt8) -> Bool {
        get {
            let place = BackingPageLayout.place(of: vector, in: array)
            return pageWord(place.offset) & place.bit != 0
        }
        set {
            let place = BackingPageLayout.place(of: vector, in: array)
            let word = pageWord(place.offset)
            machine.privateMemory.store(
                newValue ? word | place.bit : word & ~place.bit,
                at: SecureLayout.backingPage + place.offset)
        }
    }

    /// Vectors in one of the page's arrays.
    func vectors(_ array: UInt64) -> [UInt8] {
        (UInt8.min...UInt8.max).filter { self[array, $0] }
    }

    func pageWord(_ offset: UInt64) -> UInt32 {
        machine.privateMemory.load(at: SecureLayout.backingPage + offset)
    }

    private func mailbox<Result>(_ read: (RawSpan) -> Result) -> Result {
        machine.sharedMemory.withBytes(
            at: SecureLayout.mailbox - SecureLayout.shared, count: Mailbox.size, read)
    }

    // MARK: - The host

    private func run(_ decode: (RawSpan) -> AgentReport) throws(KVMError) -> SecureOutcome {
        while true {
            let exit = try machine.vcpu.run()
            switch exit {
            case .readMSR(let index): try readMSR(index)
            case .writeMSR(let index, let value): try writeMSR(index, value)
            case .io(let port, 1, true, _) where AgentPort(port: port) == .vmgexit:
                let port = answerVMGEXIT()
                if case .request(let request)? = events.last,
                    let vector = host.exceptions[request]
                {
                    try raise(vector, errorCode: vector == VCError.vector ? 0x402 : nil)
                    continue
                }
                switch port {
                case nil: break
                case .window: try deliver()
                case .ready: return .report(mailbox(decode))
                case .exception: return .report(mailbox { AgentReport(exception: $0) })
                default:
                    guard let failure = failure else { return .stopped }
                    return .failed(failure)
                }
            default: throw .unexpectedExit(exit)
            }
        }
    }

    private var failure: AgentFailure? {
        let value = ghcbMSR
        return mailbox { AgentFailure(terminateRequest: value, $0) }
    }

    /// Delivers what is pending at a WINDOW exit, if the guest has its interrupts on. Not at an
    /// interrupt-window exit: asked for one here, kvm_pvm, which interprets this guest, runs on
    /// past CLI to the next port exit (November 2026).
    private func deliver() throws(KVMError) {
        guard let vector = pending else { return }
        try machine.vcpu.finishInstruction()
        guard machine.vcpu.isReadyForInterrupt else { return }
        pending = nil
        try machine.vcpu.interrupt(vector)
        events.append(.interrupt(vector))
        self[BackingPageLayout.isr, vector] = true
    }

    private func readMSR(_ index: UInt32) throws(KVMError) {
        events.append(.readMSR(index))
        if let script = host.intercepted[index] {
            let frame = try machine.vcpu.frame()
            let unchanged = frame.rdx << 32 | frame.rax & UInt64(UInt32.max)
            try raiseVC(script, answer: unchanged)
            return
        }
        guard !host.forbidden.contains(index) else { return machine.vcpu.answerMSR(nil) }
        switch index {
        case SecureMSR.sevStatus: machine.vcpu.answerMSR(host.sevStatus)
        case SecureMSR.ghcb: machine.vcpu.answerMSR(ghcbMSR)
        case SecureMSR.savicControl: machine.vcpu.answerMSR(host.control ?? control)
        default: machine.vcpu.answerMSR(0)
        }
    }

    private func writeMSR(_ index: UInt32, _ value: UInt64) throws(KVMError) {
        events.append(.writeMSR(index, value))
        if let script = host.intercepted[index] { return try raiseVC(script, answer: value) }
        guard !host.forbidden.contains(index) else { return machine.vcpu.answerMSR(nil) }
        if index == SecureMSR.ghcb, host.refusedGHCBWrites > 0 {
            host.refusedGHCBWrites -= 1
            return machine.vcpu.answerMSR(nil)
        }
        switch index {
        case SecureMSR.ghcb: ghcbMSR = value
        case SecureMSR.savicControl: control = value
        case X2APICMSR.eoi: if try !end(value) { return }
        case X2APICMSR.selfIPI: self[BackingPageLayout.irr, UInt8(value)] = true
        default: break
        }
        machine.vcpu.answerMSR(value)
    }

    /// A native EOI: the hardware ends edge vectors, and gives up level ones.
    /// - Returns: whether it has ended it.
    private func end(_ value: UInt64) throws(KVMError) -> Bool {
        guard let highest = vectors(BackingPageLayout.isr).last else { return true }
        let isLevel = self[BackingPageLayout.tmr, highest]
        if !isLevel || host.clearsISRBeforeTrap { self[BackingPageLayout.isr, highest] = false }
        if isLevel { try raiseVC(VCScript(), answer: value) }
        return !isLevel
    }

    /// Answers an MSR exit and lets the guest find itself in its #VC handler.
    private func raiseVC(_ script: VCScript, answer: UInt64) throws(KVMError) {
        events.append(.vc(script.code))
        machine.vcpu.answerMSR(answer)
        try raise(
            VCError.vector, errorCode: UInt64(script.code), backBy: script.isTrap ? 0 : 2)
    }

    /// Finishes the exit's instruction and puts the guest where an exception would. The frame is
    /// built by hand: not every KVM injects an error code (kvm-snp-uapi §5).
    private func raise(
        _ vector: UInt8, errorCode: UInt64?, backBy length: UInt64 = 0
    ) throws(KVMError) {
        try machine.vcpu.finishInstruction()
        var frame = try machine.vcpu.frame()
        var words = [frame.instruction - length, 8, frame.flags, frame.stack, 16]
        if let errorCode { words.insert(errorCode, at: 0) }
        frame.stack = (frame.stack & ~0xf) - UInt64(8 * words.count)
        for (index, word) in words.enumerated() {
            machine.privateMemory.store(word, at: frame.stack + UInt64(8 * index))
        }
        frame.instruction = SecureLayout.gate(vector, in: machine.privateMemory)
        frame.flags &= ~(1 << 9)
        try machine.vcpu.setFrame(frame)
    }

    // MARK: - VMGEXIT

    /// - Returns: the port that the guest leaves by; `.stop` also where it asks for its end.
    private func answerVMGEXIT() -> AgentPort? {
        let request = GHCBMSRRequest(ghcbMSR)
        switch request {
        case .pageAddress(let address): return answerGHCB(at: address)
        case .sevInfo:
            ghcbMSR = host.protocolAnswers[request] ?? GHCBMSRAnswer.sevInfo()
        case .register(let gfn):
            ghcbMSR = host.protocolAnswers[request] ?? GHCBMSRAnswer.registered(gfn: gfn)
        case .terminate:
            events.append(.protocolRequest(request))
            return .stop
        case .unknown: break
        }
        events.append(.protocolRequest(request))
        return nil
    }

    private func answerGHCB(at address: UInt64) -> AgentPort? {
        machine.sharedMemory.withMutableBytes(
            at: address - SecureLayout.shared, count: Int(GHCB_SIZE)
        ) { page in
            do throws(GHCBMalformation) {
                let request = try GHCBRequest(page.bytes, at: address)
                events.append(.request(request))
                if !isTidy(page.bytes, request) { untidy.append(request) }
                let scripted = host.answers[request]
                (scripted ?? ordinaryAnswer(request)).write(into: &page)
                if let details = host.details[request] {
                    page.storeBytes(
                        of: details, toByteOffset: Int(GHCB_EXIT_INFO_1),
                        as: SIMD2<UInt64>.self)
                }
                guard case .ioio(let number, 1, true, _) = request else { return nil }
                // A refused exit has not happened; the guest will say so by another one.
                let port = AgentPort(port: number)
                return scripted == nil || port == .window ? port : nil
            } catch {
                events.append(.malformed(error))
                GHCBAnswer.malformed(error).write(into: &page)
                return nil
            }
        }
    }

    /// Whether the request has what it needs, no more, and the right version.
    private func isTidy(_ page: RawSpan, _ request: GHCBRequest) -> Bool {
        let needed: [Int32] =
            switch request {
            case .ioio, .unregisterPage: [GHCB_RAX]
            case .msrRead: [GHCB_RCX]
            case .msrWrite: [GHCB_RAX, GHCB_RCX, GHCB_RDX]
            case .mmioRead, .mmioWrite: [GHCB_SCRATCH]
            case .registerPage: [GHCB_RAX, GHCB_RBX]
            case .specificEOI, .unknown: []
            }
        var bitmap = [UInt8](repeating: 0, count: 16)
        for field in needed + [GHCB_EXIT_CODE, GHCB_EXIT_INFO_1, GHCB_EXIT_INFO_2] {
            bitmap[Int(field) / 64] |= 1 << UInt8(field / 8 % 8)
        }
        func byte(_ offset: Int) -> UInt8 {
            // SAFETY: the span checks the bounds.
            unsafe page.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
        }
        let version = Int(GHCB_PROTOCOL_VERSION_OFFSET)
        return bitmap.indices.allSatisfy { byte(Int(GHCB_VALID_BITMAP) + $0) == bitmap[$0] }
            && byte(version) == 2 && byte(version + 1) == 0
    }

    private func ordinaryAnswer(_ request: GHCBRequest) -> GHCBAnswer {
        switch request {
        case .msrRead(let index):
            index == X2APICMSR.eoi ? .exception : .value(host.registers[index] ?? 0)
        case .unregisterPage: .done(rbx: SecureLayout.backingPage)
        case .unknown: .malformed(.invalidEvent)
        default: .done
        }
    }
}
