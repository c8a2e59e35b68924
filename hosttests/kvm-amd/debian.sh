# Gets Debian's packages into a folder without a change to this machine; sourced, not run.
#
# apt is given lists, a cache and a (bare) package status of its own, so the machine's own lists
# stay as they are, and what a package depends on comes with it whatever this machine has.
# The caller sets cache, the folder for all of it.

# Where kernels are looked for: the first suite that has the series gives its newest release of it.
kernel_suites=(bookworm trixie trixie-backports sid bookworm-backports)
# Where a QEMU of 8.0 or newer is looked for: a suite, and what it builds upon.
qemu_suites=(trixie "bookworm-backports bookworm" sid)

# The addresses from which this machine gets its own packages, a likely Debian archive each.
mirrors() {
        apt-get "${apt_options[@]}" update --print-uris 2>/dev/null |
                sed -n "s,^'\(.*\)/dists/[^/ ]*/main/binary-amd64/.*,\1,p" | grep -v security |
                awk '!seen[$0]++'
}

# use SUITE…: the suites that apt and apt_cache speak of from now on; the first goes before.
use() {
        local suite mirror state=${cache:?}/apt/$1
        mkdir -p "$state"/{lists,cache/archives}/partial
        : >"$state/status"
        # Downloads go to a folder that apt's unprivileged user may not reach, hence the sandbox.
        apt_options=(-o Dir::State="$state" -o Dir::State::lists="$state/lists"
                -o Dir::State::status="$state/status" -o Dir::Cache="$state/cache"
                -o APT::Sandbox::User=root -o Acquire::Languages=none
                -o Acquire::GzipIndexes=true)
        for mirror in $(mirrors); do
                for suite; do
                        echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]" \
                                "$mirror $suite main"
                done >"$state/sources.list"
                # The machine's own sources and pins end here.
                local private=("${apt_options[@]}" -o Dir::Etc::sourcelist="$state/sources.list"
                        -o Dir::Etc::sourceparts=/dev/null -o Dir::Etc::preferences=/dev/null
                        -o Dir::Etc::preferencesparts=/dev/null -o APT::Default-Release="$1")
                apt-get "${private[@]}" update -qq -o APT::Update::Error-Mode=any \
                        >/dev/null 2>&1 || continue
                apt_options=("${private[@]}")
                return 0
        done
        return 1
}

# get FOLDER UNPACK: has UNPACK fill a new folder, which gets its name once it is complete. Only one
# process at a time fetches; the others wait for it and find the folder there.
get() (
        exec 9>"$cache/lock"
        flock 9
        [ ! -d "$1" ] || exit 0
        command -v apt-get >/dev/null && command -v dpkg >/dev/null ||
                skip "needs Debian's apt-get and dpkg to get $(basename "$1")"
        new=$(mktemp -d "$cache/new.XXXXXX")
        trap 'rm -rf "$new"' EXIT
        "$2" "$new"
        mkdir -p "$(dirname "$1")"
        mv "$new" "$1"
)

