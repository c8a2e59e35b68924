public import Testing

/// Lets suites of different test targets, which all run in one process, use KVM one after another:
/// some count the process's descriptors and mappings, and none of them may see another's.
public struct KVMTurn: SuiteTrait, TestScoping {
    private static let line = WaitingLine()

    public func provideScope(
        for test: Test, testCase: Test.Case?, performing body: @Sendable () async throws -> Void
    ) async throws {
        await Self.line.enter()
        do {
            try await body()
        } catch {
            await Self.line.leave()
            throw error
        }
        await Self.line.leave()
    }
}

extension Trait where Self == KVMTurn {
    /// For a whole suite: nothing else of this kind runs meanwhile.
    public static var inTurnOnKVM: Self { KVMTurn() }
}

/// First come, first served.
private actor WaitingLine {
    private var isTaken = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    func enter() async {
        guard isTaken else {
            isTaken = true
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    func leave() {
        if waiting.isEmpty { isTaken = false } else { waiting.removeFirst().resume() }
    }
}
