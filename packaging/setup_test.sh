#!/usr/bin/env bash
# Runs setup.sh on made-up systems: a PATH of fakes that record what is called.
# shellcheck disable=SC2016 # bodies of fakes are expanded when they run
set -uo pipefail

here=$(cd "${BASH_SOURCE[0]%/*}" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

# fake NAME [BODY] puts a command on the made-up system.
fake() {
	printf '#!%s\n%s\n' "$BASH" "${2:-}" >"$bin/$1"
	chmod +x "$bin/$1"
}

# brings is the body of a package manager: it records how it was called, and
# that an install was asked for.
brings='printf "%s %s\n" "${0##*/}" "$*" >>"$LOG"
case " $* " in *" install "* | *" -S "* | *" -Syu "*) touch "$ROOT/all" ;; esac'

# system KERNEL ID begins a new made-up machine that lacks everything but Go.
system() {
	bin=$work/$((passed + failed)).bin root=$work/$((passed + failed)).root log=$work/$((passed + failed)).log
	mkdir -p "$bin" "$root/etc"
	: >"$log"
	[ -z "$2" ] || printf 'NAME="Some Linux"\nID=%s\n' "$2" >"$root/etc/os-release"
	local tool
	for tool in sed tr sort touch env sleep cat; do ln -s "$(command -v "$tool")" "$bin/$tool"; done
	fake uname "echo $1"
	fake id 'echo 0'
	fake go 'echo go version go1.26.3 linux/amd64'
	local commands='make gcc pkg-config Xvfb openbox dbus-daemon gnome-keyring-daemon curl jq import'
	# Every fake reads this first (BASH_ENV), so that a package manager can call it.
	cat >"$work/everything.sh" <<-SH
		bring_everything() {
			local c
			for c in $commands; do
				printf '#!$BASH\n' >"$bin/\$c"
				"$(command -v chmod)" +x "$bin/\$c"
			done
			"$(command -v mkdir)" -p "$root/usr/include" "$root/etc/ssl/certs" "$root/usr/lib/dri"
			"$(command -v touch)" "$root/usr/include/stdio.h" "$root/etc/ssl/certs/ca-certificates.crt" \
				"$root/usr/lib/dri/swrast_dri.so"
		}
	SH
}

# everything puts all needs on the made-up machine.
everything() {
	# shellcheck source=/dev/null
	. "$work/everything.sh"
	bring_everything
}

# package_manager NAME [BEFORE] is one whose install brings everything.
package_manager() {
	fake "$1" "${2:-}
$brings
[ ! -e \"\$ROOT/all\" ] || bring_everything"
}

# setup MODE runs setup.sh there, without a terminal.
setup() {
	out=$(env -i PATH="$bin" BASH_ENV="$work/everything.sh" SETUP_ROOT="$root" SETUP_RETRY_SECONDS=0 \
		ROOT="$root" LOG="$log" "$BASH" "$here/setup.sh" "$@" 2>&1 </dev/null)
	code=$?
	calls=$(cat "$log")
}

# expect NAME CODE WANTED… wants the exit code, each WANTED in the output or
# the recorded calls, and each !UNWANTED in neither.
expect() {
	local name=$1 want=$2 text why=''
	shift 2
	[ "$code" = "$want" ] || why="exit code $code, not $want"
	for text; do
		case $text in
		!*) case $out$calls in *"${text#!}"*) why="$why; says or calls: ${text#!}" ;; esac ;;
		*) case $out$calls in *"$text"*) ;; *) why="$why; does not say or call: $text" ;; esac ;;
		esac
	done
	if [ -z "$why" ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		printf 'FAIL %s: %s\noutput:\n%s\ncalls:\n%s\n' "$name" "$why" "$out" "$calls"
	fi
}

not_root='echo 1000'
sudo_runs='printf "sudo %s\n" "$*" >>"$LOG"
[ "$1" != -n ] || shift
"$@"'

system Linux debian
everything
fake apt-get "$brings"
setup test
expect 'all is there: nothing is called' 0 '!apt-get' '!setup:'

system Linux debian
package_manager apt-get
setup run
expect 'Debian, root' 0 'apt-get -q update' 'apt-get -q install -y' gcc libc6-dev libgl1-mesa-dev xorg-dev \
	libwayland-dev libxkbcommon-dev '!xvfb' '!jq' '!sudo'

system Linux debian
package_manager apt-get
setup test
expect 'Debian, for the tests' 0 xorg-dev xvfb openbox libgl1-mesa-dri dbus gnome-keyring curl jq imagemagick

