extension Snapshot {
    /// JUnit XML.
    static let junit = #"""
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites name="savic-eoi" tests="7" failures="1" errors="3" skipped="1" \#
        time="10.016">
          <testsuite name="model" tests="7" failures="1" errors="3" skipped="1" time="10.016" \#
        timestamp="2026-11-22T12:00:00" hostname="h1">
            <properties>
              <property name="tool" value="savic-eoi 1.0.0"/>
              <property name="backend" value="model (no /dev/kvm on this host)"/>
              <property name="irqchip" value="split"/>
              <property name="design" value="rfc-v2"/>
              <property name="assumptions" value="page-tmr=accurate, guest-eoi=linux"/>
              <property name="kernel rules" value="unmask-resamples yes, found by probes"/>
              <property name="host.kernel" value="6.19.0"/>
              <property name="host.cpu" value="AMD EPYC 9755"/>
            </properties>
            <testcase classname="model.level" name="level-basic" time="0.004">
              <system-out>compared 12 steps, 96 fields, 3 EOIs</system-out>
            </testcase>
            <testcase classname="model.nesting" name="nested-eoi" time="0.005">
              <system-out>compared 1 step, 8 fields, 1 EOI
        hazard: attribution, redelivery</system-out>
            </testcase>
            <testcase classname="model.level" name="level-retrigger" time="0.006">
              <failure message="step 6: EOI exit vector expected 0x41, observed 0x31" \#
        type="EOI-WRONG-VECTOR">step 6: EOI-WRONG-VECTOR
        The EOI exit names another vector than the guest ended: the wrong pin is acknowledged \#
        and the right
        one stays blocked (stories, shape b).
          field                expected  observed  before
          EOI exit vector      0x41      0x31      –
          remote IRR of pin 3  0         1         1
          (3 earlier steps left out)
             4  raise pin 3  accept 0x41
             5  raise pin 4
          →  6  eoi          EOI exit 0x31
        not observable: shadow ISR, shadow IRR (KVM_GET_LAPIC answers EINVAL)
        rerun: savic-eoi run level-retrigger --backend model --design rfc-v2 --irqchip \#
        split</failure>
              <system-out>compared 6 steps, 48 fields, 1 EOI</system-out>
            </testcase>
            <testcase classname="model.ack" name="resample-ack" time="0.000">
              <skipped message="needs the irqchip in the kernel; add --irqchip kernel"/>
            </testcase>
            <testcase classname="model.level" name="storm" time="10.000">
              <error message="no answer within 10 s at step 41: eoi" type="timeout">no answer \#
        within 10 s at step 41: eoi
        rerun: savic-eoi run storm</error>
              <system-out>compared 40 steps, 320 fields, 20 EOIs</system-out>
            </testcase>
            <testcase classname="model.x&amp;y" name="a&lt;b&gt; &amp; &quot;c&quot; #7 \#
        [31m&#10;end" time="0.001">
              <error message="KVM_RUN failed # EFAULT&#10;at [2Jstep 1" type="error">KVM_RUN \#
        failed # EFAULT at ␛[2Jstep 1
        rerun: savic-eoi run ./stranger.yaml</error>
              <system-out>compared 0 steps, 0 fields, 0 EOIs</system-out>
            </testcase>
            <testcase classname="model.unfinished" name="never-reached" time="0.000">
              <error message="not run or not finished" type="unfinished"/>
            </testcase>
          </testsuite>
        </testsuites>

        """#
}
