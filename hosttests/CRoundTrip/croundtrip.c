/* The measured loop. */
#include "croundtrip.h"

#include <errno.h>
#include <sys/ioctl.h>
#include <time.h>

#include "guest.h"

struct round {
    struct machine machine;
    const struct croundtrip_guest *guest;
    uint64_t sequence;
    unsigned eoi_exits;
    struct kvm_lapic_state lapic;
};

static int protocol_error(void)
{
    errno = EPROTO;
    return -1;
}

/* What the comparison reads after each step. */
static int observe(struct round *round)
{
    return ioctl(round->machine.vcpu, KVM_GET_LAPIC, &round->lapic);
}

/* Runs until the agent's READY exit; windows are re-entered, EOI exits counted. */
static int run_until_ready(struct round *round, uint64_t echo)
{
    struct kvm_run *run = round->machine.run;

    for (;;) {
        if (ioctl(round->machine.vcpu, KVM_RUN, 0) < 0) {
            if (errno == EINTR)
                continue;
            return -1;
        }
        if (run->exit_reason == KVM_EXIT_IOAPIC_EOI) {
            if (run->eoi.vector != round->guest->vector)
                return protocol_error();
            round->eoi_exits++;
            /* The trigger mode of this EOI: the TMR that it saw. */
            if (observe(round) < 0)
                return -1;
        } else if (run->exit_reason == KVM_EXIT_IO && run->io.port == AGENT_READY_PORT) {
            return round->machine.mailbox->echo == echo ? 0 : protocol_error();
        } else if (run->exit_reason != KVM_EXIT_IO || run->io.port != AGENT_WINDOW_PORT) {
            return protocol_error();
        }
    }
}

static int exchange(struct round *round, uint32_t command)
{
    volatile struct mailbox *mailbox = round->machine.mailbox;

    mailbox->sequence = ++round->sequence;
    mailbox->command = command;
    mailbox->operand = 0;
    if (run_until_ready(round, round->sequence) < 0)
        return -1;
    return mailbox->result == AGENT_OK ? 0 : protocol_error();
}

static int command(struct round *round, uint32_t number)
{
    if (exchange(round, number) < 0)
        return -1;
    if (round->guest->settles && round->machine.mailbox->accepted_vector &&
        exchange(round, AGENT_RUN) < 0)
        return -1;
    return observe(round);
}

/* Asserts by the route's message. De-asserting sends none, so there is nothing to call. */
static int assert_line(struct round *round)
{
    struct kvm_irq_level irq = { .irq = round->guest->gsi, .level = 1 };

    return ioctl(round->machine.vm, KVM_IRQ_LINE_STATUS, &irq) < 0 ? -1 : observe(round);
}

static int one_round(struct round *round)
{
    unsigned before = round->eoi_exits;

    if (assert_line(round) < 0 || command(round, AGENT_RUN) < 0 || observe(round) < 0 ||
        command(round, AGENT_EOI) < 0 || command(round, AGENT_STI) < 0)
        return -1;
    return round->eoi_exits == before + 1 ? 0 : protocol_error();
}

static double seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

double croundtrip_measure(const struct croundtrip_guest *guest, unsigned rounds, int *error)
{
    struct round round = { .guest = guest };
    double begin, result = -1;
    unsigned done = 0;

    *error = 0;
    begin = seconds();
    if (machine_open(&round.machine, guest) < 0 || run_until_ready(&round, MAILBOX_HELLO) < 0 ||
        command(&round, AGENT_STI) < 0)
        goto out;
    while (done < rounds && one_round(&round) == 0)
        done++;
    if (done == rounds)
        result = rounds / (seconds() - begin);
out:
    if (result < 0)
        *error = errno;
    machine_close(&round.machine);
    return result;
}
