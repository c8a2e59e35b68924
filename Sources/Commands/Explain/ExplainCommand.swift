internal import ArgumentParser

/// `savic-eoi explain NAME`.
struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Explain whatever has a name, and read the source that is cited for it.",
        discussion: """
            NAME is a scenario, a group of them, a scenario file, a verdict, a mismatch code, an \
            invariant, a design, an assumption, a kernel rule, a backend, or a place of the \
            articles that sources cite: a page, its section, a hazard, a story. “§” may be left \
            out. A name that means two things is explained as both. Without a name all are listed.

            EXAMPLES
              savic-eoi explain                             all that can be asked about
              savic-eoi explain stuck-line
              savic-eoi explain EOI-MISSING
              savic-eoi explain found/rfc-v2-attribution-atomic.yaml
              savic-eoi explain hazard                      a verdict
              savic-eoi explain emulator
              savic-eoi explain hazard A6
              savic-eoi explain "model-contract §5"
              savic-eoi explain kvm-interrupts 6 step 1
              savic-eoi explain InterruptModel              what there is to read
            """)

    @Argument(
        help: ArgumentHelp(
            "For example level-basic, attribution, rfc-v2, page-tmr, A6, kvm-interrupts §6.",
            valueName: "name|file"),
        completion: .names)
    var words: [String] = []

    func run() throws {
        let name = words.joined(separator: " ")
        try Output.print(words.isEmpty ? KnownNames.overview() : ExplainText.text(of: name))
    }
}
