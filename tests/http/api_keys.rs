//! API keys: their life, how far they reach, and in whose name they act.

mod acting;
mod life;
mod reach;
mod secrecy;
