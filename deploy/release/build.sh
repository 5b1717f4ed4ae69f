#!/usr/bin/env bash
# Builds what is shipped into target/shipped/tenon and prints its SHA-256, so that two builds can be compared: docs/releasing.md.
#
# usage: deploy/release/build.sh [arguments of cargo build]
set -euo pipefail
cd "$(dirname "$0")/../.."

profile=${PROFILE:-dist}
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
CFLAGS=$(printf -- '-ffile-prefix-map=%s ' "${maps[@]}")
export RUSTFLAGS CFLAGS

# With a target named, build scripts and procedural macros are compiled without these flags.
cargo build --locked --profile "$profile" --target "$triple" --package tenon --features postgres-tls "$@"

if [ "$profile" = dev ]; then profile=debug; fi
install -D "$folder/$triple/$profile/tenon" target/shipped/tenon
sha256sum target/shipped/tenon
