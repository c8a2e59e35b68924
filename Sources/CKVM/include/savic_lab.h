/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * What savic-eoi and the kernel lab (hosttests/savic-kernel) say to each other: a private
 * capability of KVM that no released kernel has. This one header is compiled by both sides.
 *
 * KVM_CHECK_EXTENSION answers SAVIC_LAB_VERSION. KVM_ENABLE_CAP on a VM, behind its irqchip and
 * before its first vCPU, makes each of its vCPUs a simulated Secure AVIC one: args[0] is what the
 * simulated hardware does, args[1] to args[3] the name of the EOI design, zeros behind it. It
 * fails with ENOENT where the kernel has no such design.
 */
#ifndef SAVIC_LAB_H
#define SAVIC_LAB_H

/* "SVIC" */
#define SAVIC_LAB_CAPABILITY 0x53564943
#define SAVIC_LAB_VERSION 1

/*
 * args[0]: the assumptions in the order of reports, each in the bits that its values need. Its
 * default is 0, and the others count up in the order of “savic-eoi explain”.
 *
 * Bits 1:0: who writes TMR in the guest's page.
 */
#define SAVIC_LAB_PAGE_TMR_MASK 0x3
#define SAVIC_LAB_PAGE_TMR_ACCURATE 0
#define SAVIC_LAB_PAGE_TMR_ALWAYS 1
#define SAVIC_LAB_PAGE_TMR_NEVER 2
#define SAVIC_LAB_PAGE_TMR_GUEST 3
/* A WRMSR of EOI ends a level vector without #VC. */
#define SAVIC_LAB_LEVEL_EOI_ENDS 0x4
/* VMRUN leaves a requested vector that ALLOWED_IRR does not have in RequestedIRR. */
#define SAVIC_LAB_DISALLOWED_KEPT 0x8
/* The same for all vectors as long as SAVIC_CONTROL.EN is 0. */
#define SAVIC_LAB_BEFORE_ENABLE_KEPT 0x10
#define SAVIC_LAB_ASSUMPTIONS 0x1f

/* Bytes of the design's name, with at least one zero at its end. */
#define SAVIC_LAB_NAME_SIZE 24

#endif
