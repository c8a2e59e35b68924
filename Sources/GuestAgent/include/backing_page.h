/*
 * The APIC backing page of Secure AVIC: x2APIC registers at their xAPIC offsets (secure-avic §1).
 * Registers of 256 vectors are eight 32-bit words, 0x10 apart, lowest vectors first.
 */
#ifndef SAVIC_EOI_BACKING_PAGE_H
#define SAVIC_EOI_BACKING_PAGE_H

#define BACKING_PAGE_ID 0x020
#define BACKING_PAGE_VERSION 0x030
#define BACKING_PAGE_TPR 0x080
#define BACKING_PAGE_LDR 0x0d0
#define BACKING_PAGE_SPIV 0x0f0
#define BACKING_PAGE_ISR 0x100
#define BACKING_PAGE_TMR 0x180
#define BACKING_PAGE_IRR 0x200
#define BACKING_PAGE_ALLOWED_IRR 0x204
#define BACKING_PAGE_WORD_STRIDE 0x10
#define BACKING_PAGE_SIZE 0x1000

#endif
