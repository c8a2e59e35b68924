/// Names for parts of a structure, by the offsets of kvm-snp-uapi §1.3 and §2.1.
@safe
struct StructureForm: Sendable {
    enum Kind { case number, address, descriptor }

    struct Field: Sendable {
        let name: String
        let offset: Int
        let size: Int
        let kind: Kind
    }

    /// Its size where the request number does not say it.
    var bytes = 0
    var fields: [Field] = []

    /// Bytes of one with an array behind its head; nil: as the request number says.
    func size(_ pointer: UnsafeMutableRawPointer) -> Int? {
        // SAFETY: the head begins with the number of entries.
        bytes == -40 ? unsafe 8 + 40 * min(Int(pointer.load(as: UInt32.self)), 8) : nil
    }

    /// The form of a call's or a command's structure.
    static func of(_ name: String) -> StructureForm { forms[name] ?? StructureForm() }

    static let sevCommand = StructureForm(
        bytes: 24,
        fields: [
            number("id", 0, 4), address("data", 8), number("error", 16, 4),
            descriptor("sev_fd", 20),
        ])

    private static let forms: [String: StructureForm] = [
        "KVM_GET_DEVICE_ATTR": StructureForm(fields: [
            number("group", 4, 4), number("attr", 8, 8), address("addr", 16),
        ]),
        "KVM_CREATE_GUEST_MEMFD": StructureForm(fields: [
            number("size", 0, 8), number("flags", 8, 8),
        ]),
        "KVM_SET_USER_MEMORY_REGION": StructureForm(fields: region),
        "KVM_SET_USER_MEMORY_REGION2": StructureForm(
            fields: region + [
                number("guest_memfd_offset", 32, 8), descriptor("guest_memfd", 40),
            ]),
        "KVM_SET_MEMORY_ATTRIBUTES": StructureForm(fields: [
            number("address", 0, 8), number("size", 8, 8), number("attributes", 16, 8),
            number("flags", 24, 8),
        ]),
        "KVM_ENABLE_CAP": StructureForm(fields: [
            number("cap", 0, 4), number("flags", 4, 4), number("args[0]", 8, 8),
        ]),
        "KVM_GET_SUPPORTED_CPUID": StructureForm(bytes: -40, fields: [number("nent", 0, 4)]),
        "KVM_SET_CPUID2": StructureForm(bytes: -40, fields: [number("nent", 0, 4)]),
        "KVM_GET_SREGS": StructureForm(fields: special),
        "KVM_SET_SREGS": StructureForm(fields: special),
        "KVM_SET_REGS": StructureForm(fields: [
            number("rdx", 24, 8), number("rsi", 32, 8), number("rdi", 40, 8),
            number("rsp", 48, 8), number("rip", 128, 8), number("rflags", 136, 8),
        ]),
        "KVM_SEV_INIT2": StructureForm(
            bytes: 48,
            fields: [
                number("vmsa_features", 0, 8), number("flags", 8, 4),
                number("ghcb_version", 12, 2),
            ]),
        "KVM_SEV_SNP_LAUNCH_START": StructureForm(
            bytes: 64, fields: [number("policy", 0, 8), number("flags", 24, 2)]),
        "KVM_SEV_SNP_LAUNCH_UPDATE": StructureForm(
            bytes: 64,
            fields: [
                number("gfn_start", 0, 8), address("uaddr", 8), number("len", 16, 8),
                number("type", 24, 1), number("flags", 26, 2),
            ]),
        "KVM_SEV_SNP_LAUNCH_FINISH": StructureForm(
            bytes: 88, fields: [number("id_block_en", 16, 1), number("flags", 54, 2)]),
    ]

    private static let region = [
        number("slot", 0, 4), number("flags", 4, 4), number("guest_phys_addr", 8, 8),
        number("memory_size", 16, 8), address("userspace_addr", 24),
    ]

    private static let special = [
        number("cs.selector", 12, 2), number("tr.limit", 152, 4), number("gdt.base", 192, 8),
        number("idt.base", 208, 8), number("cr0", 224, 8), number("cr3", 240, 8),
        number("cr4", 248, 8), number("efer", 264, 8), number("apic_base", 272, 8),
    ]

    private static func number(_ name: String, _ offset: Int, _ size: Int) -> Field {
        Field(name: name, offset: offset, size: size, kind: .number)
    }

    private static func address(_ name: String, _ offset: Int) -> Field {
        Field(name: name, offset: offset, size: 8, kind: .address)
    }

    private static func descriptor(_ name: String, _ offset: Int) -> Field {
        Field(name: name, offset: offset, size: 4, kind: .descriptor)
    }
}
