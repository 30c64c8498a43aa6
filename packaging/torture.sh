#!/usr/bin/env bash
# Runs the long campaigns, docs/torture.md: every test TestTorture… and every
# fuzz target there is, each in a process of its own with a temporary folder of
# its own. A campaign that fails, hangs or leaves something behind does not keep
# the others from running: at the end there is a table of all, with their
# figures, and the exit code says whether all passed.
#
#   ARGS     flags of campaigns, as "-files 1000 -kills 200"; each gets those it knows
#   MINUTES  how long each kind of chaos in watched folders lasts (3)
#   FUZZ     how long each fuzz target runs, as "60s" or "10m" (60s)
#   ONLY     an extended regular expression: only campaigns whose names match, as 'upload|Fuzz'
#   OUT      where what they print goes (artefacts/torture)
#   TAGS     build tags of the tests, without "torture"
# shellcheck disable=SC2030,SC2031 # each campaign has a TMPDIR of its own
set -euo pipefail
cd "${BASH_SOURCE[0]%/*}/.."

ARGS=${ARGS:-}
MINUTES=${MINUTES:-3}
FUZZ=${FUZZ:-60s}
ONLY=${ONLY:-.}
OUT=${OUT:-$PWD/artefacts/torture}
TAGS=${TAGS:-ci,migrated_fynedo}

say() { printf '\n\033[1m== %s\033[0m\n' "$*"; }
die() {
	printf 'torture: %s\n' "$*" >&2
	exit 1
}

# binary PACKAGE: where its compiled tests are.
binary() { printf '%s/%s.test' "$work" "${1//[.\/]/-}"; }

# packages: of all campaigns, each once.
packages() { cut -d' ' -f1 <<<"$list" | sort -u; }

# span SECONDS, for people.
span() {
	if [ "$1" -lt 100 ]; then echo "$1 s"; else echo "$((($1 + 30) / 60)) min"; fi
}

# campaigns prints "PACKAGE NAME", fuzz targets last.
campaigns() {
	local kind
	for kind in TestTorture Fuzz; do
		grep -rHo --include='*_test.go' --exclude-dir=build --exclude-dir=artefacts "^func ${kind}[A-Za-z0-9]*" . | sort
	done | sed 's|/[^/]*_test.go:func | |' | grep -E -- "$ONLY" || die "no campaign is named as in ONLY='$ONLY'"
}

# check says at once what would fail later.
check() {
	[ "$(uname -s)" = Linux ] || die "some campaigns mount file systems and count inotify watches: they run on Linux"
	[ "$(id -u)" = 0 ] || die "this takes root, for small file systems that are filled and taken away: sudo make torture"
	packaging/setup.sh test
	mkdir "$work/mount"
	mount -t tmpfs -o size=1m tmpfs "$work/mount" || die "no file system can be mounted here (a container without CAP_SYS_ADMIN?)"
	umount "$work/mount"
	rmdir "$work/mount"
	unshare --user --map-root-user true || die "no user namespaces here: sysctl user.max_user_namespaces"
	local free
	free=$(df --output=avail -B1M "$work" | tail -n 1)
	[ "$free" -ge 8192 ] || die "$free MB free below ${TMPDIR:-/tmp}; this takes 8 GB: set TMPDIR"
	case $MINUTES in '' | *[!0-9]*) die "MINUTES=$MINUTES is no number" ;; esac
	[[ $FUZZ =~ ^[0-9]+(s|m|h|x)$ ]] || die "FUZZ=$FUZZ is no time"
}

# compile compiles the tests, so that what does not compile is told first, and
# looks which flags they know.
compile() {
	local package
	mkdir "$work/tmp"
	while read -r package; do
		go test -c -tags "$TAGS,realwindow,torture" -o "$(binary "$package")" "$package"
		TMPDIR=$work/tmp "$(binary "$package")" -h >"$(binary "$package").flags" 2>&1 || true
	done < <(packages)
	rm -rf "$work/tmp"
}

