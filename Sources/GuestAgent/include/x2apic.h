/*
 * MSRs of the x2APIC: 0x800 plus a sixteenth of the register's offset in an xAPIC's page, which
 * is its offset in a backing page too (kvm-snp-uapi §3.4).
 */
#ifndef SAVIC_EOI_X2APIC_H
#define SAVIC_EOI_X2APIC_H

#define MSR_X2APIC_FIRST 0x800
#define MSR_X2APIC_COUNT 0x40
#define MSR_X2APIC_ID 0x802
#define MSR_X2APIC_VERSION 0x803
#define MSR_X2APIC_TPR 0x808
#define MSR_X2APIC_PPR 0x80a
#define MSR_X2APIC_EOI 0x80b
#define MSR_X2APIC_LDR 0x80d
#define MSR_X2APIC_SPIV 0x80f
/* Eight registers each. */
#define MSR_X2APIC_ISR 0x810
#define MSR_X2APIC_TMR 0x818
#define MSR_X2APIC_IRR 0x820
#define MSR_X2APIC_ICR 0x830
/* Timer, thermal sensor, performance counters, LINT0, LINT1, error. */
#define MSR_X2APIC_LVT_FIRST 0x832
#define MSR_X2APIC_LVT_LAST 0x837
#define MSR_X2APIC_SELF_IPI 0x83f

/* Spurious-interrupt vector 0xFF, APIC software-enabled (bit 8), EOI broadcast not suppressed. */
#define SPIV_ENABLED 0x1ff

#endif
