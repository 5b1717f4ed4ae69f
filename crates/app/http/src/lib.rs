//! tenon-http
