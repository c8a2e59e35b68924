internal import Foundation
internal import KVMHost

/// Facts about this host as every report carries them.
enum HostReport {
    static let facts = HostFacts()

    static var list: [(name: String, value: String)] {
        [
            ("kernel", facts.kernelRelease.value ?? "unknown"),
            ("cpu", facts.cpuModel.value ?? "unknown"),
            ("modules", facts.kvmModules.value?.joined(separator: " ") ?? "none"),
        ]
    }

    static var hostName: String { ProcessInfo.processInfo.hostName }

    /// ISO 8601 without a zone, in UTC.
    static var now: String {
        Date().formatted(
            .iso8601.year().month().day().time(includingFractionalSeconds: false))
    }
}