# unpack FOLDER PACKAGE…: these packages alone, each by its name.
unpack() {
        local folder=$1 package
        shift
        mkdir -p "$folder"
        (cd "$folder" && apt-get "${apt_options[@]}" download -qq "$@" >/dev/null 2>&1) || return 1
        for package in "$folder"/*.deb; do dpkg -x "$package" "$folder" || return 1; done
        rm -f "$folder"/*.deb
}

# --- busybox: everything in the guest but savic-eoi, and cpio and xz on this side ---

unpack_busybox() {
        use trixie || use bookworm || skip "no Debian archive answers"
        unpack "$1" busybox-static || skip "cannot download Debian's busybox-static"
}

# Sets busybox.
get_busybox() {
        get "$cache/busybox" unpack_busybox
        busybox=$(find "$cache/busybox" -name busybox -type f -perm -u+x)
}

# --- a kernel with its KVM ---

unpack_kernel() {
        local suite answered=() image='' packages
        for suite in "${kernel_suites[@]}"; do
                use "$suite" || continue
                answered+=("$suite")
                image=$(apt-cache "${apt_options[@]}" search --names-only \
                        "^linux-image-${series//./\\.}[.+-].*-cloud-amd64\$" |
                        awk '{ print $1 }' | sort -V | tail -n 1)
                [ -z "$image" ] || break
        done
        [ -n "$image" ] ||
                skip "no linux-image-$series…-cloud-amd64 in the suites that answer:" \
                        "${answered[*]:-none}"
        # From 7.3 on the image is empty and depends on the packages that hold its parts.
        packages=$(apt-cache "${apt_options[@]}" depends "$image" |
                awk '$1 == "Depends:" && $2 ~ /^linux-(binary|modules)-/ { print $2 }')
        # shellcheck disable=SC2086 # names of packages
        unpack "$1/all" "$image" $packages || skip "cannot download $image of $suite"
        mkdir "$1/modules"
        find "$1/all" -name 'vmlinuz*' -type f -exec mv {} "$1/vmlinuz" \;
        local module
        for module in irqbypass kvm kvm-amd; do
                find "$1/all" -name "$module.ko*" -exec mv {} "$1/modules/" \;
        done
        # Newer Debian kernels compress their modules.
        find "$1/modules" -name '*.xz' -exec "$busybox" unxz {} \;
        rm -rf "$1/all"
        [ -e "$1/vmlinuz" ] && [ -e "$1/modules/kvm-amd.ko" ] ||
                skip "$image has no vmlinuz or no kvm-amd.ko where they are looked for"
        # The package's version: the name says 6.1.0 of all that are 6.1.
        echo "${image#linux-image-} $(apt-cache "${apt_options[@]}" show "$image" |
                sed -n 's/^Version: //p' | head -n 1)" >"$1/release"
}

# get_kernel SERIES: sets kernel, the folder of vmlinuz, modules and release.
get_kernel() {
        series=$1
        kernel=$cache/kernels/$series
        get "$kernel" unpack_kernel
}

# --- QEMU ---

# 7.2 leaves garbage in EFLAGS at CMPXCHG16B: kernels die of double faults or stand still.
new_enough() {
        local version
        version=$("$@" --version | sed -n 's/^QEMU emulator version \([0-9.]*\).*/\1/p')
        [ "${version%%.*}" -ge 8 ] 2>/dev/null && return
        old_qemu="QEMU $version corrupts EFLAGS at CMPXCHG16B; needs 8.0 or newer"
        [ -n "$version" ] || old_qemu="$1 does not say which version of QEMU it is"
        return 1
}

# unpacked_qemu FOLDER: sets qemu to run it there, with its own C library.
unpacked_qemu() {
        local usr=$1/usr
        # The file itself: a link to it may lead to this machine's.
        qemu=("$(find "$1" -name ld-linux-x86-64.so.2 -type f -print -quit)"
                --library-path "$usr/lib/x86_64-linux-gnu:$1/lib/x86_64-linux-gnu"
                "$usr/bin/qemu-system-x86_64" -L "$usr/share/qemu" -L "$usr/share/seabios")
}

unpack_qemu() {
        local suites package archives
        for suites in "${qemu_suites[@]}"; do
                # shellcheck disable=SC2086 # a list
                use $suites || continue
                archives=$cache/apt/${suites%% *}/cache/archives
                apt-get "${apt_options[@]}" install -qq -y --download-only \
                        --no-install-recommends qemu-system-x86 >/dev/null 2>&1 || continue
                for package in "$archives"/*.deb; do dpkg -x "$package" "$1"; done
                rm -f "$archives"/*.deb
                unpacked_qemu "$1"
                new_enough "${qemu[@]}" && return
                rm -rf "${1:?}"/*
        done
        skip "${old_qemu:-cannot download QEMU of any of: ${qemu_suites[*]}}"
}

# Sets qemu, the first words of its command line: that of KVM_AMD_QEMU, this machine's own or
# Debian's, unpacked.
get_qemu() {
        qemu=("${KVM_AMD_QEMU:-qemu-system-x86_64}")
        if command -v "${qemu[0]}" >/dev/null; then
                new_enough "${qemu[@]}" && return
                [ -z "${KVM_AMD_QEMU:-}" ] || skip "$old_qemu"
        elif [ -n "${KVM_AMD_QEMU:-}" ]; then
                usage "no QEMU at $KVM_AMD_QEMU"
        fi
        get "$cache/qemu" unpack_qemu
        unpacked_qemu "$cache/qemu"
}
