package import CKVM
import Glibc

/// What a program asks of the kernel lab for one VM, read as savic_lab.h says.
package struct LabSimulation: Equatable, Sendable {
    /// args[0].
    package let flags: UInt64
    package let design: String

    /// Refuses bits and a name that the header does not have: EINVAL.
    package init(_ wanted: kvm_enable_cap) throws(Refusal) {
        flags = wanted.args.0
        try require(flags & ~UInt64(SAVIC_LAB_ASSUMPTIONS) == 0, else: EINVAL)
        let words = [wanted.args.1, wanted.args.2, wanted.args.3]
        let bytes = words.flatMap { word in
            (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(8 * $0)) }
        }
        let name = bytes.prefix { $0 != 0 }
        // One zero at its end, and nothing but zeros behind it.
        try require(!name.isEmpty && name.count < bytes.count, else: EINVAL)
        try require(bytes.dropFirst(name.count).allSatisfy { $0 == 0 }, else: EINVAL)
        design = String(decoding: name, as: UTF8.self)
    }

    /// Who writes the page's TMR: one of the header's numbers.
    package var pageTMR: Int32 { Int32(flags) & SAVIC_LAB_PAGE_TMR_MASK }

    package func has(_ flag: Int32) -> Bool { flags & UInt64(flag) != 0 }
}