system Linux debian
package_manager apt-get '[ "$DEBIAN_FRONTEND" = noninteractive ] || exit 7'
setup run
expect 'Debian asks no questions' 0 'apt-get -q install'

system Linux pop
printf 'ID_LIKE="ubuntu debian"\n' >>"$root/etc/os-release"
fake id "$not_root"
fake sudo "$sudo_runs"
package_manager apt-get
setup run
expect 'a relative of Ubuntu, with sudo' 0 'sudo -n env DEBIAN_FRONTEND=noninteractive apt-get -q install'

system Linux ubuntu
fake id "$not_root"
package_manager apt-get
setup run
expect 'neither root nor sudo' 1 'As root, run:' 'apt-get install' xorg-dev '!apt-get -q install' '!sudo apt'

system Linux debian
package_manager apt-get 'if [ "$2" = install ] && [ ! -e "$ROOT/2" ]; then
	if [ -e "$ROOT/1" ]; then touch "$ROOT/2"; else touch "$ROOT/1"; fi
	echo "E: Could not get lock"; exit 100
fi'
setup run
expect 'the lock is held for two tries' 0 'Could not get lock' 'trying again' 'apt-get -q install'

system Linux debian
fake apt-get "$brings
exit 100"
setup run
expect 'installing fails' 1 'installing failed. To do it by hand' 'sudo apt-get update && sudo apt-get install' xorg-dev

system Linux debian
fake apt-get "$brings"
setup run
expect 'installed, but not there' 1 'still missing: make gcc'

system Linux debian
package_manager apt-get 'if [ "$2" = update ]; then echo offline; exit 1; fi'
setup run
expect 'lists cannot be updated' 0 'going on with the lists' 'apt-get -q install'

system Linux fedora
package_manager dnf
setup test
expect 'Fedora' 0 'dnf install -y' glibc-devel pkgconf-pkg-config libXcursor-devel libXrandr-devel libXinerama-devel \
	libXi-devel libXxf86vm-devel mesa-libGL-devel wayland-devel libxkbcommon-devel xorg-x11-server-Xvfb \
	mesa-dri-drivers gnome-keyring dbus-daemon '!apt'

system Linux fedora
fake id "$not_root"
fake sudo "$sudo_runs"
package_manager dnf
setup run
expect 'Fedora, with sudo' 0 'sudo -n dnf install -y' '!Xvfb'

system Linux arch
package_manager pacman
setup test
expect 'Arch' 0 'pacman -S --needed --noconfirm' pkgconf libxcursor libxrandr libxinerama libxi libxxf86vm libglvnd \
	wayland libxkbcommon xorg-server-xvfb mesa gnome-keyring dbus '!-Syu'

system Linux arch
package_manager pacman '[ "$1" != -S ] || { echo "error: target not found"; exit 1; }'
setup run
expect 'Arch with old lists' 0 'target not found' 'pacman -Syu --needed --noconfirm'

system Linux void
package_manager apt-get
setup test
expect 'an unknown Linux' 1 'not known here' 'commands: make gcc' Xvfb 'pkg-config names them: gl' xkbcommon 'on Debian' \
	xorg-dev '!apt-get -q'

system Linux void
everything
setup test
expect 'an unknown Linux with all of it' 0 '!setup:'

system Linux debian
setup run
expect 'Debian without apt-get' 1 'not known here'

system Linux debian
everything
rm "$bin/go"
setup run
expect 'no Go' 1 'Go is missing' 'https://go.dev/dl/'

system Linux debian
everything
fake go 'echo go version go1.19.8 linux/amd64'
setup run
expect 'an old Go' 1 'This is go1.19.8' 'https://go.dev/dl/'

system Darwin ''
fake xcode-select
setup test
expect 'macOS' 0 '!setup:'

system Darwin ''
fake xcode-select 'exit 2'
setup run
expect 'macOS without the tools' 1 'xcode-select --install'

system MINGW64_NT-10.0 ''
fake gcc
setup run
expect 'Windows' 0 '!setup:'

system MINGW64_NT-10.0 ''
setup run
expect 'Windows without gcc' 1 'mingw-w64-x86_64-gcc'

system Plan9 ''
setup run
expect 'an unknown kernel' 1 'Plan9 is not known here' 'C compiler'

system Linux debian
setup everything
expect 'wrong use' 2 'use: packaging/setup.sh run|test'

printf 'setup: %d passed, %d failed\n' "$passed" "$failed"
[ "$failed" = 0 ]
