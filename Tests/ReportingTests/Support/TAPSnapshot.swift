extension Snapshot {
    /// TAP version 14.
    static let tap = #"""
        TAP version 14
        1..3
        # tool: savic-eoi 1.0.0
        # backend: model (no /dev/kvm on this host)
        # irqchip: split
        # design: rfc-v2
        # assumptions: page-tmr=accurate, guest-eoi=linux
        # kernel rules: unmask-resamples yes, found by probes
        # started: nested-eoi
        ok 1 - nested-eoi
          ---
          message: "compared 1 step, 8 fields, 1 EOI; hazard: attribution, redelivery"
          verdict: "pass"
          group: "nesting"
          summary: "An EOI inside a nested handler"
          duration: 0.005
          compared:
            steps: 1
            fields: 8
            eois: 1
            endings: 0
            unjudged: 0
            leftOut: 0
          hazards:
            - "attribution"
            - "redelivery"
          rerun: "savic-eoi run nested-eoi"
          ...
        # started: level-retrigger
        not ok 2 - level-retrigger
          ---
          message: "step 6: EOI-WRONG-VECTOR: EOI exit vector expected 0x41, observed 0x31"
          verdict: "fail"
          group: "level"
          summary: "A line that is held is delivered again"
          duration: 0.006
          compared:
            steps: 6
            fields: 48
            eois: 1
            endings: 0
            unjudged: 0
            leftOut: 0
          code: "EOI-WRONG-VECTOR"
          step: 6
          field: "EOI exit vector"
          expected: "0x41"
          observed: "0x31"
          explanation: "The EOI exit names another vector than the guest ended: the wrong pin is \#
        acknowledged and the right one stays blocked (stories, shape b)."
          differences:
            - field: "EOI exit vector"
              expected: "0x41"
              observed: "0x31"
              before: ""
          history:
            - step: 6
              text: "eoi"
              events: "EOI exit 0x31"
          omittedSteps: 3
          rerun: "savic-eoi run level-retrigger --backend model --design rfc-v2 --irqchip split"
          ...
        # started: resample-ack
        ok 3 - resample-ack # SKIP needs the irqchip in the kernel; add --irqchip kernel
        # ran: 3 scenarios in 0.011 s, compared 7 steps, 56 fields, 2 EOIs
        # sums: 1 pass (1 hazard), 1 fail, 1 skip, 0 timeout, 0 error

        """#
}
