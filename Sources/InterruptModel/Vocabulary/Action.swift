/// One thing that can happen (model-contract §2): a verb and its operands. Pins and vectors are
/// indices of the machine's space.
///
/// An action that is not enabled is not a transition.
public struct Action: Hashable, Sendable, BitwiseCopyable {
    /// What happens.
    public let verb: ActionVerb
    /// The operands, 0 where the verb has none. A trigger is 0 for edge.
    public let first, second: UInt8

    /// The action with these operands, as many as the verb's `operands` says.
    public init(_ verb: ActionVerb, _ first: UInt8 = 0, _ second: UInt8 = 0) {
        (self.verb, self.first, self.second) = (verb, first, second)
    }

    /// Who performs it.
    public var actor: Actor { verb.actor }

    /// Its verb's row.
    var facts: VerbFacts { verb.facts }

    /// Whether it writes a redirection entry.
    package var writesEntry: Bool { facts.traits.contains(.writesEntry) }

    /// Whether a plain machine does not have it.
    package var needsSecureMachine: Bool { facts.traits.contains(.secureOnly) }

    /// Whether it is about this pin.
    package func names(pin: UInt8) -> Bool { facts.first == .pin && first == pin }

    /// The same action with other numbers for its pin and vector.
    package func renumbered(pin: (UInt8) -> UInt8, vector: (UInt8) -> UInt8) -> Action {
        func other(_ operand: VerbFacts.Operand?, _ number: UInt8) -> UInt8 {
            switch operand {
            case .pin: pin(number)
            case .vector: vector(number)
            case .trigger, .destination, .value, nil: number
            }
        }
        return Action(verb, other(facts.first, first), other(facts.second, second))
    }
}
