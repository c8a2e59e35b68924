/* Signals: the watchdog's kick and the user's Ctrl-C. Handlers must be async-signal-safe: C. */
#define _GNU_SOURCE
#include "ckvm.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

/* glibc keeps the first real-time signals for itself; the next few are popular with runtimes. */
#define KICK_SIGNAL (SIGRTMIN + 5)

/* Set by a handler, read by other threads: lock-free, and so async-signal-safe too. */
static _Atomic int interruption;

/* Empty on purpose: a signal that has a handler makes KVM_RUN return EINTR, and that is all. */
static void on_kick(int signal)
{
    (void)signal;
}

static void on_interruption(int signal)
{
    interruption = signal;
}

pid_t ckvm_kickable_thread(void)
{
    static __thread pid_t id;

    if (id == 0) {
        sigset_t kick;

        sigemptyset(&kick);
        sigaddset(&kick, KICK_SIGNAL);
        pthread_sigmask(SIG_UNBLOCK, &kick, NULL);
        id = gettid();
    }
    return id;
}

int ckvm_install_kick_handler(void)
{
    struct sigaction action = { .sa_handler = on_kick, .sa_flags = SA_RESTART };

    sigemptyset(&action.sa_mask);
    return sigaction(KICK_SIGNAL, &action, NULL) == 0 ? 0 : errno;
}

int ckvm_kick(pid_t thread)
{
    return tgkill(getpid(), thread, KICK_SIGNAL) == 0 ? 0 : errno;
}

int ckvm_install_interruption(void)
{
    struct sigaction action = {
        .sa_handler = on_interruption,
        .sa_flags = SA_RESTART | SA_RESETHAND,
    };

    sigemptyset(&action.sa_mask);
    if (sigaction(SIGINT, &action, NULL) != 0 || sigaction(SIGTERM, &action, NULL) != 0)
        return errno;
    return 0;
}

int ckvm_interruption(void)
{
    return interruption;
}

void ckvm_clear_interruption(void)
{
    interruption = 0;
}
