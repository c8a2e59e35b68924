import CKVM
import KVMHost
import Testing

/// The kernel's interface in numbers (kvm-snp-uapi §1.1, §1.3, §1.5, measured on Linux 7.1.5):
/// what this compiler and these headers make of it has to be the same.
@Suite("The kernel's interface in numbers") struct ABITests {
    /// What the C compiler says.
    private var compiled: [String: Int] {
        var rows: [String: Int] = [:]
        var index = 0
        while let name = unsafe ckvm_layout(index).name {
            rows[unsafe String(cString: name)] = unsafe ckvm_layout(index).value
            index += 1
        }
        return rows
    }

    @Test("Every structure has the size and the offsets that the kernel gives it")
    func structuresHaveTheKernelsLayout() {
        let golden: [String: Int] = [
            // kvm_run: the union begins at 32. Its size may grow with newer headers, see below.
            "kvm_run.immediate_exit": 1,
            "kvm_run.exit_reason": 8, "kvm_run.apic_base": 24,
            "kvm_run.msr.error": 32, "kvm_run.msr.reason": 40, "kvm_run.msr.index": 44,
            "kvm_run.msr.data": 48,
            "kvm_run.io.direction": 32, "kvm_run.io.size": 33, "kvm_run.io.port": 34,
            "kvm_run.io.count": 36, "kvm_run.io.data_offset": 40, "kvm_run.eoi.vector": 32,
            "kvm_run.mmio.phys_addr": 32, "kvm_run.mmio.data": 40, "kvm_run.mmio.len": 48,
            "kvm_run.mmio.is_write": 52,
            "kvm_run.fail_entry.hardware_entry_failure_reason": 32, "kvm_run.fail_entry.cpu": 40,
            "kvm_run.internal.suberror": 32, "kvm_run.internal.ndata": 36,
            "kvm_run.internal.data": 40, "kvm_run.system_event.type": 32,
            "kvm_run.system_event.ndata": 36, "kvm_run.system_event.data": 40,
            // Registers.
            "kvm_regs": 144, "kvm_regs.rsp": 48, "kvm_regs.rip": 128, "kvm_regs.rflags": 136,
            "kvm_segment": 24, "kvm_sregs": 312, "kvm_sregs.cs": 0, "kvm_sregs.tr": 144,
            "kvm_sregs.gdt": 192, "kvm_sregs.idt": 208, "kvm_sregs.cr0": 224,
            "kvm_sregs.efer": 264, "kvm_sregs.apic_base": 272,
            "kvm_lapic_state": 1024, "kvm_cpuid_entry2": 40,
            // VM.
            "kvm_enable_cap": 104, "kvm_enable_cap.args": 8, "kvm_device_attr": 24,
            "kvm_device_attr.attr": 8, "kvm_device_attr.addr": 16,
            "kvm_userspace_memory_region": 32,
            // Interrupts.
            "kvm_irq_level": 8, "kvm_irqfd": 32, "kvm_irqfd.resamplefd": 12, "kvm_msi": 32,
            "kvm_msi.data": 8, "kvm_irq_routing": 8, "kvm_irq_routing_entry": 48,
            "kvm_irq_routing_entry.u.msi.address_lo": 16, "kvm_irq_routing_entry.u.msi.data": 24,
            "kvm_irq_routing_entry.u.irqchip.irqchip": 16,
            "kvm_irq_routing_entry.u.irqchip.pin": 20,
            "kvm_irqchip": 520, "kvm_irqchip.chip": 8, "kvm_ioapic_state": 216,
            "kvm_ioapic_state.irr": 16, "kvm_ioapic_state.redirtbl": 24,
        ].merging(secure) { _, _ in 0 }
        var compiled = compiled
        #expect(compiled.removeValue(forKey: "kvm_run").map { $0 >= 2352 } == true)
        #expect(compiled == golden)
    }

