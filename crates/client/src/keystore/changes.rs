use zeroize::Zeroizing;

/// What is stored under a name.
pub type Value = Zeroizing<Vec<u8>>;

/// Changes that are stored together: all of them, or none.
#[derive(Default)]
pub struct Changes(Vec<(String, Option<Value>)>);

impl Changes {
    /// No changes.
    pub fn new() -> Self {
        Self::default()
    }

    /// Stores a value under a name, in place of the one before.
    pub fn put(&mut self, name: impl Into<String>, value: impl Into<Value>) {
        self.0.push((name.into(), Some(value.into())));
    }

    /// Removes what is stored under a name, if anything is.
    pub fn remove(&mut self, name: impl Into<String>) {
        self.0.push((name.into(), None));
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn into_entries(self) -> impl Iterator<Item = (String, Option<Value>)> {
        self.0.into_iter()
    }

    /// Each entry as the length of its name, the name, the length of the value plus one or 0 without a value, and the value.
    pub(super) fn encode(&self) -> Option<Value> {
        let mut bytes = Zeroizing::new(Vec::new());
        for (name, value) in &self.0 {
            bytes.extend_from_slice(&u32::try_from(name.len()).ok()?.to_be_bytes());
            bytes.extend_from_slice(name.as_bytes());
            let length = value.as_ref().map_or(Some(0), |value| value.len().checked_add(1))?;
            bytes.extend_from_slice(&u32::try_from(length).ok()?.to_be_bytes());
            bytes.extend_from_slice(value.as_deref().map_or(&[], Vec::as_slice));
        }
        Some(bytes)
    }

    pub(super) fn decode(mut bytes: &[u8]) -> Option<Self> {
        let mut changes = Self::new();
        while !bytes.is_empty() {
            let name = take(&mut bytes, 0)??;
            let name = String::from_utf8(name.to_vec()).ok()?;
            let value = take(&mut bytes, 1)?.map(|value| Zeroizing::new(value.to_vec()));
            changes.0.push((name, value));
        }
        Some(changes)
    }
}

/// A part of which a number tells the length plus `more`; without a part when that is less than `more`.
fn take<'a>(bytes: &mut &'a [u8], more: usize) -> Option<Option<&'a [u8]>> {
    let (length, rest) = bytes.split_first_chunk()?;
    let Some(length) = usize::try_from(u32::from_be_bytes(*length)).ok()?.checked_sub(more) else {
        *bytes = rest;
        return Some(None);
    };
    let (part, rest) = rest.split_at_checked(length)?;
    *bytes = rest;
    Some(Some(part))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn changes_are_read_as_they_were_written(entries: Vec<(String, Option<Vec<u8>>)>) {
            let mut changes = Changes::new();
            for (name, value) in &entries {
                match value {
                    Some(value) => changes.put(name.as_str(), value.clone()),
                    None => changes.remove(name.as_str()),
                }
            }
            let read = Changes::decode(&changes.encode().unwrap()).unwrap();
            let read: Vec<_> = read.into_entries().map(|(name, value)| (name, value.map(|value| value.to_vec()))).collect();
            prop_assert_eq!(read, entries);
        }

        #[test]
        fn bytes_that_are_no_changes_are_refused_without_a_panic(bytes: Vec<u8>) {
            let _ = Changes::decode(&bytes);
        }
    }
}
