import CKVM
import Glibc

/// How the probe looks at the host outside KVM. Tests put another host here.
package struct HostReader: Sendable {
    /// The content of a text file, at most 1 MiB.
    package var text: @Sendable (_ path: String) -> Finding<String>
    /// Whether a path exists and may be opened for reading and writing.
    package var access: @Sendable (_ path: String) -> Finding<Void>
    /// Whether a path exists and may be opened for reading.
    package var readable: @Sendable (_ path: String) -> Finding<Void>
    /// A CPUID leaf of the CPU that runs this tool.
    package var cpuid: @Sendable (_ leaf: UInt32) -> CPUIDLeaf

    /// - Parameter readable: where it is left out, what is accessible is readable.
    package init(
        text: @escaping @Sendable (String) -> Finding<String>,
        access: @escaping @Sendable (String) -> Finding<Void>,
        readable: (@Sendable (String) -> Finding<Void>)? = nil,
        cpuid: @escaping @Sendable (UInt32) -> CPUIDLeaf
    ) {
        self.text = text
        self.access = access
        self.readable = readable ?? access
        self.cpuid = cpuid
    }

    /// This host.
    package static let live = HostReader(
        text: { readText($0, .live) },
        access: { finding($0, R_OK | W_OK) }, readable: { finding($0, R_OK) },
        cpuid: { leaf in
            let registers = ckvm_cpuid(leaf, 0)
            return CPUIDLeaf(
                eax: registers.eax, ebx: registers.ebx, ecx: registers.ecx, edx: registers.edx)
        })
}

/// What access(2) says.
private func finding(_ path: String, _ mode: Int32) -> Finding<Void> {
    // SAFETY: withCString ends the string with a zero.
    let result = unsafe path.withCString { unsafe Glibc.access($0, mode) }
    return result == 0 ? .found(()) : Finding(refusal: errno)
}

/// Reads a file to its end; /proc and /sys do not tell their sizes.
private func readText(_ path: String, _ calls: SystemCalls) -> Finding<String> {
    let number = calls.open(path, O_RDONLY)
    if number < 0 { return Finding(refusal: -number) }
    let file = Descriptor(owning: number, calls: calls)
    var content: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65536)
    while content.count < 1 << 20 {
        // SAFETY: the buffer's own bounds are passed on.
        let count = unsafe chunk.withUnsafeMutableBytes { unsafe calls.read(file.number, $0) }
        if count < 0 { return Finding(refusal: Int32(-count)) }
        if count == 0 { break }
        content += chunk[..<count]
    }
    return .found(String(decoding: content, as: UTF8.self))
}

/// A fact about the host: there, not there, not for us, or not to be known.
package enum Finding<Value> {
    case found(Value)
    /// The host has no such thing.
    case missing
    /// The host keeps it from us: the errno, EACCES or EPERM.
    case forbidden(errno: Int32)
    /// Why it could not be found out.
    case unknown(Reason)

    /// Why a fact stays unknown.
    package enum Reason: Hashable, Sendable {
        case errno(Int32)
        /// The text at this path was not as expected.
        case unreadable(path: String)
        /// It takes a usable /dev/kvm to know.
        case needsKVM
    }

    /// What an errno says about a thing that was looked for.
    init(refusal errno: Int32) {
        switch errno {
        case ENOENT, ENODEV, ENXIO, ENOTTY, ENOTDIR: self = .missing
        case EACCES, EPERM: self = .forbidden(errno: errno)
        default: self = .unknown(.errno(errno))
        }
    }

    /// The same finding about something derived from it.
    package func map<Other>(_ change: (Value) -> Other) -> Finding<Other> {
        flatMap { .found(change($0)) }
    }

    /// The same finding, or what `change` finds in it.
    package func flatMap<Other>(_ change: (Value) -> Finding<Other>) -> Finding<Other> {
        switch self {
        case .found(let value): change(value)
        case .missing: .missing
        case .forbidden(let errno): .forbidden(errno: errno)
        case .unknown(let reason): .unknown(reason.converted())
        }
    }

    /// The value, if found.
    package var value: Value? {
        if case .found(let value) = self { value } else { nil }
    }
}

extension Finding.Reason {
    /// The same reason for a fact of another type.
    func converted<Other>() -> Finding<Other>.Reason {
        switch self {
        case .errno(let errno): .errno(errno)
        case .unreadable(let path): .unreadable(path: path)
        case .needsKVM: .needsKVM
        }
    }
}

extension Finding: Sendable where Value: Sendable {}
extension Finding: Equatable where Value: Equatable {}
