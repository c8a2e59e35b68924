import Commands
import Glibc

exit(savicEOI(Array(CommandLine.arguments.dropFirst())))
