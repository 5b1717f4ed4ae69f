#!/usr/bin/env bash
# Builds what is shipped into target/shipped/tenon and prints its SHA-256, so that two builds can be compared: docs/releasing.md.
#
# usage: deploy/release/build.sh [arguments of cargo build]
#
# It is optimized for what train.sh has seen the server do, where that is in deploy/release/tenon.profdata (TENON_PROFILE names another
# file; empty, none). With TENON_TRAIN it builds what train.sh watches, which writes down in this folder what it does.
set -euo pipefail
cd "$(dirname "$0")/../.."

profile=${PROFILE:-dist}
seen=${TENON_PROFILE-deploy/release/tenon.profdata}
# The same for everybody: OpenSSL writes down where it was compiled, and nothing can be put in its place.
folder=${TENON_BUILD_FOLDER:-/var/tmp/tenon-build}
triple=$(rustc -vV | sed -n 's/^host: //p')
maps=("$PWD=/tenon" "${CARGO_HOME:-$HOME/.cargo}=/cargo" "$(rustc --print sysroot)=/rust")
for map in "${maps[@]}"; do
  case $map in *[[:space:]]*) echo "the compilers' flags cannot name a folder with a space: $map" >&2; exit 2 ;; esac
done

export CARGO_INCREMENTAL=0 CARGO_TARGET_DIR=$folder
# What C sources take for the time of building.
export SOURCE_DATE_EPOCH=0
RUSTFLAGS=$(printf -- '--remap-path-prefix=%s ' "${maps[@]}")
# Without the folder of the checkout, which has no C sources: OpenSSL writes down the flags.
CFLAGS=$(printf -- '-ffile-prefix-map=%s ' "${maps[@]:1}")
# No exception goes through C, which leaves half a megabyte of tables for that unread.
CFLAGS+="-fno-asynchronous-unwind-tables -fno-unwind-tables "
# Functions with the same code are there once, except where somebody may compare their addresses. It is LLVM's linker that can do this,
# which Rust brings along for this target.
if [ "$triple" = x86_64-unknown-linux-gnu ]; then RUSTFLAGS+="-Clink-arg=-Wl,--icf=safe "; fi
if [ -n "${TENON_TRAIN:-}" ]; then
  RUSTFLAGS+="-Cprofile-generate=$TENON_TRAIN"
elif [ -f "$seen" ]; then
  # By its content, or cargo would take another one for the same.
  named=$folder/seen/$(sha256sum "$seen" | cut -c 1-16).profdata
  install -D -m 644 "$seen" "$named"
  RUSTFLAGS+="-Cprofile-use=$named"
fi
export RUSTFLAGS CFLAGS

# With a target named, build scripts and procedural macros are compiled without these flags.
cargo build --locked --profile "$profile" --target "$triple" --package tenon --features postgres-tls "$@"

if [ "$profile" = dev ]; then profile=debug; fi
install -D "$folder/$triple/$profile/tenon" target/shipped/tenon
sha256sum target/shipped/tenon
