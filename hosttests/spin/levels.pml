/*
 * levels(N): N level-triggered lines that share one Secure AVIC vCPU, under the EOI design rfc-v2.
 * A second account of the same rules, in Promela, written from model-contract and not from
 * the Swift code, so that equal counts of states and transitions mean something.
 *
 *   spin -DN=5 -DNESTING=1 -a levels.pml
 *
 * N        1 to 8: how many lines there are.
 * NESTING  1: the guest may set its interrupt flag inside a handler. 0: only outside of all.
 *
 * Line k is at pin k + 2 and has vector 0x31 + 0x10 * k. The vectors are one priority class apart
 * and ascend with the pins, so bit k of every set below stands for line k, its pin and its vector,
 * and the highest bit is the vector of the highest priority.
 *
 * What does not vary in levels(N) is not stored: every pin is level-triggered, unmasked and routed
 * to the one vCPU, every vector is handled and ALLOWED, and TPR is 0. The design is rfc-v2, the
 * page's TMR is accurate, and the guest ends interrupts as Linux does.
 *
 * Each option of the loop is one atomic action: a d_step that begins with the action's guard. So
 * Spin stores exactly the states between actions, and its transitions are the actions, and one
 * more: it counts the initial state as a transition into it.
 */
#ifndef N
#error "which N? Say -DN=5"
#endif
#ifndef NESTING
#error "with nesting or without? Say -DNESTING=1 or -DNESTING=0"
#endif

/* EACH(OPTION) writes OPTION(0) … OPTION(N - 1). */
#define EACH_1(OPTION) OPTION(0)
#define EACH_2(OPTION) EACH_1(OPTION) OPTION(1)
#define EACH_3(OPTION) EACH_2(OPTION) OPTION(2)
#define EACH_4(OPTION) EACH_3(OPTION) OPTION(3)
#define EACH_5(OPTION) EACH_4(OPTION) OPTION(4)
#define EACH_6(OPTION) EACH_5(OPTION) OPTION(5)
#define EACH_7(OPTION) EACH_6(OPTION) OPTION(6)
#define EACH_8(OPTION) EACH_7(OPTION) OPTION(7)
#define JOIN(a, b) a ## b
#define EACH_OF(n) JOIN(EACH_, n)
#define EACH EACH_OF(N)

#define BIT(k) (1 << (k))
#define HAS(set, k) ((set) & BIT(k))
#define HIGHEST(set, k) ((set) >> (k) == 1)
#define NONE_FROM(set, k) ((set) >> (k) == 0)

/* The IOAPIC. */
byte line;              /* the lines that are high */
byte remote_irr;        /* Remote IRR of the redirection entries */

/* KVM's APIC of the vCPU, and what it hands to the hardware. */
byte irr;               /* software IRR */
byte tmr;               /* software TMR */
byte shadow;            /* shadow ISR: what KVM believes to be in service or on its way there */
byte requested;         /* RequestedIRR of the VMCB */

/* The guest's backing page, which only hardware and guest see, and the guest. */
byte page_irr;
byte page_isr;
byte page_tmr;
bit interrupt_flag;

/* The IOAPIC delivers a level interrupt. */
inline service(k) {
        tmr = tmr | BIT(k);
        irr = irr | BIT(k);
        remote_irr = remote_irr | BIT(k)
}

/*
 * KVM takes k for the vector that was ended, and the IOAPIC gets its EOI. It is a level EOI, since
 * the software TMR has every vector that was ever delivered: no edge clears a bit of it here.
 */
inline complete(k) {
        shadow = shadow & ~BIT(k);
        remote_irr = remote_irr & ~BIT(k);
        if
        :: HAS(line, k) -> service(k)
        :: else
        fi
}

/*
 * KVM's EOI exit, which does not say what was ended: rfc-v2 takes the highest vector of the shadow
 * ISR. With none there KVM would use vector -1. That is never reached, or Spin says so.
 */
#define COMPLETE(k) :: HIGHEST(shadow, k) -> complete(k)
inline eoi_exit() {
        if
        EACH(COMPLETE)
        :: else -> assert(false)
        fi
}

/* assert: the device raises its line, which is serviced unless its last interrupt is pending. */
#define ASSERT(k) :: d_step { \
        !HAS(line, k); \
        line = line | BIT(k); \
        if \
        :: !HAS(remote_irr, k) -> service(k) \
        :: else \
        fi }

/* deassert: the device lowers its line. Nothing else. */
#define DEASSERT(k) :: d_step { \
        HAS(line, k); \
        line = line & ~BIT(k) }

/* inject: KVM hands over all that is pending. Level vectors enter the shadow ISR already now. */
#define INJECT :: d_step { \
        irr != 0; \
        requested = requested | irr; \
        shadow = shadow | (irr & tmr); \
        irr = 0 }

/* vmrun: the hardware moves what was handed over to the page. Its TMR is accurate: each vector */
/* that is moved takes its bit of the software TMR along. */
#define VMRUN :: d_step { \
        requested != 0; \
        page_irr = page_irr | requested; \
        page_tmr = (page_tmr & ~requested) | (tmr & requested); \
        requested = 0 }

/* accept: the vCPU takes the highest vector, if none of its class or above is in service. */
#define ACCEPT(k) :: d_step { \
        interrupt_flag && HIGHEST(page_irr, k) && NONE_FROM(page_isr, k); \
        page_irr = page_irr & ~BIT(k); \
        page_isr = page_isr | BIT(k); \
        interrupt_flag = 0 }

/* eoi: the guest ends its highest vector, as Linux does: a level vector by a GHCB exit to KVM, */
/* another one natively, which clears its bit in the page without an exit. */
#define EOI(k) :: d_step { \
        HIGHEST(page_isr, k); \
        page_isr = page_isr & ~BIT(k); \
        if \
        :: HAS(page_tmr, k) -> eoi_exit() \
        :: else \
        fi }

/* sti, cli */
#define STI :: d_step { \
        !interrupt_flag && (NESTING || page_isr == 0); \
        interrupt_flag = 1 }
#define CLI :: d_step { \
        interrupt_flag; \
        interrupt_flag = 0 }

/* Globals start at 0: no line is high, nothing is pending, and interrupts are off. */
init {
        do
        EACH(ASSERT)
        EACH(DEASSERT)
        INJECT
        VMRUN
        EACH(ACCEPT)
        EACH(EOI)
        STI
        CLI
        od
}
