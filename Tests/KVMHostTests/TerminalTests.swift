import Glibc
import Testing

@testable import KVMHost

@Suite("What a terminal says of itself")
struct TerminalTests {
    @Test("The columns are those that the terminal was told (ioctl_tty(2), TIOCSWINSZ)")
    func columns() {
        let terminal = unsafe open("/dev/ptmx", O_RDWR | O_NOCTTY)
        defer { close(terminal) }
        #expect(Terminal.columns(of: terminal) == nil, "a new one knows no size")
        var size = winsize(ws_row: 24, ws_col: 93, ws_xpixel: 0, ws_ypixel: 0)
        // SAFETY: the kernel reads the structure that the request is declared with, in the call.
        let result = unsafe ioctl(terminal, UInt(TIOCSWINSZ), &size)
        #expect(result == 0)
        #expect(Terminal.columns(of: terminal) == 93)
    }

    @Test("What is no terminal has no columns")
    func noTerminal() {
        let file = unsafe open("/dev/null", O_RDONLY)
        defer { close(file) }
        #expect(Terminal.columns(of: file) == nil)
        #expect(Terminal.columns(of: -1) == nil)
    }
}
