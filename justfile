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
    TENON_SOAK_SECONDS={{ seconds }} TENON_SOAK_STAND={{ stand }} cargo xtask test -- -p tenon-tests --test faults -- --nocapture --test-threads=1 matrix::{{ stand }}

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

# Build what is shipped
dist:
    cargo build --profile dist --package tenon --features postgres-tls

# Write the API description that is checked in
openapi:
    cargo run --quiet --package tenon -- openapi > crates/app/http/openapi.json

# Measure Tenon beside its peers
bench *arguments:
    cargo run --release --package tenon-benches -- {{ arguments }}

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
