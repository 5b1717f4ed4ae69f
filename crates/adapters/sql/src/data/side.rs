use super::DataError;
use super::content::{Sum, TableContent};
use super::tables::DERIVED;
use super::value::{Record, Value};

/// A part of a long piece of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The digests of the source are made.
    Reading,
    /// Rows go from one database to the other.
    Copying,
    /// The digests of the target are made.
    Comparing,
}

/// What a long piece of work tells of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// A part begins, of so many rows, of which some are done already.
    Begin { part: Part, rows: u64, done: u64 },
    /// So many rows more are done.
    Rows(u64),
}

/// Hears of every step.
pub type Observer<'a> = &'a mut dyn FnMut(Step);

/// How many rows are told of at once.
const TOLD: u64 = 500;

/// A database whose tables are read as they are.
pub trait Side {
    /// What it is called in an error.
    const NAME: &'static str;

    /// The version of its last migration, if it has had one.
    fn version(&mut self) -> Result<Option<String>, DataError>;

    /// The tables with data, by name.
    fn tables(&mut self) -> Result<Vec<String>, DataError>;

    /// The columns of a table in the order of their names, without those that are made from others.
    fn columns(&mut self, table: &str) -> Result<Vec<String>, DataError>;

    fn count(&mut self, table: &str) -> Result<u64, DataError>;

    /// Gives each row that the query has, one after the other, without holding all of them. `after` binds its parameters.
    fn each(
        &mut self,
        query: &str,
        after: &[Value],
        take: &mut dyn FnMut(Record) -> Result<(), DataError>,
    ) -> Result<(), DataError>;

    /// Counts and digests the rows of a table.
    fn content(&mut self, table: &str, observe: Observer<'_>) -> Result<TableContent, DataError> {
        let columns = self.columns(table)?;
        let mut sum = Sum::default();
        let mut untold = 0;
        self.each(&select(table, &columns), &[], &mut |record| {
            sum.add(&record);
            untold += 1;
            if untold == TOLD {
                observe(Step::Rows(std::mem::take(&mut untold)));
            }
            Ok(())
        })?;
        observe(Step::Rows(untold));
        Ok(sum.content(table))
    }

    /// Counts and digests the rows of several tables.
    fn contents(
        &mut self,
        tables: &[String],
        part: Part,
        observe: Observer<'_>,
    ) -> Result<Vec<TableContent>, DataError> {
        let mut rows = 0;
        for table in tables {
            rows += self.count(table)?;
        }
        observe(Step::Begin { part, rows, done: 0 });
        let content = |table: &String| self.content(table, observe);
        tables.iter().map(content).collect()
    }
}

/// Asks for these columns of every row.
pub fn select(table: &str, columns: &[String]) -> String {
    format!("SELECT {} FROM {}", list(columns), quoted(table))
}

pub fn list(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| quoted(name)).collect();
    quoted.join(", ")
}

pub fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Whether the column is made from others, and only one of the databases has it.
pub fn is_derived(table: &str, column: &str) -> bool {
    DERIVED.contains(&(table, column))
}
