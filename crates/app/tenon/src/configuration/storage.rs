use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};

use super::Environment;
use super::reader::Reader;

/// Where data is kept.
#[derive(Debug, Clone)]
pub struct Data {
    /// Holds the SQLite database, and the secrets of development.
    pub folder: PathBuf,
}

/// Which database holds the truth.
#[derive(Debug, Clone)]
pub struct Database {
    /// Where it is.
    pub url: DatabaseUrl,
    /// Connections to Postgres or readers of SQLite; 0 to choose by the number of cores.
    pub connections: u32,
}

/// Where a database is.
#[derive(Debug, Clone)]
pub enum DatabaseUrl {
    /// A file.
    Sqlite(PathBuf),
    /// A server, as libpq takes it.
    Postgres(SecretString),
}

/// What instances share their counters through.
#[derive(Debug, Clone)]
pub struct Redis {
    /// `None` without Redis.
    pub url: Option<SecretString>,
}

impl Data {
    pub(super) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let folder = reader.parse("data.folder", "a path", |text| {
            (!text.is_empty()).then(|| PathBuf::from(text))
        });
        Some(Self { folder: folder? })
    }
}

impl Database {
    pub(super) fn read(
        reader: &mut Reader<'_>,
        folder: Option<&Path>,
        environment: Option<Environment>,
    ) -> Option<Self> {
        let expected = "a URL such as postgres://user:password@host/name or sqlite:data/tenon.db";
        let url = reader.optional("database.url", expected, DatabaseUrl::parse);
        let connections = reader.number("database.connections", 0..=1000);
        let url = url?;
        if let Some(Err(why)) = url.as_ref().map(DatabaseUrl::well_formed) {
            reader.refuse("database.url", why);
            return None;
        }
        let url = url.unwrap_or_else(|| DatabaseUrl::Sqlite(folder.unwrap_or(Path::new("")).join("tenon.db")));
        if let (DatabaseUrl::Sqlite(_), Some(Environment::Production)) = (&url, environment) {
            let consequence = "a single instance can run on it; set DATABASE_URL to use Postgres";
            reader
                .warnings
                .push(format!("the database is the embedded SQLite: {consequence}"));
        }
        Some(Self {
            url,
            connections: connections?,
        })
    }
}

impl DatabaseUrl {
    /// The URL that stands for it.
    pub fn to_secret(&self) -> SecretString {
        match self {
            Self::Sqlite(path) => format!("sqlite:{}", path.display()).into(),
            Self::Postgres(url) => url.clone(),
        }
    }

    /// What is wrong with it, in words that show nothing of it.
    fn well_formed(&self) -> Result<(), &'static str> {
        match self {
            Self::Sqlite(_) => Ok(()),
            Self::Postgres(url) => tenon_sql::well_formed(url.expose_secret()),
        }
    }

    fn parse(text: &str) -> Option<Self> {
        match text.split_once(':')? {
            ("postgres" | "postgresql", rest) => rest.starts_with("//").then(|| Self::Postgres(text.into())),
            ("sqlite", path) => {
                let path = path.strip_prefix("//").unwrap_or(path);
                (!path.is_empty() && !path.starts_with(':')).then(|| Self::Sqlite(path.into()))
            }
            _ => None,
        }
    }
}

impl Redis {
    pub(super) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let url = reader.url("redis.url", &["redis"])?;
        Some(Self {
            url: url.map(|url| String::from(url).into()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_url_names_a_file_or_a_server() {
        for (text, path) in [
            ("sqlite:tenon.db", "tenon.db"),
            ("sqlite://data/tenon.db", "data/tenon.db"),
            ("sqlite:///srv/tenon.db", "/srv/tenon.db"),
            ("sqlite:/srv/tenon.db", "/srv/tenon.db"),
        ] {
            assert!(matches!(DatabaseUrl::parse(text), Some(DatabaseUrl::Sqlite(file)) if file == Path::new(path)));
        }
        assert!(matches!(
            DatabaseUrl::parse("postgres://u:p@h/d"),
            Some(DatabaseUrl::Postgres(_))
        ));
        assert!(matches!(
            DatabaseUrl::parse("postgresql:///d"),
            Some(DatabaseUrl::Postgres(_))
        ));
        for text in [
            "mysql://h/d",
            "postgres:h",
            "tenon.db",
            "sqlite:",
            "sqlite::memory:",
            "mongodb://h/d",
        ] {
            assert!(DatabaseUrl::parse(text).is_none(), "{text}");
        }
    }
}
