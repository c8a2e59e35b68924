internal import Backends
internal import InterruptModel
internal import Lockstep
internal import Reporting
internal import Verdicts

/// What small guests on this host's KVM show of its kernel: the rules that not every kernel has,
/// and what no kernel should do.
struct KernelLook {
    private(set) var rules: [(rule: KernelRule, holds: Bool)] = []
    private(set) var remarks: [String] = []
    /// Why it is not known, where a guest could be tried and a call failed.
    private(set) var failure: String?

    /// Boots the guests where this host has what backend `kvm` needs.
    init(_ readiness: Readiness) {
        guard readiness.isReady(for: .kvm) else { return }
        let backend = KVMBackend()
        do {
            for irqchip in IRQChip.allCases { try backend.look(at: irqchip) }
        } catch {
            failure = "\(error)"
        }
        rules = FoundRules(by: backend, on: IRQChip.allCases).list
        remarks = backend.remarks
    }

    /// A paragraph of its own; empty where no guest could be tried.
    func text(width: Int) -> String {
        var table = Columns()
        for (rule, holds) in rules {
            table.add(rule.rawValue, holds ? "yes" : "no", "(\(rule.source))")
        }
        if let failure { table.add("unknown", failure) }
        var notes = Columns()
        for remark in remarks { notes.add(remark) }
        let lines = table.lines(indent: 2, width: width) + notes.lines(indent: 2, width: width)
        guard !lines.isEmpty else { return "" }
        return (["", "kernel rules, found by probes:"] + lines).joined(separator: "\n") + "\n"
    }
}
