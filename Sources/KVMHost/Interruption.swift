import CKVM

/// The wish of the user, of a supervisor or of a terminal that goes away, that the tool should
/// stop: SIGINT, SIGTERM or SIGHUP.
package enum Interruption {
    /// From now on each of them ends the process with exit status 130, at once: for as long as
    /// there is nothing to lose. Errors: `.call(sigaction)`.
    package static func endsProcess() throws(KVMError) {
        let errno = ckvm_end_at_interruption()
        if errno != 0 { throw .failed(.sigaction, errno) }
    }

    /// From now on the first of each of them only sets a flag, which also ends a running vCPU
    /// within a tick of the watchdog; a second one kills as usual.
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
