import AgentFace
import InterruptModel
import TestSupport
import Testing

@testable import Backends

/// Which assumption sets can be told apart, and that the probes do it.
@Suite("Telling assumption sets apart") struct SeparationTests {
    @Test("The probes together tell apart every pair that any steps tell apart")
    func probes() {
        let search = Separation(.probes)
        let sets = Assumptions.all.count
        #expect(Separation.all.count == sets * (sets - 1) / 2)
        let separable = Set(Separation.all).subtracting(search.inseparable)
        #expect(separable.subtracting(Separation.byProbes).isEmpty)
        #expect(search.traces.reduce(0) { $0 + $1.pairs.count } == separable.count)
        #expect(search.inseparable.isEmpty)
    }

    @Test("Without a TMR write of its own a guest never sees what EOI would do under “never”")
    func scenarios() {
        let open = Separation(.scenarios).inseparable
        #expect(open.count == Assumptions.all.count / 8)
        for pair in open {
            var other = pair.other
            #expect(pair.one.pageTMR == .never && other.pageTMR == .never)
            #expect(pair.one.nativeLevelEOI != other.nativeLevelEOI)
            other.nativeLevelEOI = pair.one.nativeLevelEOI
            #expect(other == pair.one)
        }
    }

    @Test("The traces are the shortest, in order of length, and each is needed")
    func shortest() {
        let traces = Separation(.probes).traces
        let lengths = traces.map(\.steps.count)
        #expect(lengths == lengths.sorted() && lengths.first == 3 && lengths.last == 6)
        #expect(traces.allSatisfy { !$0.pairs.isEmpty })
        let other: PartialAssumptions = [.nativeLevelEOI: "ends"]
        let pair = Separation.Pair(one: Assumptions(), other: other.assumptions)
        #expect(traces.first { $0.pairs.contains(pair) }?.steps.count == 5)
    }

    @Test("The same comes out of every search")
    func isStable() {
        func texts() -> [[String]] { Separation(.scenarios).traces.map(\.steps) }
        #expect(texts() == texts())
    }

    // MARK: - Predictions and digests

    @Test("Every probe has an answer under every assumption set, and eoi-read under each design")
    func predictions() {
        #expect(Prediction.all.map(\.assumptions) == Assumptions.all)
        for prediction in Prediction.all {
            for probe in Probe.all where !probe.isOfDesign {
                let word = prediction.words[probe.name] ?? ""
                #expect(Prediction.foreseen(probe).contains(word), "\(probe.name)")
            }
        }
        for (name, words) in [
            ("delivery", ["works"]), ("shadow", ["readable"]), ("eoi-read", ["taken", "refused"]),
            ("before-enable", ["dropped", "kept"]), ("tmr-edge", ["set", "clear"]),
        ] {
            let probe = Probe.all.first { $0.name == name }
            #expect(probe.map { Set(Prediction.foreseen($0)) } == Set(words), "\(name)")
        }
    }

    @Test("A digest is of the steps and of the agent, and the same each time")
    func digests() throws {
        let texts = Probe.all.map { ProbeDigest.text(of: $0, .secure) }
        #expect(texts == Probe.all.map { ProbeDigest.text(of: $0, .secure) })
        #expect(Set(texts).count == Probe.all.count)
        #expect(texts.allSatisfy { $0.count == 16 && $0.allSatisfy(\.isHexDigit) })
        let other = AgentImage.secure.replacing(.sti, by: .run)
        #expect(ProbeDigest.text(of: Probe.all[0], other) != texts[0])
    }
}
