/// Which processor this is and what it runs, as far as a file tells: what a report of unpublished
/// behaviour needs to be held against another host's.
package struct ProcessorFacts: Sendable, Equatable {
    /// Of the first processor of /proc/cpuinfo; nil where it does not say.
    package let family, model, stepping, microcode: String?
    /// Vendor and version of the machine's firmware.
    package let firmware: String?

    package init(reader: HostReader = .live) {
        let cpuinfo = reader.text("/proc/cpuinfo").value ?? ""
        var values: [String: String] = [:]
        for line in cpuinfo.split(separator: "\n", omittingEmptySubsequences: false) {
            guard !line.isEmpty else { break }
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = Self.trimmed(line[line.index(after: colon)...])
            if !value.isEmpty { values[Self.trimmed(line[..<colon])] = value }
        }
        family = values["cpu family"]
        model = values["model"]
        stepping = values["stepping"]
        microcode = values["microcode"]
        let parts = ["bios_vendor", "bios_version"].compactMap {
            reader.text("/sys/class/dmi/id/\($0)").value.map { Self.trimmed($0[...]) }
        }
        firmware = parts.isEmpty ? nil : parts.joined(separator: " ")
    }

    private static func trimmed(_ text: Substring) -> String {
        let isBlank: (Character) -> Bool = { $0.isWhitespace }
        return String(text.drop(while: isBlank).reversed().drop(while: isBlank).reversed())
    }
}
