import Glibc

/// What a terminal says of itself.
package enum Terminal {
    /// How many columns the terminal has that a descriptor is open on (TIOCGWINSZ, ioctl_tty(2)).
    /// nil where it is no terminal, or one that does not know.
    package static func columns(of descriptor: Int32) -> Int? {
        var size = winsize()
        // SAFETY: the kernel fills the structure that the request is declared with, in the call.
        let result = unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size)
        return result == 0 && size.ws_col > 0 ? Int(size.ws_col) : nil
    }
}
