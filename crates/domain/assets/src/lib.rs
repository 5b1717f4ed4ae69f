//! tenon-assets
