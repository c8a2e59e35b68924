/// `savic-eoi show stuck-line` on 80 columns: looked at by a person, and held from then on.
enum TimelinePicture {
    static let stuckLine = """
        stuck-line  after one wrong EOI a level line is dead for ever
        rfc-v2 on model, irqchip split, line 2 = 0x31, line 3 = 0x41
        ✗ step 5: the EOI of 0x31 is taken for 0x41

        step            1        2        3        4        5        ▶ 5      6
                        assert   run      assert   deassert enter    eoi      sti
                        2                 3        2
        line 2  0x31    ╱▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔╲▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁
        line 3  0x41    ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁╱▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔
        Remote IRR 2    ╞════════════════════════════════════════════╞ orphan══════════
        Remote IRR 3    ·        ·        ╞══════════════════════════╞freed ✗══════════
        KVM IRR         ╞31══════·        ╞41═══════════════·        ╞41══════·
        page IRR        ·        ·        ·        ·        ╞41═══════════════·
        guest IF        ▔▔▔▔▔▔▔▔▔╲▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁

        page ISR (real) ·        ╞31═════════════════════════════════·        ╞41══════
        shadow ISR      ·        ╞31════════════════════════╞41 31 ≠═╞(31)════╞41 (31)═

        guest takes     ·        31       ·        ·        ·        ·        41
        guest ends      ·        ·        ·        ·        ·        31       ·
        KVM completes   ·        ·        ·        ·        ·        41 ✗     ·
        EOI exit        ·        ·        ·        ·        ·        41       ·
        ack pin         ·        ·        ·        ·        ·        3 ✗      ·

        attribution     ·        ·        ·        ·        ·        ✗        ·
        premature ack   ·        ·        ·        ·        ·        ✗        ·
        orphaned R.IRR  ·        ·        ·        ·        ·        ╞✗════════════════
        stale shadow    ·        ·        ·        ·        ·        ╞✗════════════════

        step            7        8        9        10       11       12       13
                        deassert eoi      sti      assert   run      deassert eoi
                        3                          2                 2
                                                                              (not)
        line 2  0x31    ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁╱▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔╲▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁
        line 3  0x41    ╲▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁
        Remote IRR 2    ═ orphan═══════════════════════════════════════════════════════
        Remote IRR 3    ═════════·        ·        ·        ·        ·        ·
        guest IF        ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁╱▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔

        page ISR (real) ═41══════·        ·        ·        ·        ·        ·
        shadow ISR      ═41 (31)═╞(31)═════════════════════════════════════════════════

        guest ends      ·        41       ·        ·        ·        ·        ·
        KVM completes   ·        41       ·        ·        ·        ·        ·
        EOI exit        ·        41       ·        ·        ·        ·        ·
        ack pin         ·        3        ·        ·        ·        ·        ·

        orphaned R.IRR  ═✗═════════════════════════════════════════════════════════════
        stale shadow    ═✗═════════════════════════════════════════════════════════════
        stuck line 2    ·        ·        ·        ╞✗════════════════·        ·

        wrong   guest ends 0x31 ──▶ KVM completes 0x41 ══▶ acks pin 3
        right                                     0x31 ┈┈▶ pin 2
        why     since step 5 (enter) the guest would end 0x31, and rfc-v2 would complete
                0x41: noted is 0x31 and 0x41
        then    at the end Remote IRR of pin 2 is set, and no EOI of its own will come
        stuck   line 2: from step 10 (assert) until step 12 (deassert) nothing that KVM,
                the hardware and the guest's handlers can still do serves it
        breaks  attribution, no-premature-ack, no-orphaned-remote-irr, no-stale-shadow
        again   savic-eoi show stuck-line

        ╞ changes here   ═ as before   · nothing   ≠ KVM would end another vector
        (31) noted, but nowhere on its way
        """
}
