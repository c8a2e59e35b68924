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
    uint8_t reads_lapic;     /* KVM_GET_LAPIC after each step, as the comparison does */
    uint8_t expects_exit;    /* every round must bring one EOI exit with `vector` */
};

/*
 * Rounds per second of: assert the line, RUN until READY (accepts), EOI until READY (with the EOI
 * exit), STI until READY. Negative on failure, with errno (or EPROTO: the guest did not do what a
 * round expects) in *error.
 */
double croundtrip_measure(const struct croundtrip_guest *guest, unsigned rounds, int *error);

#endif
