import Glibc

/// Who may open a device file, for advice that fits this host.
package struct DeviceOwner: Hashable, Sendable {
    /// The owning group's name, or its number where it has none.
    package let group: String
    /// Whether that group may read and write.
    package let groupMayUse: Bool

    /// Looks at the file; nil where it cannot be looked at.
    package init?(of path: String) {
        var status = stat()
        // SAFETY: the path ends with a zero, and `status` is what the call fills.
        guard unsafe path.withCString({ unsafe stat($0, &status) }) == 0 else { return nil }
        // SAFETY: libc returns a record that stays until the next call, or nil.
        let entry = unsafe getgrgid(status.st_gid)
        group =
            unsafe entry.map { unsafe String(cString: $0.pointee.gr_name) }
            ?? "\(status.st_gid)"
        groupMayUse = status.st_mode & 0o060 == 0o060
    }

    package init(group: String, groupMayUse: Bool) {
        self.group = group
        self.groupMayUse = groupMayUse
    }

    /// How the user can come to use the device at `path`, in one sentence.
    package func remedy(for path: String) -> String {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        return groupMayUse
            ? "join its group: sudo usermod -aG \(group) $USER, then log in again"
            : "its group \(group) may not use it either: add a udev rule, "
                + "KERNEL==\"\(name)\", GROUP=\"kvm\", MODE=\"0660\", and join that group"
    }

    /// The same for the owner that the device has on this host.
    package static func remedy(for path: String) -> String {
        DeviceOwner(of: path)?.remedy(for: path) ?? "look at the owner of \(path)"
    }
}
