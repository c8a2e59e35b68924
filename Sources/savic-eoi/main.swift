import Commands
import Glibc

exit(savicEOIProcess(Array(CommandLine.arguments.dropFirst())))
