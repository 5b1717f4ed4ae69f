use std::collections::BTreeMap;

use config::{ConfigError, Map, Source, Value};

use super::catalogue::{Catalogue, values_of};
use super::plain;
use super::problem::{Problem, origin};
use super::variables::Variables;

const PREFIX: &str = "TENON__";

/// What one source says: known keys only, each value with the origin that an operator would look for.
#[derive(Debug, Clone)]
pub(super) struct Layer(BTreeMap<String, Value>);

impl Source for Layer {
    fn clone_into_box(&self) -> Box<dyn Source + Send + Sync> {
        Box::new(self.clone())
    }

    fn collect(&self) -> Result<Map<String, Value>, ConfigError> {
        Ok(self.0.clone().into_iter().collect())
    }
}

impl Layer {
    /// The defaults.
    pub(super) fn defaults(catalogue: &Catalogue) -> Self {
        Self(catalogue.defaults().clone())
    }

    /// A TOML text that was read from `path`.
    pub(super) fn document(catalogue: &Catalogue, text: &str, path: &str, problems: &mut Vec<Problem>) -> Self {
        match values_of(text, path) {
            Ok(values) => Self::known(catalogue, values, problems),
            Err(message) => {
                problems.push(Problem::new("file", message, path));
                Self(BTreeMap::new())
            }
        }
    }

    /// The variables with plain names: `PORT`, `DATABASE_URL`.
    pub(super) fn plain(catalogue: &Catalogue, variables: &Variables, problems: &mut Vec<Problem>) -> Self {
        let found = plain::values(variables).into_iter();
        let values = found.map(|(key, name, text)| (key.to_owned(), text_value(catalogue, key, name, &text)));
        Self::known(catalogue, values.collect(), problems)
    }

    /// The variables that spell out a key: `TENON__SERVER__PORT`.
    pub(super) fn spelled_out(catalogue: &Catalogue, variables: &Variables, problems: &mut Vec<Problem>) -> Self {
        let values = variables.with_prefix(PREFIX).map(|(rest, text)| {
            let key = rest.replace("__", ".").to_lowercase();
            let value = text_value(catalogue, &key, &format!("{PREFIX}{rest}"), text);
            (key, value)
        });
        Self::known(catalogue, values.collect(), problems)
    }

    fn known(catalogue: &Catalogue, mut values: BTreeMap<String, Value>, problems: &mut Vec<Problem>) -> Self {
        values.retain(|key, value| {
            let known = catalogue.contains(key);
            if !known {
                let nearest = catalogue.nearest(key).unwrap_or_default();
                problems.push(Problem::new(
                    key,
                    format!("is no key; the nearest is {nearest}"),
                    origin(value),
                ));
            } else if value.to_string().contains('\u{fffd}') {
                problems.push(Problem::new(key, "is not UTF-8", origin(value)));
            }
            known
        });
        Self(values)
    }
}

/// What a variable says, as the kind of value that its key has: a number where it is one, and for a list the items
/// between commas.
fn text_value(catalogue: &Catalogue, key: &str, name: &str, text: &str) -> Value {
    let origin = Some(name.to_owned());
    match text.trim().parse::<i64>() {
        Ok(number) if catalogue.is_number(key) => return Value::new(origin.as_ref(), number),
        _ if !catalogue.is_list(key) => return Value::new(origin.as_ref(), text),
        _ => {}
    }
    let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
    let items: Vec<Value> = items.map(|item| Value::new(origin.as_ref(), item)).collect();
    Value::new(origin.as_ref(), items)
}
