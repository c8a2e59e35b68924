/* What Swift's file interfaces do not offer. */
#define _GNU_SOURCE
#include "ckvm.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int ckvm_fill_standard_streams(void)
{
    for (int number = STDIN_FILENO; number <= STDERR_FILENO; number++) {
        if (fcntl(number, F_GETFD) != -1)
            continue;
        /* The lowest free number is this one. Its read or write fails as on the closed one. */
        if (open("/dev/null", number == STDIN_FILENO ? O_WRONLY : O_RDONLY) == -1)
            return errno;
    }
    return 0;
}

int ckvm_move_file(const char *from, const char *to, int replaces)
{
    if (replaces)
        return rename(from, to) == 0 ? 0 : errno;
    if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
        return 0;
    /* Not every filesystem knows the flag (NFS). link() does not replace either. */
    if (errno != EINVAL && errno != ENOSYS)
        return errno;
    if (link(from, to) != 0)
        return errno;
    return unlink(from) == 0 ? 0 : errno;
}
