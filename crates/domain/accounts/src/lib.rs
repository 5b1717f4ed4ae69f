//! tenon-accounts
