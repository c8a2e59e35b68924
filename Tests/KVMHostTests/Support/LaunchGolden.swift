/// What `LaunchTranscript` has to say about a launch, checked by hand against kvm-snp-uapi §1.3,
/// §2.1 and §2.2. `@@` is a byte of an address, `##` one of a descriptor; the line above each has
/// its name. "→" is what the kernel changed. Lines of zeros are left out.
enum LaunchGolden {
    /// The launch with KVM's own IOAPIC, or with one in userspace.
    static func text(_ irqchip: String) -> String {
        [before, irqchip, after].joined(separator: "\n")
    }

    /// To the memory slots.
    private static let before = """
        open /dev/kvm O_RDWR = kvm
        kvm KVM_GET_API_VERSION 0 = 12
        open /dev/sev O_RDONLY = sev
        kvm KVM_GET_DEVICE_ATTR = 0
            24 bytes: group=0x1 attr=0x0 addr=here
            000: 00 00 00 00 01 00 00 00 00 00 00 00 00 00 00 00
            010: @@ @@ @@ @@ @@ @@ @@ @@
        mmap 0x20000 bytes, fresh = memory0
        mmap 0x2000 bytes, fresh = memory1
        kvm KVM_CREATE_VM 4 = vm
        kvm KVM_GET_VCPU_MMAP_SIZE 0 = 12288
        vm KVM_CREATE_GUEST_MEMFD = gmem
            64 bytes: size=0x20000 flags=0x0
            000: 00 00 02 00 00 00 00 00 00 00 00 00 00 00 00 00
        mmap 0x20000 bytes, not accessible = reserve
        vm KVM_SET_USER_MEMORY_REGION2 = 0
            160 bytes: slot=0x0 flags=0x4 guest_phys_addr=0x0 memory_size=0x20000
              userspace_addr=reserve guest_memfd_offset=0x0 guest_memfd=gmem
            000: 00 00 00 00 04 00 00 00 00 00 00 00 00 00 00 00
            010: 00 00 02 00 00 00 00 00 @@ @@ @@ @@ @@ @@ @@ @@
            020: 00 00 00 00 00 00 00 00 ## ## ## ## 00 00 00 00
        vm KVM_SET_USER_MEMORY_REGION = 0
            32 bytes: slot=0x1 flags=0x0 guest_phys_addr=0x20000 memory_size=0x2000
              userspace_addr=memory1
            000: 01 00 00 00 00 00 00 00 00 00 02 00 00 00 00 00
            010: 00 20 00 00 00 00 00 00 @@ @@ @@ @@ @@ @@ @@ @@
        """

    /// Capability 121 with 24 pins.
    static let split = """
        vm KVM_ENABLE_CAP = 0
            104 bytes: cap=0x79 flags=0x0 args[0]=0x18
            000: 79 00 00 00 00 00 00 00 18 00 00 00 00 00 00 00
        """

    /// KVM's own chips.
    static let kernel = """
        vm KVM_CREATE_IRQCHIP 0 = 0
        """

