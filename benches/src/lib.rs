//! tenon-benches
