internal import InterruptModel

/// What a campaign was told to try beyond what well-behaved parts do.
struct FuzzScope: OptionSet, Sendable {
    let rawValue: UInt8

    /// Redirection entries change in flight, and messages have the vectors of lines.
    static let routes = FuzzScope(rawValue: 1)
    /// The guest breaks the rules of the interrupt path.
    static let hostile = FuzzScope(rawValue: 2)
    /// There may be several vCPUs.
    static let several = FuzzScope(rawValue: 4)

    /// Whether a campaign with these scopes has what is marked with this one.
    func isPart(of scopes: FuzzScope) -> Bool { isEmpty || !isDisjoint(with: scopes) }
}

/// The steps that random scenarios are made of: a row for each kind of step. A verb that is added
/// to the vocabulary gets a row here.
package enum FuzzAlphabet {
    /// One kind of step.
    struct Row: Sendable {
        /// Which vectors a step may name.
        enum Vectors: Sendable {
            /// Those of the machine's pins.
            case own
            /// Those that no pin has at the start.
            case spare
            case any
        }

        let verb: ActionVerb
        /// How often it is drawn. What is not enabled is drawn again, so steps that seldom are
        /// enabled may weigh more than they come.
        let weight: Int
        let vectors: Vectors
        /// Where it belongs to; any of several is enough, none is everywhere.
        let scope: FuzzScope

        init(
            _ verb: ActionVerb, _ weight: Int, _ vectors: Vectors = .own, in scope: FuzzScope = []
        ) {
            self.verb = verb
            self.weight = weight
            self.vectors = vectors
            self.scope = scope
        }

        /// Every step of this row on a machine.
        /// - Parameter spare: vectors that no pin of it has.
        func actions(on setup: MachineSetup, spare: [UInt8]) -> [Action] {
            let spare = spare.map { UInt16($0) }
            return SearchAlphabet.actions(verb, on: setup) { operand in
                let own = SearchAlphabet.values(of: operand, verb, setup)
                return switch (operand, vectors) {
                case (.vector, .spare): spare
                case (.vector, .any): own + spare
                case (.destination, _):
                    own + FuzzVariation.wideDestinations(of: setup.vcpus).map(\.code)
                case (.ipiDestination, _):
                    own
                        + FuzzVariation.wideDestinations(of: setup.vcpus).map {
                            IPIDestination($0).code
                        }
                default: own
                }
            }
        }
    }

    static let rows: [Row] = [
        // Devices, and the VMM that plays them.
        Row(.ioapic(.assert), 8), Row(.ioapic(.deassert), 6), Row(.ioapic(.reassert), 1),
        Row(.ioapic(.assertStatus), 4),
        Row(.ioapic(.irqfd), 4), Row(.vmm(.msi), 1, .spare), Row(.ioapic(.delayedWork), 1),
        Row(.vmm(.initSignal), 1),
        // A guest that keeps the rules.
        Row(.ioapic(.mask), 1), Row(.ioapic(.unmask), 2), Row(.ioapic(.rewrite), 1),
        Row(.guest(.run), 6), Row(.guest(.sti), 16),
        Row(.guest(.cli), 1), Row(.guest(.eoi), 24), Row(.guest(.eoiRaising), 1),
        Row(.access(.tpr), 1), Row(.access(.enableSAVIC), 2),
        Row(.access(.allow), 1), Row(.access(.ipi), 1, .spare),
        // Kernels before Linux 6.2 lose EOIs when a route changes in flight: on request only.
        Row(.ioapic(.trigger), 1, in: .routes), Row(.ioapic(.vector), 1, .any, in: .routes),
        Row(.ioapic(.retarget), 2, in: .routes),
        // A message on a level pin's vector is hazard C11, and not a legal guest.
        Row(.vmm(.msi), 2, in: [.routes, .hostile]),
        Row(.access(.ipi), 1, in: [.routes, .hostile]),
        Row(.access(.nonzeroEOI), 1, in: .hostile), Row(.access(.readEOI), 1, in: .hostile),
        Row(.access(.spuriousEOI), 1, in: .hostile), Row(.guest(.directedEOI), 2, in: .hostile),
        Row(.access(.disableAPIC), 1, in: .hostile), Row(.access(.enableAPIC), 1, in: .hostile),
        Row(.access(.suppressBroadcast), 1, in: .hostile), Row(.access(.disallow), 1, in: .hostile),
        Row(.vmm(.reset), 1, in: .hostile), Row(.vmm(.extINT), 1, in: .hostile),
        Row(.guest(.sendIPI), 4, .spare, in: .several),
    ]

    /// The rows of a campaign.
    static func rows(in scopes: FuzzScope) -> [Row] {
        rows.filter { $0.scope.isPart(of: scopes) }
    }

    /// The steps in words, for `--help`: what is always there, and what the flags add.
    package static var steps:
        (always: [String], routes: [String], hostile: [String], several: [String])
    {
        func words(_ isSuch: (Row) -> Bool) -> [String] { rows.filter(isSuch).map(\.words) }
        return (
            words { $0.scope.isEmpty }, words { $0.scope.contains(.routes) },
            words { $0.scope.contains(.hostile) }, words { $0.scope == .several }
        )
    }
}

extension FuzzAlphabet.Row {
    /// The verb; where it has several rows, with the vectors that make the difference.
    fileprivate var words: String {
        guard FuzzAlphabet.rows.count(where: { $0.verb == verb }) > 1 else {
            return verb.word
        }
        return verb.word + (vectors == .own ? " on a line's vector" : " on a vector of its own")
    }
}
