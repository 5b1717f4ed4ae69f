use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::measure::median;

/// What the steps of a run wrote, by their names. Everything is `None` whose step is missing or has no such figure.
pub struct Results(BTreeMap<String, Value>);

impl Results {
    /// Reads the files of a run.
    pub fn read(folder: &Path) -> Result<Self> {
        let mut all = BTreeMap::new();
        for name in crate::all::steps() {
            let path = folder.join(format!("{name}.json"));
            if let Ok(bytes) = fs::read(&path) {
                let document = serde_json::from_slice(&bytes).with_context(|| path.display().to_string())?;
                all.insert(name.to_owned(), document);
            }
        }
        Ok(Self(all))
    }

    /// Whether the step wrote anything.
    pub fn has(&self, step: &str) -> bool {
        self.0.contains_key(step)
    }

    /// The machine that a step ran on.
    pub fn machine(&self) -> String {
        let of = |field: &str| {
            let one = self
                .0
                .values()
                .find_map(|document| document.pointer("/machine")?.get(field));
            one.map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
        };
        let kernel = of("kernel").unwrap_or_default();
        format!(
            "{} cores of {}, Linux {}",
            of("cores").unwrap_or_default(),
            of("processor").unwrap_or_default(),
            kernel.split('-').next().unwrap_or_default()
        )
    }

    /// A figure of a document by its pointer.
    pub fn number(&self, step: &str, pointer: &str) -> Option<f64> {
        self.of(step)?.pointer(pointer)?.as_f64()
    }

    /// The median figure of an operation in a comparison.
    pub fn operation(&self, step: &str, operation: &str, server: &str, figure: &str) -> Option<f64> {
        let all = self.of(step)?.get("operations")?.as_array()?;
        let one = all
            .iter()
            .find(|one| is(one, "operation", operation) && is(one, "server", server));
        one?.get("medians")?.get(figure)?.as_f64()
    }

    /// The median figure of a server's rounds in the first mode whose name holds a text.
    pub fn rounds(&self, step: &str, mode: &str, server: &str, figure: &str) -> Option<f64> {
        let modes = self.of(step)?.get("modes")?.as_array()?;
        let holds = |one: &&Value| {
            let name = one.get("mode").and_then(Value::as_str);
            name.is_some_and(|name| name.contains(mode))
        };
        let servers = modes.iter().find(holds)?.get("servers")?.as_array()?;
        let one = servers
            .iter()
            .find(|one| is(one, "server", server) || is(one, "history", server));
        middle(one?.get("rounds")?, figure)
    }

    /// A figure of the entry of a list whose field has a value.
    pub fn entry(&self, step: &str, list: &str, entry: &[(&str, &str)], figure: &str) -> Option<f64> {
        let all = self.of(step)?.get(list)?.as_array()?;
        let one = all
            .iter()
            .find(|one| entry.iter().all(|(field, value)| is(one, field, value)));
        one?.pointer(figure)?.as_f64()
    }

    /// The median figure of a list of rounds.
    pub fn median(&self, step: &str, rounds: &str, figure: &str) -> Option<f64> {
        middle(self.of(step)?.get(rounds)?, figure)
    }

    fn of(&self, step: &str) -> Option<&Value> {
        self.0.get(step)?.get("results")
    }
}

fn is(one: &Value, field: &str, wanted: &str) -> bool {
    match one.get(field) {
        Some(Value::String(text)) => text == wanted,
        Some(Value::Number(number)) => number.to_string() == wanted,
        _ => false,
    }
}

fn middle(rounds: &Value, figure: &str) -> Option<f64> {
    let figures = rounds.as_array()?.iter().map(|round| round.get(figure)?.as_f64());
    Some(median(figures.collect::<Option<Vec<_>>>()?))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_figure_is_the_median_of_its_rounds_and_none_without_its_step() {
        let rounds = json!([{ "p50": 3.0 }, { "p50": 1.0 }, { "p50": 2.0 }]);
        let servers = json!([{ "server": "Tenon", "rounds": rounds }]);
        let document = json!({ "results": { "modes": [{ "mode": "burst of 9", "servers": servers }] } });
        let results = Results(BTreeMap::from([("fanout".to_owned(), document)]));
        assert_eq!(results.rounds("fanout", "burst", "Tenon", "p50"), Some(2.0));
        assert_eq!(results.rounds("fanout", "burst", "Socket.IO", "p50"), None);
        assert_eq!(results.rounds("idle", "burst", "Tenon", "p50"), None);
    }
}
