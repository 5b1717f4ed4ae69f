use std::collections::HashMap;

use serde_json::{Map, Value};
use tenon_tests::app::{is_id, is_stamp};

/// What the ids, times and places in the page are called in this run.
#[derive(Default)]
pub struct Names {
    texts: HashMap<String, String>,
    /// By what they count: an epoch, or a mailbox.
    numbers: HashMap<(String, u64), u64>,
}

/// Members that count something.
const PLACES: [&str; 4] = ["seq", "upTo", "after", "recipientSeq"];

/// Members that are different each time and said nowhere else.
const UNKNOWN: [&str; 1] = ["retryAfterMs"];

impl Names {
    /// From now on `written` in the page stands for `real`.
    pub fn call(&mut self, written: &str, real: &str) {
        self.texts.insert(written.to_owned(), real.to_owned());
    }

    /// What a text of the page is in this run.
    pub fn real_text(&self, written: &str) -> String {
        let known = self.texts.iter();
        known.fold(written.to_owned(), |text, (written, real)| text.replace(written, real))
    }

    /// What a frame of the page is in this run, as far as that is known.
    pub fn real(&self, written: &Value) -> Value {
        match written {
            Value::String(text) => Value::String(self.real_text(text)),
            Value::Array(items) => items.iter().map(|item| self.real(item)).collect(),
            Value::Object(members) => {
                let real = members
                    .iter()
                    .map(|(name, value)| (name.clone(), self.real_member(members, name, value)));
                Value::Object(real.collect())
            }
            other => other.clone(),
        }
    }

    fn real_member(&self, members: &Map<String, Value>, name: &str, value: &Value) -> Value {
        match (counter(members, name), value.as_u64()) {
            (Some(counter), Some(number)) => self
                .numbers
                .get(&(counter, number))
                .map_or(value.clone(), |real| (*real).into()),
            _ => self.real(value),
        }
    }

    /// Compares a frame with that of the page, and learns what was not known.
    pub fn learn(&mut self, written: &Value, real: &Value) -> Result<(), String> {
        match (written, real) {
            (Value::String(written), Value::String(real)) => self.learn_text(written, real),
            (Value::Array(written), Value::Array(real)) if written.len() == real.len() => written
                .iter()
                .zip(real)
                .try_for_each(|(written, real)| self.learn(written, real)),
            (Value::Object(written), Value::Object(real)) => self.learn_members(written, real),
            (written, real) if written == real => Ok(()),
            (written, real) => Err(format!("{real} instead of {written}")),
        }
    }

    fn learn_members(&mut self, written: &Map<String, Value>, real: &Map<String, Value>) -> Result<(), String> {
        let names = |members: &Map<String, Value>| members.keys().cloned().collect::<std::collections::BTreeSet<_>>();
        if names(written) != names(real) {
            return Err(format!("the members {:?} instead of {:?}", names(real), names(written)));
        }
        for (name, value) in written {
            let found = &real[name];
            match (counter(written, name), value.as_u64(), found.as_u64()) {
                _ if UNKNOWN.contains(&name.as_str()) && found.is_u64() => {}
                (Some(counter), Some(number), Some(found)) => {
                    let known = *self.numbers.entry((counter, number)).or_insert(found);
                    if known != found {
                        return Err(format!("{name} is {found} and was {known}"));
                    }
                }
                _ => self.learn(value, found)?,
            }
        }
        Ok(())
    }

    fn learn_text(&mut self, written: &str, real: &str) -> Result<(), String> {
        if self.real_text(written) == real {
            return Ok(());
        }
        let epoch = |text: &str| text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let alike = [is_id, is_stamp, epoch].iter().any(|is| is(written) && is(real));
        // A time may come twice in the page and not in the run.
        if alike && (is_stamp(written) || !self.texts.contains_key(written)) {
            self.call(written, real);
            return Ok(());
        }
        Err(format!("{real:?} instead of {written:?}"))
    }
}

/// What a member counts.
fn counter(members: &Map<String, Value>, name: &str) -> Option<String> {
    match name {
        "offset" => members.get("epoch").map(Value::to_string),
        name => PLACES.contains(&name).then(|| "mailbox".to_owned()),
    }
}
