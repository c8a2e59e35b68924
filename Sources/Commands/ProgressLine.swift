/// Says on stderr how far something is that takes long: on a terminal in one line that is written
/// over again, elsewhere in a line now and then.
struct ProgressLine {
    private let console = Console.current
    private let pause: Duration
    private var next: ContinuousClock.Instant
    private var isShown = false

    /// - Parameters:
    ///   - delay: from now to the first line.
    ///   - pause: from one line to the next.
    init(after delay: Duration, every pause: Duration) {
        self.pause = pause
        next = .now + delay
    }

    /// Nothing is said of what is over within a second.
    init() {
        let isOnTerminal = Console.current.warnsOnTerminal
        self.init(
            after: .seconds(isOnTerminal ? 1 : 10),
            every: isOnTerminal ? .milliseconds(500) : .seconds(10))
    }

    /// Shows a line if it is time for one.
    mutating func show(_ line: @autoclosure () -> String) {
        let now = ContinuousClock.now
        guard now >= next else { return }
        next = now + pause
        console.say(console.warnsOnTerminal ? "\r\u{1B}[K\(line())" : "\(line())\n")
        isShown = console.warnsOnTerminal
    }

    /// Takes the line away, before anything else is written.
    mutating func clear() {
        if isShown { console.warn("\r\u{1B}[K") }
        isShown = false
    }
}