    /// From INIT2 to the first run, and the way back.
    private static let after = """
        vm KVM_SEV_INIT2 = 0
            24 bytes: id=0x16 data=here error=0x0 sev_fd=0
            000: 16 00 00 00 00 00 00 00 @@ @@ @@ @@ @@ @@ @@ @@
            48 bytes: vmsa_features=0x10000 flags=0x0 ghcb_version=0x0
            000: 00 00 01 00 00 00 00 00 00 00 00 00 00 00 00 00
        vm KVM_CREATE_VCPU 0 = vcpu
        mmap 0x3000 bytes, vcpu = kvm_run
        kvm KVM_GET_SUPPORTED_CPUID = 0
            328 bytes: nent=0x100
            000: 00 01 00 00 00 00 00 00 00 00 00 00 00 00 00 00
          → 168 bytes: nent=0x4
          → 000: 04 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
          → 010: 00 00 00 00 10 00 00 00 41 75 74 68 63 41 4d 44
          → 020: 65 6e 74 69 00 00 00 00 00 00 00 00 00 00 00 00
          → 030: 01 00 00 00 00 00 00 00 00 00 00 00 21 0f b0 00
          → 040: 00 00 00 00 01 00 00 80 ff fb 89 07 00 00 00 00
          → 050: 00 00 00 00 00 00 00 00 01 00 00 80 00 00 00 00
          → 070: 00 00 10 20 00 00 00 00 00 00 00 00 00 00 00 00
          → 080: 1f 00 00 80 00 00 00 00 00 00 00 00 1a 00 00 00
          → 090: 33 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
        vcpu KVM_SET_CPUID2 = 0
            168 bytes: nent=0x4
            000: 04 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
            010: 00 00 00 00 10 00 00 00 41 75 74 68 63 41 4d 44
            020: 65 6e 74 69 00 00 00 00 00 00 00 00 00 00 00 00
            030: 01 00 00 00 00 00 00 00 00 00 00 00 21 0f b0 00
            040: 00 00 00 00 01 00 20 80 ff fb 89 07 00 00 00 00
            050: 00 00 00 00 00 00 00 00 01 00 00 80 00 00 00 00
            070: 00 00 10 20 00 00 00 00 00 00 00 00 00 00 00 00
            080: 1f 00 00 80 00 00 00 00 00 00 00 00 1a 00 00 00
            090: 33 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
        vcpu KVM_GET_SREGS = 0
            312 bytes: cs.selector=0x0 tr.limit=0x0 gdt.base=0x0 idt.base=0x0 cr0=0x0
              cr3=0x0 cr4=0x0 efer=0x0 apic_base=0x0
          → 312 bytes: cs.selector=0x0 tr.limit=0x0 gdt.base=0x0 idt.base=0x0
          →   cr0=0x60000010 cr3=0x0 cr4=0x0 efer=0x0 apic_base=0xfee00900
          → 0e0: 10 00 00 60 00 00 00 00 00 00 00 00 00 00 00 00
          → 110: 00 09 e0 fe 00 00 00 00 00 00 00 00 00 00 00 00
        vcpu KVM_SET_SREGS = 0
            312 bytes: cs.selector=0x8 tr.limit=0x67 gdt.base=0x5000 idt.base=0x6000
              cr0=0x80010033 cr3=0x1000 cr4=0x620 efer=0x500 apic_base=0xfee00d00
            000: 00 00 00 00 00 00 00 00 ff ff ff ff 08 00 0b 01
            010: 00 00 01 01 01 00 00 00 00 00 00 00 00 00 00 00
            020: ff ff ff ff 10 00 03 01 00 01 01 00 01 00 00 00
            030: 00 00 00 00 00 00 00 00 ff ff ff ff 10 00 03 01
            040: 00 01 01 00 01 00 00 00 00 00 00 00 00 00 00 00
            050: ff ff ff ff 10 00 03 01 00 01 01 00 01 00 00 00
            060: 00 00 00 00 00 00 00 00 ff ff ff ff 10 00 03 01
            070: 00 01 01 00 01 00 00 00 00 00 00 00 00 00 00 00
            080: ff ff ff ff 10 00 03 01 00 01 01 00 01 00 00 00
            090: 00 00 00 00 00 00 00 00 67 00 00 00 00 00 0b 01
            0c0: 00 50 00 00 00 00 00 00 17 00 00 00 00 00 00 00
            0d0: 00 60 00 00 00 00 00 00 ff 0f 00 00 00 00 00 00
            0e0: 33 00 01 80 00 00 00 00 00 00 00 00 00 00 00 00
            0f0: 00 10 00 00 00 00 00 00 20 06 00 00 00 00 00 00
            100: 00 00 00 00 00 00 00 00 00 05 00 00 00 00 00 00
            110: 00 0d e0 fe 00 00 00 00 00 00 00 00 00 00 00 00
        vcpu KVM_SET_REGS = 0
            144 bytes: rdx=0x7000 rsi=0x21000 rdi=0x20000 rsp=0x9000 rip=0x10040
              rflags=0x2
            010: 00 00 00 00 00 00 00 00 00 70 00 00 00 00 00 00
            020: 00 10 02 00 00 00 00 00 00 00 02 00 00 00 00 00
            030: 00 90 00 00 00 00 00 00 00 00 00 00 00 00 00 00
            080: 40 00 01 00 00 00 00 00 02 00 00 00 00 00 00 00
        vm KVM_SEV_SNP_LAUNCH_START = 0
            24 bytes: id=0x64 data=here error=0x0 sev_fd=sev
            000: 64 00 00 00 00 00 00 00 @@ @@ @@ @@ @@ @@ @@ @@
            010: 00 00 00 00 ## ## ## ##
            64 bytes: policy=0xb0000 flags=0x0
            000: 00 00 0b 00 00 00 00 00 00 00 00 00 00 00 00 00
        vm KVM_SET_MEMORY_ATTRIBUTES = 0
            32 bytes: address=0x0 size=0x20000 attributes=0x8 flags=0x0
            000: 00 00 00 00 00 00 00 00 00 00 02 00 00 00 00 00
            010: 08 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
        vm KVM_SEV_SNP_LAUNCH_UPDATE = 0
            24 bytes: id=0x65 data=here error=0x0 sev_fd=sev
            000: 65 00 00 00 00 00 00 00 @@ @@ @@ @@ @@ @@ @@ @@
            010: 00 00 00 00 ## ## ## ##
            64 bytes: gfn_start=0x1 uaddr=memory0+0x1000 len=0x8000 type=0x1 flags=0x0
            000: 01 00 00 00 00 00 00 00 @@ @@ @@ @@ @@ @@ @@ @@
            010: 00 80 00 00 00 00 00 00 01 00 00 00 00 00 00 00
          → 64 bytes: gfn_start=0x9 uaddr=memory0+0x9000 len=0x0 type=0x1 flags=0x0
          → 000: 09 00 00 00 00 00 00 00 @@ @@ @@ @@ @@ @@ @@ @@
          → 010: 00 00 00 00 00 00 00 00 01 00 00 00 00 00 00 00
        vm KVM_SEV_SNP_LAUNCH_UPDATE = 0
            24 bytes: id=0x65 data=here error=0x0 sev_fd=sev
            000: 65 00 00 00 00 00 00 00 @@ @@ @@ @@ @@ @@ @@ @@
            010: 00 00 00 00 ## ## ## ##
            64 bytes: gfn_start=0x10 uaddr=memory0+0x10000 len=0x2000 type=0x1 flags=0x0
            000: 10 00 00 00 00 00 00 00 @@ @@ @@ @@ @@ @@ @@ @@
            010: 00 20 00 00 00 00 00 00 01 00 00 00 00 00 00 00
          → 64 bytes: gfn_start=0x12 uaddr=memory0+0x12000 len=0x0 type=0x1 flags=0x0
          → 000: 12 00 00 00 00 00 00 00 @@ @@ @@ @@ @@ @@ @@ @@
          → 010: 00 00 00 00 00 00 00 00 01 00 00 00 00 00 00 00
        vm KVM_SEV_SNP_LAUNCH_FINISH = 0
            24 bytes: id=0x66 data=here error=0x0 sev_fd=sev
            000: 66 00 00 00 00 00 00 00 @@ @@ @@ @@ @@ @@ @@ @@
            010: 00 00 00 00 ## ## ## ##
            88 bytes: id_block_en=0x0 flags=0x0
        munmap memory0
        close sev
        close kvm
        vcpu KVM_RUN 0 = 0
        close vm
        close vcpu
        munmap kvm_run
        munmap reserve
        close gmem
        munmap memory1
        """
}
