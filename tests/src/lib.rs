//! tenon-tests
