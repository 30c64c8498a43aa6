#!/usr/bin/env bash
# Installs the system packages that are missing.
#
#   packaging/setup.sh run    what building and running Sluice takes
#   packaging/setup.sh test   that, and what the tests take: a virtual screen, a keyring, a tool for screenshots, curl, jq
#
# When nothing is missing it changes nothing, asks nothing and needs no network.
# It knows apt (Debian, Ubuntu), dnf (Fedora) and pacman (Arch); elsewhere it
# prints what to install and exits with 1. Wrong use exits with 2.
#
# SETUP_ROOT (a folder) stands for / when files are looked for, and
# SETUP_RETRY_SECONDS for the pause between tries: setup_test.sh sets both.
# shellcheck disable=SC2046,SC2086 # lists of names are meant to split into words
set -euo pipefail

here=$(cd "${BASH_SOURCE[0]%/*}" && pwd)
root=${SETUP_ROOT:-}
pause=${SETUP_RETRY_SECONDS:-6}

say() { printf 'setup: %s\n' "$*" >&2; }
have() { command -v "$1" >/dev/null 2>&1; }

# needs MODE prints one need a line: a command, lib:MODULE for what pkg-config
# must find, or the name of a check in is_there.
needs() {
	printf '%s\n' make gcc pkg-config libc-headers certificates software-gl \
		lib:gl lib:x11 lib:xcursor lib:xrandr lib:xinerama lib:xi lib:xxf86vm \
		lib:wayland-client lib:wayland-cursor lib:wayland-egl lib:xkbcommon
	[ "$1" = run ] || printf '%s\n' Xvfb openbox dbus-daemon gnome-keyring-daemon curl jq import
}

any_file() {
	local f
	for f in "$@"; do [ ! -e "$f" ] || return 0; done
	return 1
}

