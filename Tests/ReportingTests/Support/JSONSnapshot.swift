extension Snapshot {
    /// The `run` document.
    static let json = #"""
        {
          "schemaVersion": 2,
          "tool": {"version": "1.0.0"},
          "host": {"kernel": "6.19.0", "cpu": "AMD EPYC 9755"},
          "backend": "model",
          "backendReason": "no /dev/kvm on this host",
          "irqchip": "split",
          "design": "rfc-v2",
          "assumptions": {"page-tmr": "accurate", "guest-eoi": "linux"},
          "kernelRules": "unmask-resamples yes, found by probes",
          "strict": false,
          "judged": true,
          "planned": 7,
          "scenarios": [
            {
              "name": "level-basic",
              "verdict": "pass",
              "group": "level",
              "summary": "A level line is delivered, ended and delivered again",
              "duration": 0.004,
              "compared": {
                "steps": 12,
                "fields": 96,
                "eois": 3,
                "endings": 0,
                "unjudged": 0,
                "leftOut": 0
              },
              "hazards": [],
              "unobservable": [],
              "rerun": "savic-eoi run level-basic"
            },
            {
              "name": "nested-eoi",
              "verdict": "pass",
              "group": "nesting",
              "summary": "An EOI inside a nested handler",
              "duration": 0.005,
              "compared": {"steps": 1, "fields": 8, "eois": 1, "endings": 0, "unjudged": 0, \#
        "leftOut": 0},
              "hazards": ["attribution", "redelivery"],
              "unobservable": [],
              "rerun": "savic-eoi run nested-eoi"
            },
            {
              "name": "level-retrigger",
              "verdict": "fail",
              "group": "level",
              "summary": "A line that is held is delivered again",
              "duration": 0.006,
              "compared": {"steps": 6, "fields": 48, "eois": 1, "endings": 0, "unjudged": 0, \#
        "leftOut": 0},
              "hazards": [],
              "mismatch": {
                "code": "EOI-WRONG-VECTOR",
                "step": 6,
                "field": "EOI exit vector",
                "expected": "0x41",
                "observed": "0x31",
                "explanation": "The EOI exit names another vector than the guest ended: the \#
        wrong pin is acknowledged and the right one stays blocked (stories, shape b).",
                "differences": [
                  {
                    "field": "EOI exit vector",
                    "expected": "0x41",
                    "observed": "0x31",
                    "before": ""
                  },
                  {
                    "field": "remote IRR of pin 3",
                    "expected": "0",
                    "observed": "1",
                    "before": "1"
                  }
                ],
                "history": [
                  {"step": 4, "text": "raise pin 3", "events": "accept 0x41"},
                  {"step": 5, "text": "raise pin 4", "events": ""},
                  {"step": 6, "text": "eoi", "events": "EOI exit 0x31"}
                ],
                "omittedSteps": 3
              },
              "unobservable": [
                {"field": "shadow ISR", "reason": "KVM_GET_LAPIC answers EINVAL"},
                {"field": "shadow IRR", "reason": "KVM_GET_LAPIC answers EINVAL"}
              ],
              "rerun": "savic-eoi run level-retrigger --backend model --design rfc-v2 --irqchip \#
        split"
            },
            {
              "name": "resample-ack",
              "verdict": "skip",
              "group": "ack",
              "summary": "An ack notifier fires once",
              "duration": 0.0,
              "compared": {"steps": 0, "fields": 0, "eois": 0, "endings": 0, "unjudged": 0, \#
        "leftOut": 0},
              "hazards": [],
              "skip": {"reason": "needs the irqchip in the kernel", "hint": "add --irqchip kernel"},
              "unobservable": [],
              "rerun": "savic-eoi run resample-ack --irqchip kernel"
            },
            {
              "name": "storm",
              "verdict": "timeout",
              "group": "level",
              "summary": "A line that never falls",
              "duration": 10.0,
              "compared": {
                "steps": 40,
                "fields": 320,
                "eois": 20,
                "endings": 0,
                "unjudged": 0,
                "leftOut": 0
              },
              "hazards": [],
              "failure": "no answer within 10 s at step 41: eoi",
              "unobservable": [],
              "rerun": "savic-eoi run storm"
            },
            {
              "name": "a<b> & \"c\" #7 \u001b[31m\n\u0000end",
              "verdict": "error",
              "group": "x&y",
              "summary": "A stranger's <file>\u0007",
              "duration": 0.001,
              "compared": {"steps": 0, "fields": 0, "eois": 0, "endings": 0, "unjudged": 0, \#
        "leftOut": 0},
              "hazards": [],
              "failure": "KVM_RUN failed # EFAULT\nat \u001b[2Jstep 1",
              "unobservable": [],
              "rerun": "savic-eoi run ./stranger.yaml"
            }
          ],
          "unfinished": ["never-reached"],
          "totals": {
            "scenarios": 6,
            "pass": 2,
            "shown": 0,
            "fail": 1,
            "skip": 1,
            "timeout": 1,
            "error": 1,
            "hazards": 1,
            "seconds": 10.016,
            "compared": {
              "steps": 59,
              "fields": 472,
              "eois": 25,
              "endings": 0,
              "unjudged": 0,
              "leftOut": 0
            }
          }
        }

        """#
}
