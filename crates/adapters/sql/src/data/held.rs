//! A Postgres database that somebody has for themselves while they replace what is in it.

use super::DataError;
use super::pg::Pg;
use super::side::{Observer, Side};
use super::snapshot::{Contents, contents};

/// Nobody else has the database open, and whoever starts on it waits, as long as this is there.
pub struct HeldPostgres {
    pg: Pg,
    major: i32,
}

impl HeldPostgres {
    /// Takes it. What was there stays until somebody else replaces it: this connection keeps no table.
    ///
    /// # Errors
    ///
    /// [`DataError::Connected`] and [`DataError::Served`] when somebody has it open, and others.
    pub fn take(url: &str) -> Result<Self, DataError> {
        let mut pg = Pg::open(url)?;
        // Soon, for clear words. Whoever comes after this has or waits for one of the locks.
        let others = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
            AND backend_type = 'client backend'";
        match pg.count_of(others)? {
            0 => pg.unmigrated()?,
            others => return Err(DataError::Connected(others)),
        }
        pg.unserved()?;
        let major = pg.major()?;
        Ok(Self { pg, major })
    }

    /// The version of the server.
    pub fn major(&self) -> i32 {
        self.major
    }

    /// Whether there are any tables.
    ///
    /// # Errors
    ///
    /// As [`DataError`] says.
    pub fn is_empty(&mut self) -> Result<bool, DataError> {
        Ok(self.pg.tables()?.is_empty())
    }

    /// What is in the database.
    ///
    /// # Errors
    ///
    /// As [`DataError`] says.
    pub fn contents(&mut self, observe: Observer<'_>) -> Result<Contents, DataError> {
        contents(&mut self.pg, observe)
    }
}
