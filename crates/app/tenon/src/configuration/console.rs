use super::reader::Reader;

/// The page for people.
#[derive(Debug, Clone, Copy)]
pub struct Console {
    /// Whether it is served.
    pub enabled: bool,
}

impl Console {
    pub(super) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let enabled = reader.parse("console.enabled", "true or false", |text| text.parse().ok());
        Some(Self { enabled: enabled? })
    }
}
