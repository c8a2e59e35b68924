internal import ArgumentParser
internal import Lockstep
internal import Reporting
internal import Verdicts

/// What is made of a run, where that is not text.
enum PictureForm: String, EnumerableFlag {
    case svg
    case html
    case vcd
    case mermaid
    case selftest

    static func help(for form: PictureForm) -> ArgumentHelp? {
        switch form {
        case .svg: "Print an SVG picture."
        case .html: "Print a page with the picture, what each step does, and keys."
        case .vcd: "Print a waveform, a Value Change Dump for GTKWave and others: all steps."
        case .mermaid: "Print a sequence diagram in Mermaid's language."
        case .selftest:
            ArgumentHelp(
                "Print a KVM selftest in C that does the same: all steps, on a plain machine with "
                    + "KVM's own IOAPIC.")
        }
    }

    /// The document.
    /// - Parameters:
    ///   - steps: those that are drawn.
    ///   - again: the command that draws it again.
    func text(
        of timeline: Timeline, steps: ClosedRange<Int>, again: String
    ) throws -> String {
        switch self {
        case .svg: return try picture(of: timeline, steps).text
        case .html:
            _ = try picture(of: timeline, steps)
            return try TimelinePage(timeline, steps: steps, again: again).text()
        case .vcd: return TimelineVCD(timeline, by: .current).text
        case .mermaid: return TimelineMermaid(timeline, steps: steps).text
        case .selftest: return try selftest(of: timeline)
        }
    }

    private func selftest(of timeline: Timeline) throws -> String {
        let selftest: Selftest
        do {
            selftest = try Selftest(timeline)
        } catch {
            throw CommandFailure(
                status: error.isOfRun ? .internalError : .usage, message: error.sentence)
        }
        return try selftest.text()
    }

    /// A picture that somebody can look at.
    private func picture(
        of timeline: Timeline, _ steps: ClosedRange<Int>
    ) throws -> TimelineSVG {
        let picture = TimelineSVG(timeline, steps: steps, hasHeading: true)
        guard picture.columnCount <= TimelineSVG.mostColumns else {
            throw CommandFailure.usage(
                "a picture of \(picture.columnCount) columns is too wide to look at; --steps takes "
                    + "a part of them, --vcd all")
        }
        return picture
    }
}
