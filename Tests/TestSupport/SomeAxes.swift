public import InterruptModel

extension PartialAssumptions: ExpressibleByDictionaryLiteral {
    /// These words for values of axes, the others open.
    public init(dictionaryLiteral words: (AxisEntry, String)...) {
        self.init()
        for (axis, word) in words {
            precondition(axis.words.contains(word), "\(axis.name) is never “\(word)”")
            self[axis] = word
        }
    }
}
