# What the scripts here and in ../savic-kernel share; sourced, not run.

skip() { echo "SKIP hosttests/$(basename "$here"): $*" >&2; exit 4; }
usage() { echo "hosttests/$(basename "$here"): $*" >&2; exit 64; }

# scratch: sets work to a new folder, which goes when the script ends, as does what it attends to.
scratch() {
        work=$(mktemp -d)
        child=
        trap clean EXIT
        trap 'exit 130' INT
        trap 'exit 143' TERM
}
clean() {
        [ -z "$child" ] || { kill "$child" && wait "$child"; } 2>/dev/null || true
        rm -rf "$work"
}

# attend COMMAND…: runs it and sets status. A signal does not wait for its end.
attend() {
        status=0
        "$@" &
        child=$!
        wait "$child" || status=$?
        child=
}

# Results of before are neither written over nor taken for those of now.
check_results() {
        [ -z "${KVM_AMD_RESULTS:-}" ] || ! [ -e "$KVM_AMD_RESULTS" ] ||
                [ -z "$(ls -A "$KVM_AMD_RESULTS")" ] ||
                usage "KVM_AMD_RESULTS=$KVM_AMD_RESULTS is there already and not empty"
}

# worst STATUS…: of several exit statuses the one that stands for all. That something could not run
# (4) is no harm where something else could.
worst() {
        local status most=
        for status; do
                [ "$status" = 4 ] || [ "$status" -le "${most:--1}" ] || most=$status
        done
        echo "${most:-4}"
}

# is_bzimage FILE: by the signature of its setup header (the kernel's x86/boot.rst).
is_bzimage() { [ -r "$1" ] && [ "$(od -An -tx4 -j 514 -N 4 "$1")" = " 53726448" ]; }

# own_kernel FILE: sets kernel as get_kernel does, for a bzImage without modules.
own_kernel() {
        local at words
        kernel=${cache:?}/kernels/own
        mkdir -p "$kernel/modules"
        # Where the header says that the version stands, which ends with NUL.
        at=$(od -An -tu2 -j 526 -N 2 "$1")
        IFS= read -r -d '' words < <(tail -c +$((at + 512 + 1)) "$1")
        echo "${words%% *}" >"$kernel/release"
}
