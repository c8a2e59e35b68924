import CKVM

/// Every system call and ioctl that this module makes, by the kernel's name for it.
package enum KernelCall: String, CaseIterable, Sendable {
    case open, mmap, eventfd, read, write
    case pthreadCreate = "pthread_create"
    case sigaction
    // On /dev/kvm.
    case getAPIVersion = "KVM_GET_API_VERSION"
    case createVM = "KVM_CREATE_VM"
    case checkExtension = "KVM_CHECK_EXTENSION"
    case getVCPUMmapSize = "KVM_GET_VCPU_MMAP_SIZE"
    case getSupportedCPUID = "KVM_GET_SUPPORTED_CPUID"
    case getDeviceAttr = "KVM_GET_DEVICE_ATTR"
    // On a VM.
    case enableCap = "KVM_ENABLE_CAP"
    case createVCPU = "KVM_CREATE_VCPU"
    case createIRQChip = "KVM_CREATE_IRQCHIP"
    case getIRQChip = "KVM_GET_IRQCHIP"
    case setIRQChip = "KVM_SET_IRQCHIP"
    case setUserMemoryRegion = "KVM_SET_USER_MEMORY_REGION"
    case irqLine = "KVM_IRQ_LINE"
    case irqLineStatus = "KVM_IRQ_LINE_STATUS"
    case setGSIRouting = "KVM_SET_GSI_ROUTING"
    case signalMSI = "KVM_SIGNAL_MSI"
    case irqFD = "KVM_IRQFD"
    case setMSRFilter = "KVM_X86_SET_MSR_FILTER"
    case createGuestMemFD = "KVM_CREATE_GUEST_MEMFD"
    case setUserMemoryRegion2 = "KVM_SET_USER_MEMORY_REGION2"
    case setMemoryAttributes = "KVM_SET_MEMORY_ATTRIBUTES"
    case memoryEncryptOp = "KVM_MEMORY_ENCRYPT_OP"
    // On a vCPU.
    case run = "KVM_RUN"
    case getRegs = "KVM_GET_REGS"
    case setRegs = "KVM_SET_REGS"
    case getSregs = "KVM_GET_SREGS"
    case setSregs = "KVM_SET_SREGS"
    case setCPUID2 = "KVM_SET_CPUID2"
    case interrupt = "KVM_INTERRUPT"
    case getMPState = "KVM_GET_MP_STATE"
    case setMPState = "KVM_SET_MP_STATE"
    case getLAPIC = "KVM_GET_LAPIC"
    case setLAPIC = "KVM_SET_LAPIC"
    // On /dev/sev.
    case sevIssueCmd = "SEV_ISSUE_CMD"

    /// The request number of an ioctl, or nil for a call that is none.
    package var request: UInt? {
        switch self {
        case .open, .mmap, .eventfd, .read, .write, .pthreadCreate, .sigaction: nil
        case .getAPIVersion: UInt(CKVM_GET_API_VERSION)
        case .createVM: UInt(CKVM_CREATE_VM)
        case .checkExtension: UInt(CKVM_CHECK_EXTENSION)
        case .getVCPUMmapSize: UInt(CKVM_GET_VCPU_MMAP_SIZE)
        case .getSupportedCPUID: UInt(CKVM_GET_SUPPORTED_CPUID)
        case .getDeviceAttr: UInt(CKVM_GET_DEVICE_ATTR)
        case .enableCap: UInt(CKVM_ENABLE_CAP)
        case .createVCPU: UInt(CKVM_CREATE_VCPU)
        case .createIRQChip: UInt(CKVM_CREATE_IRQCHIP)
        case .getIRQChip: UInt(CKVM_GET_IRQCHIP)
        case .setIRQChip: UInt(CKVM_SET_IRQCHIP)
        case .setUserMemoryRegion: UInt(CKVM_SET_USER_MEMORY_REGION)
        case .irqLine: UInt(CKVM_IRQ_LINE)
        case .irqLineStatus: UInt(CKVM_IRQ_LINE_STATUS)
        case .setGSIRouting: UInt(CKVM_SET_GSI_ROUTING)
        case .signalMSI: UInt(CKVM_SIGNAL_MSI)
        case .irqFD: UInt(CKVM_IRQFD)
        case .setMSRFilter: UInt(CKVM_SET_MSR_FILTER)
        case .createGuestMemFD: UInt(CKVM_CREATE_GUEST_MEMFD)
        case .setUserMemoryRegion2: UInt(CKVM_SET_USER_MEMORY_REGION2)
        case .setMemoryAttributes: UInt(CKVM_SET_MEMORY_ATTRIBUTES)
        case .memoryEncryptOp: UInt(CKVM_MEMORY_ENCRYPT_OP)
        case .run: UInt(CKVM_RUN)
        case .getRegs: UInt(CKVM_GET_REGS)
        case .setRegs: UInt(CKVM_SET_REGS)
        case .getSregs: UInt(CKVM_GET_SREGS)
        case .setSregs: UInt(CKVM_SET_SREGS)
        case .setCPUID2: UInt(CKVM_SET_CPUID2)
        case .interrupt: UInt(CKVM_INTERRUPT)
        case .getMPState: UInt(CKVM_GET_MP_STATE)
        case .setMPState: UInt(CKVM_SET_MP_STATE)
        case .getLAPIC: UInt(CKVM_GET_LAPIC)
        case .setLAPIC: UInt(CKVM_SET_LAPIC)
        case .sevIssueCmd: UInt(CKVM_SEV_ISSUE_CMD)
        }
    }
}
