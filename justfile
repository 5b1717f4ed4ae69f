# What there is to do; `just --list` prints it.

_list:
    @just --list --unsorted

# Run the server with embedded storage on port 4000
serve *arguments:
    cargo run --package tenon -- {{ arguments }}

# What CI runs: formatting, lints and every test, with a Postgres and a Redis of its own
check:
    cargo xtask test

# Run tests only, all or those that the arguments choose: just test -p tenon-sql email
test *arguments:
    cargo xtask test --only-tests -- {{ arguments }}

# Break everything in an order drawn from one seed after the other, for so many seconds: docs/faults.md
soak seconds="300" stand="":
    TENON_SOAK_SECONDS={{ seconds }} TENON_SOAK_STAND={{ stand }} cargo xtask test -- -p tenon-tests --test matrix -- --nocapture --test-threads=1 {{ stand }}

# Check formatting, lints and the dependency rules, without servers
lint:
    cargo xtask check

# Format everything
fmt:
    cargo fmt --all

# Apply what clippy can fix by itself
fix:
    cargo clippy --workspace --all-targets --fix --allow-dirty --allow-staged
    cargo fmt --all

# Run Postgres and Redis until Ctrl-C and print the environment for single tests
servers:
    cargo xtask servers

# Install what the tests need
provision:
    cargo xtask provision

# Build what is shipped, so that two builds can be compared; for what `just train` has seen, if it has
dist:
    deploy/release/build.sh

# Note what the server does under load, for `just dist` to optimize it for (needs LLVM's llvm-profdata)
train:
    deploy/release/train.sh

# List what is in the binary (needs cargo-cyclonedx)
sbom:
    SOURCE_DATE_EPOCH=0 cargo cyclonedx --describe binaries --format json --spec-version 1.5 --features postgres-tls
    mkdir -p target/sbom
    sed 's|file://{{ justfile_directory() }}|file:///tenon|g' crates/app/tenon/tenon_bin.cdx.json > target/sbom/tenon.cdx.json
    rm benches/tenon-benches_bin.cdx.json crates/app/tenon/tenon_bin.cdx.json crates/xtask/xtask_bin.cdx.json

# Write the API description that is checked in
openapi:
    UPDATE_OPENAPI=1 cargo test --quiet --package tenon-http the_checked_in_document_is_current

# Measure Tenon beside its peers: everything in half an hour, or what the arguments say, such as `just bench fanout`
bench *arguments:
    cargo build --release --package tenon
    cargo run --release --package tenon-benches -- {{ arguments }}

# Fuzz parsers, all or one: just fuzz cursors 60 (needs `rustup toolchain install nightly` and `cargo install cargo-fuzz`)
fuzz *arguments:
    cargo xtask fuzz {{ arguments }}

# Read the documentation of the crates
doc:
    cargo doc --workspace --no-deps --open

# Look for advisories against the dependencies (needs cargo-deny)
audit:
    cargo deny check advisories

# Update the lock file within the versions that Cargo.toml allows
update:
    cargo update

# Remove what was built
clean:
    cargo clean
