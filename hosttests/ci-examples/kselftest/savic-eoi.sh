#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The catalogue on the KVM of the kernel that runs, as kselftest wants it: KTAP, and 0, 1 or 4.
# SAVIC_EOI is the program where it is not in PATH.
tool=${SAVIC_EOI:-savic-eoi}
if ! command -v "$tool" >/dev/null; then
        echo "1..0 # SKIP no $tool here"
        exit 4
fi
exec "$tool" run --backend kvm --irqchip both --format ktap --exit-style ksft
