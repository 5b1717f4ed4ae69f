//! Secrets that organizations entrust to Tenon: sealed where they are kept, and wrapped anew when keys are rotated.
