/// Whether a guest's step includes the vCPU entry around it (model-contract §6).
public enum Granularity: String, Sendable, CaseIterable {
    /// Single actions of model-contract §6.1, which no host program can force on a real KVM: only
    /// the model and the emulator perform them.
    case atomic
    /// What a host program can force: every backend can perform it.
    case step
}
