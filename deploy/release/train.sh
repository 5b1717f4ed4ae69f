#!/usr/bin/env bash
# Writes what the server does under load into deploy/release/tenon.profdata, for build.sh to optimize it for that: docs/releasing.md.
#
# usage: deploy/release/train.sh [arguments of cargo build]
#
# Needs llvm-profdata of the LLVM that `rustc -vV` names or of a newer one (LLVM_PROFDATA says where it is), and Postgres and Redis.
set -euo pipefail
cd "$(dirname "$0")/../.."

profdata=${LLVM_PROFDATA:-llvm-profdata}
command -v "$profdata" > /dev/null || { echo "there is no $profdata: rustup component add llvm-tools, or LLVM's packages" >&2; exit 2; }

seen=$PWD/target/trained
rm -rf "$seen"
TENON_TRAIN=$seen deploy/release/build.sh "$@"
mv target/shipped/tenon target/shipped/trainee
cargo build --locked --release --package tenon-benches

bench() {
  target/release/tenon-benches "$@" --tenon target/shipped/trainee
}
# Other data than what is measured.
bench compare sqlite --servers tenon --rounds 1 --seconds 4 --seed 20260101
bench compare postgres --servers tenon --rounds 1 --seconds 4 --seed 20260101
bench fanout --servers tenon,tenon-socketio --rounds 1 --events 1000 --rates 50 --seconds 3
bench instances --rounds 1 --events 500 --seconds 3
for database in sqlite postgres; do
  bench messages "$database" --history 0 --rounds 1 --seconds 3
  bench webhook "$database" --seconds 2
done

"$profdata" merge --output deploy/release/tenon.profdata "$seen"
ls -l deploy/release/tenon.profdata
