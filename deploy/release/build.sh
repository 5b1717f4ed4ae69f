#!/usr/bin/env bash
# Builds what is shipped into target/shipped/tenon and prints its SHA-256. The same commit gives the same bytes in whatever folder it
# is built; docs/releasing.md says what else must be the same.
#
# usage: deploy/release/build.sh [arguments of cargo build]
set -euo pipefail
cd "$(dirname "$0")/../.."

profile=${PROFILE:-dist}
folder=${CARGO_TARGET_DIR:-$PWD/target}
triple=$(rustc -vV | sed -n 's/^host: //p')
maps=("$PWD=/tenon" "${CARGO_HOME:-$HOME/.cargo}=/cargo" "$folder=/target" "$(rustc --print sysroot)=/rust")

export CARGO_INCREMENTAL=0
# What C sources take for the time of building.
export SOURCE_DATE_EPOCH=0
# A folder that is within another comes after it: the last map that fits is the one that counts.
RUSTFLAGS=$(printf -- '--remap-path-prefix=%s ' "${maps[@]}")
CFLAGS=$(printf -- '-ffile-prefix-map=%s ' "${maps[@]}")
export RUSTFLAGS CFLAGS

# With a target named, build scripts and procedural macros are compiled without these flags.
cargo build --locked --profile "$profile" --target "$triple" --package tenon --features postgres-tls "$@"

if [ "$profile" = dev ]; then profile=debug; fi
install -D "$folder/$triple/$profile/tenon" "$folder/shipped/tenon"
sha256sum "$folder/shipped/tenon"
