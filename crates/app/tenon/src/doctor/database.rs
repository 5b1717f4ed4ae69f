use std::collections::BTreeSet;
use std::path::Path;

use secrecy::ExposeSecret;
use tenon_sql::{DataError, Examination};
use tokio::task::spawn_blocking;

use super::clocks::Told;
use super::finding::Finding;
use crate::configuration::{DatabaseUrl, Environment, Settings};

/// What the other looks need to know of the database.
pub struct Examined {
    pub keys: BTreeSet<String>,
    pub now: Option<Told>,
}

/// Looks at the database, which is neither made nor migrated.
pub async fn look(settings: &Settings) -> (Vec<Finding>, Option<Examined>) {
    let url = settings.database.url.to_secret().expose_secret().to_owned();
    let examined = spawn_blocking(move || {
        let examination = tenon_sql::examine(&url);
        let now = examination.as_ref().ok().and_then(|found| found.now).map(Told::now);
        (examination, now)
    });
    let Ok((examination, now)) = examined.await else {
        return (
            vec![Finding::failure("database", "looking at it failed", "report this")],
            None,
        );
    };
    match examination {
        Ok(found) => {
            let findings = judge(settings, &found);
            (findings, Some(Examined { keys: found.keys, now }))
        }
        Err(DataError::Missing(path)) => (vec![none_yet(settings, &path)], None),
        Err(error) => (vec![unreachable(settings, &error)], None),
    }
}

fn none_yet(settings: &Settings, path: &Path) -> Finding {
    let found = format!("{} does not exist yet", path.display());
    match settings.environment {
        Environment::Development => Finding::ok("database", format!("{found}; the first start makes it")),
        Environment::Production => Finding::warning(
            "database",
            found,
            "if there should be one, look at data.folder and database.url; otherwise the first start makes it",
        ),
    }
}

fn unreachable(settings: &Settings, error: &DataError) -> Finding {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    let remedy = match settings.database.url {
        DatabaseUrl::Sqlite(_) => "see that the file and its folder belong to the user that Tenon runs as",
        DatabaseUrl::Postgres(_) => {
            "see that the server runs, that DATABASE_URL names it, and that nothing between them blocks it"
        }
    };
    Finding::failure("database", text.replace('\n', " ").trim().to_owned(), remedy)
}

fn judge(settings: &Settings, found: &Examination) -> Vec<Finding> {
    let place = match &settings.database.url {
        DatabaseUrl::Sqlite(path) => format!("{} at {}", found.server, path.display()),
        DatabaseUrl::Postgres(_) => found.server.clone(),
    };
    let mut findings = vec![Finding::ok("database", format!("{place} answers")), schema(found)];
    findings.push(match found.not_durable.as_slice() {
        [] => Finding::ok("durability", "what is acknowledged is on disk"),
        settings => Finding::failure(
            "durability",
            format!("the server has {}", settings.join(" and ")),
            "set them to on: what was acknowledged would be lost with the machine, and Tenon does not start",
        ),
    });
    findings.extend(connections(settings, found));
    findings
}

fn schema(found: &Examination) -> Finding {
    let (newest, now) = (tenon_sql::schema(), found.schema.as_deref());
    match now {
        _ if found.unfinished => Finding::failure(
            "schema",
            "a copy of data into this database was interrupted",
            "run the same `tenon migrate-data` again",
        ),
        Some(version) if version == newest => Finding::ok("schema", format!("{version}, this version's")),
        Some(version) if version > newest.as_str() => Finding::failure(
            "schema",
            format!("{version} is newer than {newest}, this version's"),
            "use the version that migrated it, or a later one",
        ),
        Some(version) => Finding::warning(
            "schema",
            format!("{version}, and this version's is {newest}"),
            "the next start migrates it, and so does `tenon migrate`; make a backup before",
        ),
        None => Finding::ok("schema", "there are no tables yet; the first start makes them"),
    }
}

fn connections(settings: &Settings, found: &Examination) -> Option<Finding> {
    let most = found.connections?;
    let wanted = crate::wiring::connections(&settings.database);
    let found = format!("{wanted} for this instance, and the server takes {most} in all");
    Some(match wanted.saturating_mul(2) > most {
        true => Finding::warning(
            "connections",
            found,
            "raise max_connections of the server, or lower database.connections: every instance takes as many, and more while they change",
        ),
        false => Finding::ok("connections", found),
    })
}
