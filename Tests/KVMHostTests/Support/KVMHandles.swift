import Glibc
import KVMHost

/// KVM descriptors and vCPU mappings of this process, as the kernel lists them.
func kvmHandles() throws -> (descriptors: Int, mappings: Int) {
    var descriptors = 0
    for number in 0..<Int32(1024) {
        var target = [CChar](repeating: 0, count: 256)
        // SAFETY: 255 of 256 places may be written.
        let count = unsafe readlink("/proc/self/fd/\(number)", &target, 255)
        guard count > 0 else { continue }
        let name = String(decoding: target[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
        if name.contains("kvm") { descriptors += 1 }
    }
    guard case .found(let maps) = HostReader.live.text("/proc/self/maps") else {
        return (descriptors, -1)
    }
    return (descriptors, maps.split(separator: "\n").count { $0.contains("kvm-vcpu") })
}
