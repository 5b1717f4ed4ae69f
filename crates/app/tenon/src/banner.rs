use std::fmt::{self, Display};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use crate::configuration::{DatabaseUrl, Settings};

/// What a person who starts Tenon for development wants to know.
#[derive(Debug)]
pub struct Banner {
    folder: PathBuf,
    console: bool,
    sqlite: bool,
    redis: bool,
    secrets: Option<PathBuf>,
}

impl Banner {
    /// What there is to say about these settings, and the file that secrets came from.
    pub fn new(settings: &Settings, secrets: Option<PathBuf>) -> Self {
        Self {
            folder: settings.data.folder.clone(),
            console: settings.console.enabled,
            sqlite: matches!(settings.database.url, DatabaseUrl::Sqlite(_)),
            redis: settings.redis.url.is_some(),
            secrets,
        }
    }

    /// The text, for an instance that listens on `address` and became ready within `time`.
    pub fn text(&self, address: SocketAddr, time: Duration) -> impl Display + '_ {
        Text {
            banner: self,
            address,
            time,
        }
    }
}

struct Text<'a> {
    banner: &'a Banner,
    address: SocketAddr,
    time: Duration,
}

impl Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Banner {
            folder,
            console,
            sqlite,
            redis,
            secrets,
        } = self.banner;
        let version = env!("CARGO_PKG_VERSION");
        let (address, time) = (self.address, self.time.as_millis());
        writeln!(f, "Tenon {version} is ready at http://{address} after {time} ms")?;
        if *console {
            writeln!(f, "  console      http://{address}/ in a browser")?;
        }
        writeln!(f, "  environment  development: answers tell the causes of errors")?;
        writeln!(f, "  data folder  {}", folder.display())?;
        let database = if *sqlite { "SQLite, embedded" } else { "Postgres" };
        writeln!(f, "  database     {database}")?;
        let redis = if *redis {
            "Redis"
        } else {
            "embedded: limits and revocations of this process alone"
        };
        writeln!(f, "  coordination {redis}")?;
        if let Some(path) = secrets {
            writeln!(
                f,
                "  secrets      made for development, the operator's password among them: {}",
                path.display()
            )?;
        }
        write!(
            f,
            "  production   set TENON__ENVIRONMENT=production, JWT_SECRET, ENCRYPTION_KEY and OPERATOR_PASSWORD;\n  \
             {:12} for more than one instance also DATABASE_URL and REDIS_URL",
            ""
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_banner_tells_where_it_listens_what_is_embedded_and_what_production_needs() {
        let banner = Banner {
            folder: "./data".into(),
            console: true,
            sqlite: true,
            redis: false,
            secrets: Some("./data/secrets.toml".into()),
        };
        let address = "127.0.0.1:4000".parse().unwrap();
        let text = banner.text(address, Duration::from_micros(83_900)).to_string();
        for part in [
            "http://127.0.0.1:4000 after 83 ms",
            "http://127.0.0.1:4000/ in a browser\n",
            "./data\n",
            "SQLite, embedded",
            "./data/secrets.toml",
            "JWT_SECRET, ENCRYPTION_KEY and OPERATOR_PASSWORD",
        ] {
            assert!(text.contains(part), "{part} in:\n{text}");
        }
    }
}
