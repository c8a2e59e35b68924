/*
 * The yardstick: a bare C loop that does, per level-triggered EOI round trip, the same ioctls as
 * the Swift backend. What Swift costs on top is the difference between the two.
 */
#ifndef SAVIC_EOI_CROUNDTRIP_H
#define SAVIC_EOI_CROUNDTRIP_H

#include <stddef.h>
#include <stdint.h>

struct croundtrip_guest {
    const void *image;       /* the plain guest agent's machine code */
    size_t length;           /* bytes, at most 64 KiB */
    size_t entry;            /* offset of its first instruction */
    size_t stubs;            /* offset of its table of 256 interrupt stubs */
    uint32_t gsi;            /* below 24 */
    uint8_t vector;          /* 32 … 254 */
    uint8_t settles;         /* this KVM ends interrupts itself: one more RUN after each accept */
};

/*
 * Rounds per second of the steps assert, run (accepts), deassert, eoi (with the EOI exit), sti, and
 * KVM_GET_LAPIC after each of them and at the EOI exit; making the VM is measured with them. Every
 * round must bring one EOI exit with `vector`. Negative on failure, with errno (or EPROTO: the
 * guest did not do what a round expects) in *error.
 */
double croundtrip_measure(const struct croundtrip_guest *guest, unsigned rounds, int *error);

#endif
