/// One thing that can happen (model-contract §2): a verb, its operands, and the vCPU that it
/// happens on. Pins and vectors are indices of the machine's space.
///
/// An action that is not enabled is not a transition.
public struct Action: Hashable, Sendable, BitwiseCopyable {
    /// What happens.
    public let verb: ActionVerb
    /// The first operand; 0 where the verb has none. Of either, a trigger is 0 for edge, and a
    /// destination its code.
    public let first: UInt8
    /// The second operand.
    public let second: UInt16
    /// The vCPU that it happens on, 0…7; 0 where it happens on none.
    public let vcpu: UInt8

    /// The action with these operands, as many as the verb's `operands` says.
    public init(
        _ verb: ActionVerb, _ first: UInt8 = 0, _ second: UInt16 = 0, on vcpu: UInt8 = 0
    ) {
        (self.verb, self.first, self.second, self.vcpu) = (verb, first, second, vcpu)
    }

    /// The same action on another vCPU.
    package func on(_ vcpu: UInt8) -> Action { Action(verb, first, second, on: vcpu) }

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
            case .trigger, .destination, .ipiDestination, .value, nil: number
            }
        }
        let isNumbered = facts.second == .pin || facts.second == .vector
        return Action(
            verb, other(facts.first, first),
            isNumbered
                ? UInt16(other(facts.second, UInt8(truncatingIfNeeded: second))) : second,
            on: vcpu)
    }
}
