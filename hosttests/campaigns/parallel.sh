#!/usr/bin/env bash
# A fuzzing campaign on this machine's processors by GNU parallel, and the merged result.
#
#   parallel.sh SHARDS [options of savic-eoi fuzz, with a --seed]
#
# SAVIC_EOI is the program, REPORTS the folder for the reports.
#
# Exit status: that of savic-eoi merge.
set -euo pipefail
shards=${1:?how many shards?}
shift
[ $# -gt 0 ] || set -- --backend emulator --seed 1 --runs 100000

export SAVIC_EOI=${SAVIC_EOI:-savic-eoi} REPORTS=${REPORTS:-campaign}
mkdir -p "$REPORTS"

# GNU parallel exports a job's number, PARALLEL_SEQ, but not how many jobs there are: {##} is that,
# if --plus is given. With -N 0 a line makes a job, but is none of its arguments. A shard that
# finds something fails; what that means is for merge to say.
seq "$shards" | parallel --will-cite --plus -N 0 --quote env SAVIC_EOI_SHARDS={##} sh -c '
        report=$REPORTS/shard-$PARALLEL_SEQ.json
        "$SAVIC_EOI" fuzz "$@" --json >"$report.part"
        status=$?
        if [ -s "$report.part" ]; then mv "$report.part" "$report"; fi
        exit $status' shard "$@" || true

"$SAVIC_EOI" merge "$REPORTS"/shard-*.json