# options PACKAGE prints those of ARGS that its tests know.
options() {
	local flag known
	known=$(binary "$1").flags
	local -a all
	read -ra all <<<"$ARGS"
	set -- "${all[@]}" "-minutes=$MINUTES"
	while [ $# -gt 0 ]; do
		flag=${1#-}
		flag=${flag#-}
		if grep -q "^  -${flag%%=*}\b" "$known"; then
			printf '%s\n' "$1"
			case $1 in *=*) ;; *) printf '%s\n' "${2:-}" ;; esac
		fi
		case $1 in *=*) shift ;; *) shift $(($# > 1 ? 2 : 1)) ;; esac
	done
}

# flags_are_known wants every flag of ARGS to be known to some campaign.
flags_are_known() {
	local flag
	for flag in $(grep -oE '(^| )--?[a-z.]+' <<<"$ARGS" || true); do
		flag=${flag#-}
		flag=${flag#-}
		grep -q "^  -$flag\b" "$work"/*.flags || die "ARGS: no campaign knows -$flag"
	done
}

# run PACKAGE NAME runs one campaign.
run() (
	tmp=$work/tmp
	mkdir "$tmp"
	chmod 755 "$tmp" "$work" # as the usual one: some campaigns run as nobody
	export TMPDIR=$tmp
	case $2 in
	Fuzz*)
		timeout --kill-after=10 10h go test -tags "$TAGS" -run '^$' -fuzz "^$2\$" -fuzztime "$FUZZ" -fuzzminimizetime 20x "$1"
		;;
	*)
		cd "$1"
		mapfile -t flags < <(options "$1")
		exec "$(binary "$1")" -test.v -test.count=1 -test.timeout "$((120 + 2 * MINUTES))m" -test.run "^$2\$" "${flags[@]}"
		;;
	esac </dev/null
)

# left says what a campaign has left behind, and takes it away: processes,
# which are known by their environment, mounts and files.
left() {
	local what
	{ grep -lszF "$work/tmp" /proc/[0-9]*/environ || true; } | while IFS=/ read -r _ _ what _; do
		printf 'left running: %s\n' "$(tr '\0' ' ' <"/proc/$what/cmdline")"
		kill -9 "$what" || true
	done
	awk -v below="$work/" 'index($2, below) == 1 { print $2 }' /proc/mounts | sort -r | while read -r what; do
		printf 'left mounted: %s\n' "$what"
		umount -l "$what"
	done
	[ ! -d "$work/tmp" ] || find "$work/tmp" -mindepth 1 -maxdepth 2 ! -path '*/go-build*' -printf 'left behind: %P\n'
	rm -rf "$work/tmp"
}

# alive ticks while a campaign has nothing to say.
alive() {
	local n
	for ((n = 1; ; n++)); do
		sleep 60
		printf '   … %s, %d min\n' "$1" "$n"
	done
}

# only_time reports whether a fuzz target has "failed" by the end of its time:
# up to Go 1.26 its coordinator may take that for an error (golang/go#75804).
only_time() {
	[[ $name == Fuzz* ]] && ! grep -qi 'failing input\|panic' "$log" &&
		grep -A 1 "^--- FAIL: $name " "$log" | tail -n 1 | grep -qx ' *context deadline exceeded'
}

# report prints the line and the figures of the campaign that has just ended.
report() {
	printf '%-6s %8s  %s%s\n' "$result" "$(span "$took")" "$title" "${why:+ ($why)}"
	case $name in
	Fuzz*) sed -n 's/^fuzz: elapsed: /                    /p' "$log" | tail -n 1 ;;
	*) sed -nE 's/^=== ATTR +[^ /]*\/?([^ ]*) figures (.*)/                    \1: \2/p' "$log" | sed 's/^\( *\): /\1/' ;;
	esac
}

end() {
	code=$?
	trap - EXIT
	[ -z "${ticker:-}" ] || kill "$ticker" 2>/dev/null || true
	left >/dev/null 2>&1 || true
	rm -rf "$work"
	[ -z "${begun:-}" ] || summary
	exit "$code"
}

summary() {
	say "$done_ of $count campaigns in $(span $((SECONDS - begun))), $(date -u +%F), $(git rev-parse --short HEAD 2>/dev/null || echo 'no commit'), $(go version | cut -d' ' -f3,4), $(nproc) processors"
	cat "$OUT/summary.txt"
	printf '\n'
	[ "$done_" = "$count" ] || printf 'INTERRUPTED: campaigns that did not run to their end: %d\n' $((count - done_))
	if [ -n "$failed" ]; then
		printf 'FAILED:%b\n' "$failed"
	elif [ "$done_" = "$count" ]; then
		printf 'all passed\n'
	fi
	printf 'what they printed: %s\n' "$OUT"
}

work=$(mktemp -d "${TMPDIR:-/tmp}/sluice-torture.XXXXXX")
trap end EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
list=$(campaigns)
count=$(wc -l <<<"$list")
say "looking for what $count campaigns need, and compiling them (all take an hour or more; Ctrl+C ends them and tells of those that ran)"
check
compile
flags_are_known
mkdir -p "$OUT"
rm -f "$OUT"/*.log "$OUT/summary.txt"
failed='' done_=0 begun=$SECONDS
while read -r package name <&3; do
	title="${package#./} $name"
	say "$((done_ + 1))/$count $title (after $(span $((SECONDS - begun))))"
	log=$OUT/${title//[^A-Za-z0-9]/-}.log
	alive "$title" &
	ticker=$!
	since=$SECONDS result=ok why=
	# In the background, so that a signal need not wait for its end.
	{ { run "$package" "$name" 2>&1 && echo 0 >"$work/code" || echo $? >"$work/code"; } | tee "$log" |
		grep --line-buffered -vE '^=== (RUN|PAUSE|CONT|NAME)|^ +--- PASS' || true; } &
	wait $!
	kill "$ticker"
	wait "$ticker" 2>/dev/null || true
	ticker='' took=$((SECONDS - since)) code=$(<"$work/code") remains=$(left)
	[ -z "$remains" ] || printf '%s\n' "$remains" | tee -a "$log"
	if [ "$code" != 0 ] && ! only_time; then
		result=FAILED why="exit code $code"
	elif [[ $name != Fuzz* ]] && ! grep -q "^--- PASS: $name " "$log"; then
		result=FAILED why='it did not run'
	elif [ -n "$remains" ]; then
		result=FAILED why='it left something behind'
	fi
	[ "$result" = ok ] || failed+="\n  $title ($why): $log"
	done_=$((done_ + 1))
	report | tee -a "$OUT/summary.txt"
done 3<<<"$list"
[ -z "$failed" ]