    /// SEV-SNP (kvm-snp-uapi §1.3, §1.5, §2.1, §2.5).
    private let secure: [String: Int] = [
        "kvm_userspace_memory_region2": 160, "kvm_userspace_memory_region2.guest_phys_addr": 8,
        "kvm_userspace_memory_region2.memory_size": 16,
        "kvm_userspace_memory_region2.userspace_addr": 24,
        "kvm_userspace_memory_region2.guest_memfd_offset": 32,
        "kvm_userspace_memory_region2.guest_memfd": 40,
        "kvm_create_guest_memfd": 64, "kvm_create_guest_memfd.size": 0,
        "kvm_create_guest_memfd.flags": 8,
        "kvm_memory_attributes": 32, "kvm_memory_attributes.address": 0,
        "kvm_memory_attributes.size": 8, "kvm_memory_attributes.attributes": 16,
        "kvm_memory_attributes.flags": 24,
        "kvm_sev_cmd": 24, "kvm_sev_cmd.id": 0, "kvm_sev_cmd.data": 8, "kvm_sev_cmd.error": 16,
        "kvm_sev_cmd.sev_fd": 20,
        "ckvm_sev_init": 48, "ckvm_sev_init.vmsa_features": 0, "ckvm_sev_init.flags": 8,
        "ckvm_sev_init.ghcb_version": 12,
        "ckvm_sev_snp_launch_start": 64, "ckvm_sev_snp_launch_start.policy": 0,
        "ckvm_sev_snp_launch_start.gosvw": 8, "ckvm_sev_snp_launch_start.flags": 24,
        "ckvm_sev_snp_launch_update": 64, "ckvm_sev_snp_launch_update.gfn_start": 0,
        "ckvm_sev_snp_launch_update.uaddr": 8, "ckvm_sev_snp_launch_update.len": 16,
        "ckvm_sev_snp_launch_update.type": 24, "ckvm_sev_snp_launch_update.flags": 26,
        "ckvm_sev_snp_launch_finish": 88, "ckvm_sev_snp_launch_finish.id_block_uaddr": 0,
        "ckvm_sev_snp_launch_finish.id_auth_uaddr": 8,
        "ckvm_sev_snp_launch_finish.id_block_en": 16,
        "ckvm_sev_snp_launch_finish.auth_key_en": 17,
        "ckvm_sev_snp_launch_finish.vcek_disabled": 18,
        "ckvm_sev_snp_launch_finish.host_data": 19, "ckvm_sev_snp_launch_finish.flags": 54,
        "sev_issue_cmd": 16, "sev_issue_cmd.data": 4, "sev_issue_cmd.error": 12,
        "ckvm_snp_platform_status": 32, "ckvm_snp_platform_status.state": 2,
        "ckvm_snp_platform_status.rmp_flags": 3, "ckvm_snp_platform_status.build": 4,
        "ckvm_snp_platform_status.guest_count": 12,
        "ckvm_snp_platform_status.current_tcb": 16,
        "ckvm_snp_platform_status.reported_tcb": 24,
        "ckvm_memory_fault": 24, "ckvm_memory_fault.gpa": 8, "ckvm_memory_fault.size": 16,
    ]

