//! tenon-local
