//! tenon-kernel
