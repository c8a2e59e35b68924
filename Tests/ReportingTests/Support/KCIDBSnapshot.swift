extension Snapshot {
    /// KCIDB's I/O schema 5.3.
    static let kcidb = #"""
        {
          "version": {"major": 5, "minor": 3},
          "tests": [
            {
              "id": "ci:r1-level-retrigger",
              "origin": "ci",
              "build_id": "maestro:65",
              "path": "savic_eoi.level.level-retrigger",
              "start_time": "2026-11-22T12:00:00+00:00",
              "environment": {
                "comment": "kvm, irqchip split, design rfc-v2",
                "misc": {
                  "tool": "savic-eoi 1.0.0",
                  "facts": {
                    "backend": "kvm (asked for)",
                    "irqchip": "split",
                    "design": "rfc-v2",
                    "assumptions": "page-tmr=accurate, guest-eoi=linux",
                    "kernel rules": "unmask-resamples yes, found by probes"
                  },
                  "host": {"kernel": "6.19.0", "cpu": "AMD EPYC 9755"}
                }
              },
              "status": "FAIL",
              "duration": 0.006,
              "comment": "step 6: EOI-WRONG-VECTOR: EOI exit vector expected 0x41, observed 0x31",
              "log_excerpt": "step 6: EOI-WRONG-VECTOR\nThe EOI exit names another vector than \#
        the guest ended: the wrong pin is acknowledged and the right\none stays blocked \#
        (stories, shape b).\n  field                expected  observed  before\n  EOI exit \#
        vector      0x41      0x31      –\n  remote IRR of pin 3  0         1         1\n  (3 \#
        earlier steps left out)\n     4  raise pin 3  accept 0x41\n     5  raise pin 4\n  →  6  \#
        eoi          EOI exit 0x31\nrerun: savic-eoi run level-retrigger --backend model \#
        --design rfc-v2 --irqchip split",
              "misc": {
                "summary": "A line that is held is delivered again",
                "verdict": "fail",
                "code": "EOI-WRONG-VECTOR",
                "hazards": [],
                "compared": {"steps": 6, "fields": 48, "eois": 1, "endings": 0, "unjudged": 0, \#
        "leftOut": 0},
                "rerun": "savic-eoi run level-retrigger --backend model --design rfc-v2 \#
        --irqchip split"
              }
            },
            {
              "id": "ci:r1-never-reached.kernel",
              "origin": "ci",
              "build_id": "maestro:65",
              "path": "savic_eoi.level.never-reached.kernel",
              "start_time": "2026-11-22T12:00:00+00:00",
              "environment": {
                "comment": "kvm, irqchip split, design rfc-v2",
                "misc": {
                  "tool": "savic-eoi 1.0.0",
                  "facts": {
                    "backend": "kvm (asked for)",
                    "irqchip": "split",
                    "design": "rfc-v2",
                    "assumptions": "page-tmr=accurate, guest-eoi=linux",
                    "kernel rules": "unmask-resamples yes, found by probes"
                  },
                  "host": {"kernel": "6.19.0", "cpu": "AMD EPYC 9755"}
                }
              },
              "status": "MISS",
              "comment": "not run or not finished"
            }
          ]
        }

        """#
}
