import CKVM

/// The wish of the user, or of a supervisor, that the tool should stop: SIGINT or SIGTERM.
package enum Interruption {
    /// From now on the first SIGINT and the first SIGTERM only set a flag, which also ends a
    /// running vCPU within a tick of the watchdog; a second one kills as usual.
    /// Errors: `.call(sigaction)`.
    package static func install() throws(KVMError) {
        let errno = ckvm_install_interruption()
        if errno != 0 { throw .failed(.sigaction, errno) }
    }

    /// Whether one has come.
    package static var requested: Bool { ckvm_interruption() != 0 }

    /// Which one: a signal number, or 0.
    package static var signal: Int32 { ckvm_interruption() }
}
