public import ArgumentParser
internal import CBuildRecord
internal import Verdicts

/// The program. Without a subcommand it runs the catalogue.
public struct SavicEOI: ParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "savic-eoi",
        abstract: "Finds out whether a level-triggered interrupt's EOI reaches the right vector.",
        discussion: """
            AMD Secure AVIC hides a guest's in-service register from KVM; the kernel's RFC answers \
            with a shadow ISR. savic-eoi holds such an answer against a software model, step by \
            step: alone on any Linux; with the secure guest's machine code, or a plain local APIC, \
            on any /dev/kvm; with real kernel code for it, on the kernel lab \
            (hosttests/savic-kernel), which simulates the hardware; and on AMD hosts with SEV-SNP \
            and Secure AVIC on the hardware itself.

            EXAMPLES
              savic-eoi                                   the whole catalogue
              savic-eoi run level-basic                   one scenario
              savic-eoi run --design hardened --group hazards
              savic-eoi run --backend kvm --format ktap   against this host's KVM
              savic-eoi run --backend emulator            the secure guest's machine code
              savic-eoi characterize                      what this host's hardware does
              savic-eoi explore --levels 2                every reachable state
              savic-eoi matrix                            which design is safe under what
              savic-eoi run my-scenario.yaml              a file of your own
              savic-eoi compare old.json new.json         what got worse in the second
              savic-eoi show stuck-line                   a picture of where it goes wrong
              savic-eoi step stuck-line                   go through it step by step
              savic-eoi explain stuck-line                what a scenario is about
              savic-eoi explain                           all that can be asked about
              savic-eoi explain 'hazard A6'               what it means by a source, or by
              savic-eoi explain model-contract 5          a section of a page
            """,
        version: Tool.current.build,
        subcommands: [
            RunCommand.self, ReplayCommand.self, ShowCommand.self, StepCommand.self,
            ExploreCommand.self, MatrixCommand.self,
            FuzzCommand.self, MergeCommand.self, BenchCommand.self, ProbeCommand.self,
            CharacterizeCommand.self, CompareCommand.self, ListCommand.self, ExplainCommand.self,
            MutantsCommand.self, SchemaCommand.self,
        ],
        defaultSubcommand: RunCommand.self)

    public init() {}
}

extension Tool {
    /// This program.
    static let current = Tool(version: "0.1.0", commit: recordedCommit)

    private static var recordedCommit: String? {
        let bytes = (UInt32(0)...).lazy.map(build_record_commit_byte).prefix { $0 != 0 }
        let commit = String(decoding: Array(bytes), as: UTF8.self)
        return commit.isEmpty ? nil : commit
    }
}
