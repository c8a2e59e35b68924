import CKVM
import Glibc

/// An open /dev/kvm: what belongs to no VM.
@safe
package struct KVMSystem: ~Copyable {
    /// The only API version since Linux 2.6.22 (Documentation/virt/kvm/api.rst §4.1).
    package static let supportedAPIVersion: Int32 = 12
    /// Where the kernel puts the device.
    package static let devicePath = "/dev/kvm"

    private let descriptor: Descriptor
    let calls: SystemCalls

    /// Opens the device and checks its API version. Errors: `.call(open)`, `.apiVersion`.
    package init(calls: SystemCalls = .live) throws(KVMError) {
        let number = calls.open(KVMSystem.devicePath, O_RDWR)
        if number < 0 { throw .failed(.open, -number, .path(KVMSystem.devicePath)) }
        let descriptor = Descriptor(owning: number, calls: calls)
        let version = try descriptor.ioctl(.getAPIVersion)
        if version != KVMSystem.supportedAPIVersion { throw .apiVersion(version) }
        self.descriptor = descriptor
        self.calls = calls
    }

    /// What KVM says about a `KVM_CAP_…`: 0 is "no", anything else a number that depends on it.
    package func checkExtension(_ capability: Int32) throws(KVMError) -> Int32 {
        try descriptor.ioctl(.checkExtension, capability, about: .capability(capability))
    }

    /// Bytes of a vCPU's `kvm_run` mapping.
    package func vcpuMmapSize() throws(KVMError) -> Int {
        Int(try descriptor.ioctl(.getVCPUMmapSize))
    }

    /// An attribute of the device, such as the VMSA features (`KVM_X86_GRP_SEV`).
    /// Errors: ENXIO where the kernel has no such attribute, also on other CPUs.
    package func deviceAttribute(
        group: UInt32, attribute: UInt64
    ) throws(KVMError) -> UInt64 {
        var value: UInt64 = 0
        let subject = Subject.attribute(group: group, attribute: attribute)
        let result = unsafe withUnsafeMutablePointer(to: &value) { target -> Int32 in
            var request = kvm_device_attr()
            request.group = group
            request.attr = attribute
            request.addr = UInt64(UInt(bitPattern: target))
            // SAFETY: the kernel writes 8 bytes at `addr`, which is `value`.
            return unsafe calls.ioctlPointer(
                descriptor.number, UInt(CKVM_GET_DEVICE_ATTR), &request)
        }
        if result < 0 { throw .failed(.getDeviceAttr, -result, subject) }
        return value
    }

    /// The CPUID that KVM can offer a guest on this host.
    package func supportedCPUID() throws(KVMError) -> CPUIDTable {
        // As many as any kernel has (KVM_MAX_CPUID_ENTRIES); with fewer the call fails: E2BIG.
        var table = CPUIDTable(capacity: 256)
        try descriptor.ioctl(.getSupportedCPUID, words: &table.words)
        return table
    }

    /// A new VM of a `KVM_X86_…_VM` type; 0 is the ordinary one. Errors: EINVAL unsupported type.
    package func createVM(type: Int32 = KVM_X86_DEFAULT_VM) throws(KVMError) -> VirtualMachine {
        let number = try descriptor.ioctl(.createVM, type, about: .vmType(type))
        let descriptor = Descriptor(owning: number, calls: calls)
        return VirtualMachine(descriptor, type: type, runSize: try vcpuMmapSize())
    }
}

/// A CPUID table in the kernel's form: an 8-byte head with the count, then 40 bytes per entry.
package struct CPUIDTable: Sendable {
    /// The table as the ioctls take it: the head is word 0, entry i words 1 + 5i to 5 + 5i.
    var words: [UInt64]

    /// Room for `capacity` entries.
    init(capacity: Int) {
        words = [UInt64](repeating: 0, count: 1 + 5 * capacity)
        words[0] = UInt64(capacity)
    }

    /// Entries in use.
    package var count: Int { Int(UInt32(truncatingIfNeeded: words[0])) }

    /// Says that the guest's APIC has an x2APIC mode (leaf 1, ECX bit 21). KVM's LAPIC always
    /// has it; without the bit KVM refuses an APIC base with EXTD set.
    package mutating func offerX2APIC() {
        for entry in 0..<count {
            let first = 1 + 5 * entry
            // Word 0: function, index. Word 1: flags, EAX. Word 2: EBX, ECX. Word 3: EDX.
            guard UInt32(truncatingIfNeeded: words[first]) == 1 else { continue }
            words[first + 2] |= 1 << (32 + 21)
        }
    }
}
