//! tenon-sql
