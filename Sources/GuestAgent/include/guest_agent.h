/* The guest agent's machine code, to be copied into guest memory. It is never run by the host. */
#ifndef SAVIC_EOI_GUEST_AGENT_H
#define SAVIC_EOI_GUEST_AGENT_H

#include <stddef.h>

#include "mailbox.h"

/* A position-independent image: load it at any address that the guest maps one to one. */
struct guest_agent {
    const void *bytes;
    size_t length; /* bytes */
    size_t entry;  /* offset of the first instruction: RDI = mailbox, RSP = stack top */
    size_t stubs;  /* offset of the stub table: vector n is at stubs + n * AGENT_STUB_SIZE */
};

/* The agent for an ordinary VM: exits by OUT. */
struct guest_agent guest_agent_plain(void);

#endif
