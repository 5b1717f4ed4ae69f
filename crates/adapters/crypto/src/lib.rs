//! tenon-crypto
