enum Snapshot {}

extension Snapshot {
    /// The terminal at 80 columns.
    static let text80 = #"""
        savic-eoi 1.0.0
        backend       model (no /dev/kvm on this host)
        irqchip       split
        design        rfc-v2
        assumptions   page-tmr=accurate, guest-eoi=linux
        kernel rules  unmask-resamples yes, found by probes

        pass     level-basic               compared 12 steps, 3 EOIs    A level line…
        hazard   nested-eoi                compared 1 step, 1 EOI
                 hazard: attribution, redelivery
        fail     level-retrigger           compared 6 steps, 1 EOI      A line that i…
                 step 6: EOI-WRONG-VECTOR
                 The EOI exit names another vector than the guest ended: the wrong pin
                 is acknowledged and the right one stays blocked (stories, shape b).
                   field                expected  observed  before
                   EOI exit vector      0x41      0x31      –
                   remote IRR of pin 3  0         1         1
                   (3 earlier steps left out)
                      4  raise pin 3  accept 0x41
                      5  raise pin 4
                   →  6  eoi          EOI exit 0x31
                 not observable: shadow ISR, shadow IRR (KVM_GET_LAPIC answers EINVAL)
                 rerun: savic-eoi run level-retrigger --backend model --design rfc-v2 --irqchip \#
        split

        skip     resample-ack              needs the irqchip in the kernel
        timeout  storm                     compared 40 steps, 20 EOIs   A line that n…
                 no answer within 10 s at step 41: eoi
                 rerun: savic-eoi run storm

        error    a<b> & "c" #7 ␛[31m␊␀end  compared 0 steps, 0 EOIs     A stranger's…
                 KVM_RUN failed # EFAULT at ␛[2Jstep 1
                 rerun: savic-eoi run ./stranger.yaml

        fail     level-retrigger
                 step 6: EOI-WRONG-VECTOR: EOI exit vector expected 0x41, observed 0x31
                 rerun: savic-eoi run level-retrigger --backend model --design rfc-v2 --irqchip \#
        split
        timeout  storm
                 no answer within 10 s at step 41: eoi
                 rerun: savic-eoi run storm
        error    a<b> & "c" #7 ␛[31m␊␀end
                 KVM_RUN failed # EFAULT at ␛[2Jstep 1
                 rerun: savic-eoi run ./stranger.yaml

        1 skipped: needs the irqchip in the kernel; add --irqchip kernel
        1 not run or not finished: never-reached
        known hazards of rfc-v2: attribution in 1, redelivery in 1
        6 scenarios in 10.016 s, compared 59 steps, 472 fields, 25 EOIs
        2 pass (1 hazard), 1 fail, 1 skip, 1 timeout, 1 error, 1 unfinished

        """#
}
