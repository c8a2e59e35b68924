/* A split-irqchip VM with the agent inside, as three descriptors and two mappings. */
#ifndef SAVIC_EOI_CROUNDTRIP_GUEST_H
#define SAVIC_EOI_CROUNDTRIP_GUEST_H

#include <ckvm.h>
#include <mailbox.h>

#include "croundtrip.h"

struct machine {
    int kvm, vm, vcpu;
    uint8_t *memory;
    struct kvm_run *run;
    size_t run_size;
    volatile struct mailbox *mailbox;
};

/* 0 or -1 with errno; either way machine_close() frees what there is. */
int machine_open(struct machine *machine, const struct croundtrip_guest *guest);
void machine_close(struct machine *machine);

#endif
