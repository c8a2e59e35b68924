/* The guest agents' machine code, to be copied into guest memory. It is never run by the host. */
#ifndef SAVIC_EOI_GUEST_AGENT_H
#define SAVIC_EOI_GUEST_AGENT_H

#include <stddef.h>
#include <stdint.h>

#include "backing_page.h"
#include "ghcb.h"
#include "mailbox.h"
#include "x2apic.h"

/* A position-independent image: load it at any address that the guest maps one to one. */
struct guest_agent {
    const void *bytes;
    size_t length;         /* bytes */
    size_t entry;          /* offset of the first instruction: RSP = stack top, RDI = mailbox; */
                           /* secure also RSI = GHCB, RDX = backing page */
    size_t stubs;          /* offset of the stubs: vector n is at stubs + n * AGENT_STUB_SIZE */
    size_t commands;       /* offset of the command table: 32-bit offsets from its own start */
    const uint32_t *sites; /* offsets of all VMGEXIT instructions, 4 bytes each */
    size_t site_count;
};

/* The agent for an ordinary VM: exits by OUT. */
struct guest_agent guest_agent_plain(void);

/* The agent for an SEV-SNP guest with Secure AVIC: exits by VMGEXIT. */
struct guest_agent guest_agent_secure(void);

#endif
