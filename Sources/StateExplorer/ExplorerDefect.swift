/// Ways in which a search can be wrong, for the tests: they show that comparisons with a slow
/// search notice each.
package enum ExplorerDefect: CaseIterable, Sendable {
    /// A state of depth 2 is counted, but not expanded.
    case losesState
    /// States that differ only in their lowest bit are taken for one.
    case ignoresStateBit
    /// What lies beyond the depth limit is forgotten, and the search called complete.
    case skipsLastDepth
}