is_there() {
	case $1 in
	lib:*) have pkg-config && pkg-config --exists "${1#lib:}" ;;
	libc-headers) any_file "$root"/usr/include/stdio.h ;;
	certificates) any_file "$root"/etc/ssl/certs/ca-certificates.crt "$root"/etc/pki/tls/certs/ca-bundle.crt \
		"$root"/etc/ssl/cert.pem ;;
	software-gl) any_file "$root"/usr/lib*/dri/swrast_dri.so "$root"/usr/lib/*/dri/swrast_dri.so \
		"$root"/usr/lib*/libgallium-*.so "$root"/usr/lib/*/libgallium-*.so ;;
	*) have "$1" ;;
	esac
}

missing() {
	local need
	needs "$1" | while read -r need; do is_there "$need" || printf '%s\n' "$need"; done
}

# packages MANAGER reads needs and prints the packages that bring them.
packages() {
	local need
	while read -r need; do "$1_package" "$need"; done | sort -u
}

apt_package() {
	case $1 in
	libc-headers) echo libc6-dev ;;
	certificates) echo ca-certificates ;;
	lib:gl) echo libgl1-mesa-dev ;;
	lib:wayland-*) echo libwayland-dev ;;
	lib:xkbcommon) echo libxkbcommon-dev ;;
	lib:x*) echo xorg-dev ;;
	Xvfb) echo xvfb ;;
	software-gl) echo libgl1-mesa-dri ;;
	dbus-daemon) echo dbus ;;
	gnome-keyring-daemon) echo gnome-keyring ;;
	import) echo imagemagick ;;
	*) echo "$1" ;;
	esac
}

dnf_package() {
	case $1 in
	pkg-config) echo pkgconf-pkg-config ;;
	libc-headers) echo glibc-devel ;;
	certificates) echo ca-certificates ;;
	lib:gl) echo mesa-libGL-devel ;;
	lib:x11) echo libX11-devel ;;
	lib:xcursor) echo libXcursor-devel ;;
	lib:xrandr) echo libXrandr-devel ;;
	lib:xinerama) echo libXinerama-devel ;;
	lib:xi) echo libXi-devel ;;
	lib:xxf86vm) echo libXxf86vm-devel ;;
	lib:wayland-*) echo wayland-devel ;;
	lib:xkbcommon) echo libxkbcommon-devel ;;
	Xvfb) echo xorg-x11-server-Xvfb ;;
	software-gl) echo mesa-dri-drivers ;;
	gnome-keyring-daemon) echo gnome-keyring ;;
	import) echo ImageMagick ;;
	*) echo "$1" ;;
	esac
}

pacman_package() {
	case $1 in
	pkg-config) echo pkgconf ;;
	libc-headers) echo glibc ;;
	certificates) echo ca-certificates ;;
	lib:gl) echo libglvnd ;;
	lib:wayland-*) echo wayland ;;
	lib:xkbcommon) echo libxkbcommon ;;
	lib:x*) echo "lib${1#lib:}" ;;
	Xvfb) echo xorg-server-xvfb ;;
	software-gl) echo mesa ;;
	dbus-daemon) echo dbus ;;
	gnome-keyring-daemon) echo gnome-keyring ;;
	import) echo imagemagick ;;
	*) echo "$1" ;;
	esac
}

# manager prints apt, dnf, pacman or nothing.
manager() {
	local ID='' ID_LIKE=''
	if [ -r "$root/etc/os-release" ]; then
		ID=$(sed -n 's/^ID=//p' "$root/etc/os-release" | tr -d '"')
		ID_LIKE=$(sed -n 's/^ID_LIKE=//p' "$root/etc/os-release" | tr -d '"')
	fi
	case " $ID $ID_LIKE " in
	*" debian "* | *" ubuntu "*) ! have apt-get || echo apt ;;
	*" fedora "* | *" rhel "*) ! have dnf || echo dnf ;;
	*" arch "*) ! have pacman || echo pacman ;;
	esac
}

as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif [ -n "${CI:-}" ] || [ ! -t 0 ]; then
		sudo -n "$@" # nobody is there to type a password
	else
		sudo "$@"
	fi
}

# tries COMMAND… runs it up to five times: another program may hold the
# package manager's lock, or the network may hiccup.
tries() {
	local n
	for n in 1 2 3 4 5; do
		! "$@" || return 0
		[ "$n" = 5 ] || { say "that failed; trying again in $pause s"; sleep "$pause"; }
	done
	return 1
}

install_with() {
	local how=$1
	shift
	case $how in
	apt)
		tries as_root env DEBIAN_FRONTEND=noninteractive apt-get -q update ||
			say "apt-get update failed; going on with the lists that are there"
		tries as_root env DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends \
			-o DPkg::Lock::Timeout=300 "$@"
		;;
	dnf) tries as_root dnf install -y "$@" ;;
	pacman)
		# Old lists name files that are gone from the mirrors. Arch supports no
		# update of the lists alone, so then the system is brought up to date.
		as_root pacman -S --needed --noconfirm "$@" || tries as_root pacman -Syu --needed --noconfirm "$@"
		;;
	esac
}

install_command() {
	case $1 in
	apt) echo "sudo apt-get update && sudo apt-get install" ;;
	dnf) echo "sudo dnf install" ;;
	pacman) echo "sudo pacman -S --needed" ;;
	esac
}

check_linux() {
	local lacks how list
	lacks=$(missing "$1")
	[ -n "$lacks" ] || return 0
	say "missing:" $lacks
	how=$(manager)
	if [ -z "$how" ]; then
		say "this system's package manager is not known here. Please install, under the names they have here:"
		say "commands:" $(printf '%s\n' "$lacks" | sed '/^lib:/d')
		say "libraries with headers, as pkg-config names them:" $(printf '%s\n' "$lacks" | sed -n 's/^lib://p')
		say "on Debian these are the packages:" $(printf '%s\n' "$lacks" | packages apt)
		return 1
	fi
	list=$(printf '%s\n' "$lacks" | packages "$how")
	if [ "$(id -u)" != 0 ] && ! have sudo; then
		say "installing takes root, and there is no sudo. As root, run:"
		say "$(install_command "$how" | sed 's/sudo //g')" $list
		return 1
	fi
	say "installing:" $list
	if ! install_with "$how" $list >&2; then
		say "installing failed. To do it by hand:"
		say "$(install_command "$how")" $list
		return 1
	fi
	lacks=$(missing "$1")
	[ -z "$lacks" ] || { say "installed, but still missing:" $lacks; return 1; }
}

check_mac() {
	xcode-select -p >/dev/null 2>&1 || {
		say "Apple's command line tools are missing. Install them with: xcode-select --install"
		return 1
	}
}

check_windows() {
	have gcc || {
		say "gcc is missing. In an MSYS2 MinGW64 shell: pacman -S --needed mingw-w64-x86_64-gcc make"
		return 1
	}
}

# check_go wants the go command. From Go 1.21 on it fetches the version that
# go.mod asks for by itself.
check_go() {
	local wanted version minor
	wanted=$(sed -n 's/^go //p' "$here/../go.mod")
	if ! have go; then
		say "Go is missing. Sluice is built with Go $wanted or newer: get it from https://go.dev/dl/"
		say "If it is installed, put its bin folder on PATH (often /usr/local/go/bin)."
		return 1
	fi
	version=$(cd / && go version)
	minor=${version#*go1.}
	minor=${minor%%[!0-9]*}
	if [ "${minor:-99}" -lt 21 ]; then
		say "This is ${version#go version }; Sluice is built with Go $wanted or newer: get it from https://go.dev/dl/"
		return 1
	fi
}

mode=${1:-}
case $mode in
run | test) ;;
*)
	say "use: packaging/setup.sh run|test"
	exit 2
	;;
esac

case $(uname -s) in
Linux) check_linux "$mode" ;;
Darwin) check_mac ;;
MINGW* | MSYS* | CYGWIN*) check_windows ;;
*)
	say "$(uname -s) is not known here. Please install a C compiler, pkg-config, OpenGL, and what Fyne needs:"
	say "https://docs.fyne.io/started/"
	exit 1
	;;
esac
check_go
