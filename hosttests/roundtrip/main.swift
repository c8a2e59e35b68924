// Measures level-triggered EOI round trips on this host's KVM: the lockstep with its model,
// comparison and history, against a bare C loop that does the same ioctls.
//
//   swift run -c release roundtrip [rounds]
//
// Both run in one go and in short turns, so that a noisy machine is noisy for both: from one second
// to the next a machine that others use too is a fifth faster or slower. Each turn makes a VM of
// its own, and that is measured too. The figure is the median of the turns' ratios.
// Exit status: 1 below the promised ratio, 4 without a usable KVM.
import AgentFace
import Backends
import CRoundTrip
import Glibc
import InterruptModel
import Lockstep
import Scenarios
import Verdicts

/// The promise: at least this part of the C loop's round trips per second.
let promised = 0.9
let turns = 120
let wanted = CommandLine.arguments.dropFirst().first
let rounds = wanted.map { Int($0) ?? 0 } ?? 500

/// The steps of one round, as the C loop does them too.
let text = """
    name: roundtrip
    summary: level-triggered EOI round trips
    source: hosttests/roundtrip
    groups: [bench]
    machines: plain
    machine:
      pins: [{pin: 2, vector: 0x31}]
    steps:
      - {repeat: \(rounds), steps: [assert 2, run, deassert 2, eoi, sti]}
    expect:
      deliveries: {0x31: \(rounds)}
    """

func fail(_ message: String, _ status: Int32) -> Never {
    print(message)
    exit(status)
}

guard (1...10_000).contains(rounds) else { fail("rounds: 1…10000", 64) }

func swiftLoop(_ scenario: Scenario, _ backend: inout any Backend) -> Double {
    let clock = ContinuousClock()
    let start = clock.now
    let outcome = Lockstep(LockstepOptions()).run(scenario, on: &backend)
    let seconds = start.duration(to: clock.now) / .seconds(1)
    switch outcome.verdict {
    case .pass: return Double(rounds) / seconds
    case .skip: fail("SKIP roundtrip: \(outcome.skip?.reason ?? "")", 4)
    default: fail("the scenario did not pass: \(outcome)", 70)
    }
}

func cLoop(settles: Bool) -> Double {
    let agent = AgentImage.plain
    var error: Int32 = 0
    // SAFETY: the image outlives the call, and the C side copies it into guest memory.
    let rate = unsafe agent.bytes.withUnsafeBytes { image in
        var guest = unsafe croundtrip_guest()
        unsafe guest.image = image.baseAddress
        unsafe guest.length = image.count
        unsafe guest.entry = agent.entryOffset
        unsafe guest.stubs = agent.stubTableOffset
        unsafe guest.gsi = 2
        unsafe guest.vector = 0x31
        unsafe guest.settles = settles ? 1 : 0
        return unsafe croundtrip_measure(&guest, UInt32(rounds), &error)
    }
    guard rate > 0 else { fail("the C loop failed with errno \(error)", 70) }
    return rate
}

let scenario = try ScenarioLoader.load(Array(text.utf8), file: "roundtrip")[0]
let kvm = KVMBackend()
var backend: any Backend = kvm
do {
    try kvm.look(at: .split)
} catch {
    fail("cannot look at this host: \(error)", 70)
}
let settles = kvm.traits(on: .split).endsAtDelivery
for remark in kvm.remarks { print(remark) }

var (ratios, rates): ([Double], [(c: Double, swift: Double)]) = ([], [])
for turn in 1...turns {
    // Who goes first changes from turn to turn.
    let (c, swift): (Double, Double)
    if turn.isMultiple(of: 2) {
        c = cLoop(settles: settles)
        swift = swiftLoop(scenario, &backend)
    } else {
        swift = swiftLoop(scenario, &backend)
        c = cLoop(settles: settles)
    }
    rates.append((c, swift))
    ratios.append(swift / c)
}

/// The value in the middle, and those that a tenth of all lie below and above.
func spread(_ values: [Double]) -> (low: Double, median: Double, high: Double) {
    let sorted = values.sorted()
    return (sorted[turns / 10], sorted[turns / 2], sorted[turns - 1 - turns / 10])
}
func row(_ name: String, _ values: [Double], _ shown: (Double) -> String) {
    let (low, median, high) = spread(values)
    let cells = [low, median, high].map { value in
        let text = shown(value)
        return String(repeating: " ", count: max(0, 10 - text.count)) + text
    }
    print(name + cells.joined())
}
func rounded(_ ratio: Double) -> String { "\((ratio * 1000).rounded() / 1000)" }
print("\(turns) turns of \(rounds) rounds      10%    median       90%")
row("C loop, rounds a second  ", rates.map(\.c)) { "\(Int($0))" }
row("lockstep                 ", rates.map(\.swift)) { "\(Int($0))" }
row("ratio of a turn          ", ratios, rounded)
let median = spread(ratios).median
print("median ratio \(rounded(median)), promised \(promised)")
exit(median >= promised ? 0 : 1)
