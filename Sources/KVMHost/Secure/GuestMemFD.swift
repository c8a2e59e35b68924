import CKVM

/// Memory that only a guest reaches (guest_memfd): no mapping shows it to the host.
///
/// A class, because a slot does not keep it: it has to outlive the VM and its vCPUs.
package final class GuestMemFD {
    private let descriptor: Descriptor
    /// Bytes.
    package let count: Int

    init(_ descriptor: consuming Descriptor, count: Int) {
        self.descriptor = descriptor
        self.count = count
    }

    var number: Int32 { descriptor.number }
}

/// Private memory (kvm-snp-uapi §1.4, §2.3).
extension VirtualMachine {
    /// Makes `count` bytes of guest memory, a multiple of 4096. Errors: EINVAL for another size,
    /// or where this type of VM has no private memory.
    package func createGuestMemFD(count: Int) throws(KVMError) -> GuestMemFD {
        var request = kvm_create_guest_memfd()
        request.size = UInt64(count)
        let number = try descriptor.ioctl(.createGuestMemFD, &request, about: .bytes(count))
        return GuestMemFD(Descriptor(owning: number, calls: descriptor.calls), count: count)
    }

    /// Puts memory at a guest physical address that can be private, page by page: then it is
    /// `privatePages`, from its start. Shared accesses reach `memory`, and at first all are.
    ///
    /// Errors: EEXIST overlap; EINVAL alignment, pages bound already or of another VM.
    package func mapMemory(
        _ memory: borrowing GuestMemory, private privatePages: GuestMemFD,
        at address: UInt64 = 0, slot: UInt32 = 0
    ) throws(KVMError) {
        try map(memory.mapping, privatePages, at: address, slot: slot)
    }

    /// The same for a guest all of whose pages here are to be private for good: there is no memory
    /// to share. Errors: as above.
    package func mapPrivateMemory(
        _ addresses: borrowing ReservedAddresses, _ privatePages: GuestMemFD,
        at address: UInt64 = 0, slot: UInt32 = 0
    ) throws(KVMError) {
        try map(addresses.mapping, privatePages, at: address, slot: slot)
    }

    private func map(
        _ mapping: Mapping, _ privatePages: GuestMemFD, at address: UInt64, slot: UInt32
    ) throws(KVMError) {
        var region = kvm_userspace_memory_region2()
        region.slot = slot
        region.flags = UInt32(CKVM_MEM_GUEST_MEMFD)
        region.guest_phys_addr = address
        region.memory_size = UInt64(mapping.count)
        region.userspace_addr = unsafe UInt64(UInt(bitPattern: mapping.start))
        region.guest_memfd = UInt32(bitPattern: privatePages.number)
        try descriptor.ioctl(
            .setUserMemoryRegion2, &region, about: .memory(address: address, count: mapping.count))
        slots.mappings.append(mapping)
        slots.guestMemFDs.append(privatePages)
    }

    /// Makes pages private, or shared again. Errors: EINVAL alignment, or a VM without privacy.
    package func setPrivate(
        _ isPrivate: Bool = true, at address: UInt64, count: Int
    ) throws(KVMError) {
        var request = kvm_memory_attributes()
        request.address = address
        request.size = UInt64(count)
        request.attributes = isPrivate ? UInt64(CKVM_MEMORY_ATTRIBUTE_PRIVATE) : 0
        try descriptor.ioctl(
            .setMemoryAttributes, &request, about: .memory(address: address, count: count))
    }
}
