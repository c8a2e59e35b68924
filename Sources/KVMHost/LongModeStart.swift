import CKVM

/// The guest physical addresses that a vCPU starts from in 64-bit mode.
package struct LongModeStart: Sendable {
    /// RIP.
    package var instruction: UInt64
    /// RSP.
    package var stack: UInt64
    /// RDI, RSI, RDX: the first arguments of the System V calling convention.
    package var arguments: (UInt64, UInt64, UInt64)
    /// CR3: a PML4 table.
    package var pageTable: UInt64
    /// A descriptor table: entry 1 a 64-bit code segment, entry 2 a data segment.
    package var gdt: UInt64
    /// An interrupt table of 256 gates.
    package var idt: UInt64

    package init(
        instruction: UInt64, stack: UInt64, arguments: (UInt64, UInt64, UInt64),
        pageTable: UInt64, gdt: UInt64, idt: UInt64
    ) {
        (self.instruction, self.stack, self.arguments) = (instruction, stack, arguments)
        (self.pageTable, self.gdt, self.idt) = (pageTable, gdt, idt)
    }

    /// Code and data descriptors for `gdt`: flat, ring 0, 64-bit.
    static let descriptors: [UInt64] = [0, 0x00af_9b00_0000_ffff, 0x00cf_9300_0000_ffff]
    /// The selector of the code descriptor.
    package static let codeSelector: UInt16 = 8
    /// The selector of the data descriptor.
    package static let dataSelector: UInt16 = 16

    /// Fills the registers (AMD APM vol. 2, 14.8; kvm-snp-uapi §1.4 for what KVM checks).
    func apply(to special: inout kvm_sregs) {
        var code = kvm_segment()
        code.limit = 0xffff_ffff
        code.selector = LongModeStart.codeSelector
        code.type = 11  // execute, read, accessed
        code.present = 1
        code.s = 1
        code.l = 1
        code.g = 1
        var data = code
        data.selector = LongModeStart.dataSelector
        data.type = 3  // read, write, accessed
        data.l = 0
        data.db = 1
        special.cs = code
        special.ds = data
        special.es = data
        special.fs = data
        special.gs = data
        special.ss = data
        // No task switches here, but a VMSA takes the register over as it is: a 64-bit busy TSS.
        special.tr = kvm_segment()
        special.tr.limit = 0x67
        special.tr.type = 11
        special.tr.present = 1
        special.gdt.base = gdt
        special.gdt.limit = UInt16(8 * LongModeStart.descriptors.count - 1)
        special.idt.base = idt
        special.idt.limit = 16 * 256 - 1
        special.cr0 = 0x8001_0033  // PG, WP, NE, ET, MP, PE
        special.cr3 = pageTable
        special.cr4 = 0x620  // OSXMMEXCPT, OSFXSR, PAE
        special.efer = 0x500  // LMA, LME; SVME has to stay clear
        special.apic_base |= 0xc00  // EN, EXTD: x2APIC
    }
}
