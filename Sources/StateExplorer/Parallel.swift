internal import Dispatch
internal import Foundation

/// A loop whose rounds run at the same time.
enum Parallel {
    /// Performs `body` for 0..<count and returns when all are done. The calling thread takes round
    /// 0; the others have threads of their own, so that nothing depends on a pool whose threads
    /// may all be waiting for this very loop. (`concurrentPerform` ran its rounds one after the
    /// other on a machine of two cores.)
    static func perform(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
        let done = DispatchSemaphore(value: 0)
        for index in 1..<max(1, count) {
            Thread.detachNewThread {
                body(index)
                done.signal()
            }
        }
        body(0)
        for _ in 1..<max(1, count) { done.wait() }
    }
}
