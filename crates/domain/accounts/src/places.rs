//! The service for sites and units.

mod error;
mod sites;
mod units;

use std::sync::Arc;

pub use error::PlaceError;
use tenon_kernel::Clock;

use crate::{Sites, Units};

/// Keeps the sites of organizations and the units of sites. Every member and API keys read them; admins change them.
#[derive(Clone)]
pub struct Places {
    sites: Arc<dyn Sites>,
    units: Arc<dyn Units>,
    clock: Arc<dyn Clock>,
}

impl Places {
    /// A service over these ports.
    pub fn new(sites: Arc<dyn Sites>, units: Arc<dyn Units>, clock: Arc<dyn Clock>) -> Self {
        Self { sites, units, clock }
    }
}
