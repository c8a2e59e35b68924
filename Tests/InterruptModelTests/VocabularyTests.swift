import Testing

@testable import InterruptModel

@Suite("The words of scenario files, traces and reports") struct VocabularyTests {
    @Test(
        "An action is spelled with its verb and operands, and reads back",
        arguments: ActionVerb.allCases)
    func roundTrip(verb: ActionVerb) throws {
        // A trigger is 0 or 1.
        for (first, second) in [(UInt8(2), UInt16(1)), (0x31, 0), (0xFF, 1)] {
            let count = verb.operands.count
            let action = Action(
                verb, count > 0 ? first : 0, count > 1 ? second : 0,
                on: verb.happensOnVCPU ? UInt8(second) : 0)
            var words = action.description.split(separator: " ").map(String.init)
            #expect(ActionVerb(word: words.removeFirst()) == verb)
            // Without a place it is vCPU 0.
            let place = action.vcpu == 0 ? "@0" : words.removeLast()
            try #require(words.count == verb.operands.count)
            let operands = try zip(words, verb.operands).map { word, operand in
                try #require(Self.number(word, operand))
            }
            let read = Action(
                verb, UInt8(operands.first ?? 0), operands.dropFirst().first ?? 0,
                on: try #require(UInt8(place.dropFirst())))
            #expect(read == action)
        }
    }

    private static func number(_ word: String, _ operand: VerbFacts.Operand) -> UInt16? {
        switch operand {
        case .pin: UInt16(word)
        case .destination: Destination(spelling: word)?.code
        case .ipiDestination: IPIDestination(spelling: word)?.code
        case .vector, .value: word.hasPrefix("0x") ? UInt16(word.dropFirst(2), radix: 16) : nil
        case .trigger: Trigger(rawValue: word).map { $0 == .edge ? 0 : 1 }
        }
    }

    @Test("Every destination is spelled as it is read, and no two alike")
    func destinations() {
        let codes = Array(UInt16(0)..<0x200)
        let spellings = codes.map { Destination(code: $0).description }
        #expect(spellings.map { Destination(spelling: $0)?.code } == codes)
        #expect(Set(spellings).count == codes.count)
        #expect(
            ["0+1", "+1", "+", "all", "7"].map { Destination(spelling: $0)?.code } == [
                0x103, 0x102, 0x100, 0xFF, 7,
            ])
        for wrong in ["", "8+1", "0+x", "256", "-1", "others", "0x100"] {
            #expect(Destination(spelling: wrong) == nil, "\(wrong)")
        }
        #expect(IPIDestination(spelling: "others") == .others)
        #expect(IPIDestination(code: IPIDestination.others.code) == .others)
    }

    @Test("Verbs give different actions, and operands tell actions apart")
    func distinct() {
        let verbs = ActionVerb.allCases
        #expect(Set(verbs.map(\.word)).count == verbs.count)
        for verb in verbs {
            func words(_ first: UInt8, _ second: UInt16) -> String {
                Action(verb, first, second).description
            }
            #expect((words(1, 1) == words(2, 1)) == verb.operands.isEmpty)
            #expect((words(1, 0) == words(1, 1)) == (verb.operands.count < 2))
        }
    }

    @Test(
        "Narrow indices are spelled in real numbers",
        arguments: [
            (Action.assert(pin: 1), "assert 3"), (.msi(vector: 0), "msi 0x31"),
            (.vector(pin: 0, vector: 1), "vector 2 0x41"),
            (.retarget(pin: 1, destination: 1), "retarget 3 1"),
            (.trigger(pin: 0, .level), "trigger 2 level"), (.tpr(5), "tpr 0x05"),
            (.eoiRaising(pin: 1), "eoi-raising 3"), (.directedEOI(vector: 1), "directed-eoi 0x41"),
        ])
    func spelling(action: Action, words: String) throws {
        let space = try #require(NarrowSpace(vectors: [0x31, 0x41], pins: [2, 3]))
        let real = action.renumbered(
            pin: { space.pin(Int($0)) }, vector: { space.vector(Int($0)) })
        #expect(real.description == words)
    }

    @Test("Lists of vectors and pins are spelt in braces, ascending, and an empty one –")
    func lists() {
        #expect(Spelling.vectors([0x41, 0x05]) == "{0x05, 0x41}")
        #expect(Spelling.vectors([]) == "–")
        #expect(Spelling.pins([3, 2]) == "{2, 3}")
        #expect(Spelling.pins([]) == "–")
    }

    @Test("Every event has its own words")
    func events() {
        let events: [Event] = [
            .level(0x31), .edge(0x31), .took(0x31), .ends(0x31), .eoiRead, .completes(0x31),
            .vectorMinusOne, .reaches(0x31), .exits(0x31), .eoiSuppressed(vector: 0x31),
            .acks(2, 0x31), .resampled(pin: 2), .delayed(pin: 2), .lineStatus(-1), .faulted,
            .exitRequested(vector: 0x31), .exitBegins(ended: 0x31), .lostEdge(vector: 0x31),
            .hostWarning(.rtcCount), .hostWarning(.lostInterrupt),
        ]
        #expect(
            events.map(\.spelling) == [
                "deliver 0x31 level", "deliver 0x31 edge", "accept 0x31", "guest ends 0x31",
                "read of EOI", "KVM completes 0x31", "KVM uses vector −1", "IOAPIC EOI 0x31",
                "EOI exit 0x31", "EOI broadcast of 0x31 suppressed", "ack pin 2", "resample pin 2",
                "delay pin 2", "line status -1", "#GP", "EOI exit 0x31 asked for",
                "exit for the EOI of 0x31", "edge 0x31 lost",
                "host WARN: fewer RTC interrupts counted than ended",
                "host WARN: told to inject, and the local APIC has nothing",
            ])
    }
}
