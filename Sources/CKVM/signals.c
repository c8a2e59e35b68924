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

/* Nothing has begun yet that could be lost. _exit is async-signal-safe. */
static void on_early_interruption(int signal)
{
    (void)signal;
    _exit(CKVM_INTERRUPTED);
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

/* Gives the three signals a handler; a SIGHUP that nohup(1) has put off stays so. */
static int handle_interruptions(void (*handler)(int))
{
    static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
    struct sigaction action = { .sa_handler = handler, .sa_flags = SA_RESTART | SA_RESETHAND };

    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
        struct sigaction old;

        if (sigaction(signals[i], NULL, &old) != 0)
            return errno;
        if (signals[i] == SIGHUP && old.sa_handler == SIG_IGN)
            continue;
        if (sigaction(signals[i], &action, NULL) != 0)
            return errno;
    }
    return 0;
}

int ckvm_end_at_interruption(void)
{
    return handle_interruptions(on_early_interruption);
}

int ckvm_install_interruption(void)
{
    return handle_interruptions(on_interruption);
}

int ckvm_interruption(void)
{
    return interruption;
}

void ckvm_clear_interruption(void)
{
    interruption = 0;
}