    @Test("Swift sees the sizes that the C compiler sees")
    func swiftSeesTheSameSizes() {
        #expect(MemoryLayout<kvm_sregs>.size == compiled["kvm_sregs"])
        #expect(MemoryLayout<kvm_regs>.size == compiled["kvm_regs"])
        #expect(MemoryLayout<kvm_irqfd>.size == compiled["kvm_irqfd"])
        #expect(MemoryLayout<kvm_msi>.size == compiled["kvm_msi"])
        #expect(MemoryLayout<kvm_enable_cap>.size == compiled["kvm_enable_cap"])
        #expect(MemoryLayout<kvm_device_attr>.size == compiled["kvm_device_attr"])
        #expect(
            MemoryLayout<kvm_userspace_memory_region2>.size
                == compiled["kvm_userspace_memory_region2"])
        #expect(MemoryLayout<kvm_sev_cmd>.size == compiled["kvm_sev_cmd"])
        #expect(MemoryLayout<InlineArray<4, UInt32>>.size == compiled["sev_issue_cmd"])
        #expect(
            MemoryLayout<ckvm_sev_snp_launch_finish>.size
                == compiled["ckvm_sev_snp_launch_finish"])
        #expect(MemoryLayout<InlineArray<256, UInt32>>.size == compiled["kvm_lapic_state"])
        #expect(MemoryLayout<InlineArray<65, UInt64>>.size == compiled["kvm_irqchip"])
    }

    @Test("Every ioctl has the kernel's request number")
    func requestsHaveTheKernelsNumbers() {
        let golden: [KernelCall: UInt] = [
            .getAPIVersion: 0xae00, .createVM: 0xae01, .checkExtension: 0xae03,
            .getVCPUMmapSize: 0xae04, .getSupportedCPUID: 0xc008_ae05, .createVCPU: 0xae41,
            .setUserMemoryRegion: 0x4020_ae46, .createIRQChip: 0xae60, .irqLine: 0x4008_ae61,
            .getIRQChip: 0xc208_ae62, .setIRQChip: 0x8208_ae63,
            .irqLineStatus: 0xc008_ae67, .setGSIRouting: 0x4008_ae6a, .irqFD: 0x4020_ae76,
            .run: 0xae80, .getRegs: 0x8090_ae81, .setRegs: 0x4090_ae82, .getSregs: 0x8138_ae83,
            .setSregs: 0x4138_ae84, .getLAPIC: 0x8400_ae8e, .setLAPIC: 0x4400_ae8f,
            .setCPUID2: 0x4008_ae90, .enableCap: 0x4068_aea3, .signalMSI: 0x4020_aea5,
            .getDeviceAttr: 0x4018_aee2, .interrupt: 0x4004_ae86,
            .getMPState: 0x8004_ae98,
            .setMPState: 0x4004_ae99,
            .setMSRFilter: 0x4188_aec6,
            .setUserMemoryRegion2: 0x40a0_ae49, .createGuestMemFD: 0xc040_aed4,
            .setMemoryAttributes: 0x4020_aed2, .memoryEncryptOp: 0xc008_aeba,
            .sevIssueCmd: 0xc010_5300,
        ]
        for call in KernelCall.allCases { #expect(call.request == golden[call], "\(call)") }
    }

    @Test("Constants that older headers lack are the kernel's")
    func newerConstantsAreTheKernels() {
        #expect(KVM_CAP_VM_TYPES == 235 && KVM_X86_SNP_VM == 4 && KVM_X86_GRP_SEV == 1)
        #expect(KVM_CAP_SPLIT_IRQCHIP == 121 && KVM_CAP_IRQFD_RESAMPLE == 82)
        #expect(KVM_EXIT_IOAPIC_EOI == 26 && KVM_EXIT_IO == 2)
        #expect(KVM_EXIT_MEMORY_FAULT == 39 && CKVM_MEMORY_EXIT_FLAG_PRIVATE == 8)
        #expect(CKVM_MEM_GUEST_MEMFD == 4 && CKVM_MEMORY_ATTRIBUTE_PRIVATE == 8)
        #expect(CKVM_SNP_PLATFORM_STATUS == 9 && CKVM_SEV_SNP_PAGE_TYPE_NORMAL == 1)
    }

    @Test("SEV commands, policies and VMSA features have the kernel's numbers")
    func sevCommandsHaveTheKernelsNumbers() {
        let golden: [SEVCommand: UInt32] = [
            .initialize: 22, .launchStart: 100, .launchUpdate: 101, .launchFinish: 102,
        ]
        for command in SEVCommand.allCases { #expect(command.id == golden[command]) }
        #expect(SNPPolicy.portable.rawValue == 0x30000)
        #expect(SNPPolicy.portableDebug.rawValue == 0xb0000)
        #expect(VMSAFeatures.secureAVIC(offered: nil).rawValue == 1 << 16)
        let offered = VMSAFeatures(rawValue: 1 << 63 | 1 << 16 | 1 << 9)
        #expect(VMSAFeatures.secureAVIC(offered: offered).bits == [16, 63])
    }

    /// Where older headers have no member, this tool reads the union itself.
    @Test("A memory fault is read from where the union of kvm_run begins")
    func memoryFaultIsReadFromTheUnionsStart() throws {
        let page = try GuestMemory(count: 4096)
        page.store(UInt64(8), at: 32)
        page.store(UInt64(0x7000), at: 40)
        page.store(UInt64(0x1000), at: 48)
        let fault = page.withBytes(at: 0, count: 4096) { span in
            unsafe span.withUnsafeBytes {
                unsafe ckvm_memory_fault($0.assumingMemoryBound(to: kvm_run.self).baseAddress)
            }
        }
        #expect(fault.flags == 8 && fault.gpa == 0x7000 && fault.size == 0x1000)
    }
}
