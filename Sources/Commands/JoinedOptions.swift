internal import ArgumentParser

/// Options that are made of others, which stand in the command line as if they were its own.
///
/// The parts are no option groups: before every command line a debug build of ArgumentParser checks
/// what a group has, four times for each group that is around it. Each part is read from the same
/// decoder as the whole.
protocol JoinedOptions: ParsableArguments, CustomReflectable {
    var parts: [any ParsableArguments] { get }
}

extension JoinedOptions {
    var customMirror: Mirror {
        Mirror(self, children: parts.flatMap { Mirror(reflecting: $0).children })
    }
}
