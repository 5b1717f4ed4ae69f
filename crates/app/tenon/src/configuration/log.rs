use tracing_subscriber::EnvFilter;

use super::reader::Reader;

/// What is logged, and how.
#[derive(Debug, Clone)]
pub struct Log {
    /// Directives as `tracing_subscriber::EnvFilter` takes them.
    pub level: String,
    /// The form of a line.
    pub format: LogFormat,
}

/// The form of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// Pretty on a terminal, JSON elsewhere.
    Auto,
    /// One JSON object a line.
    Json,
    /// For people.
    Pretty,
}

impl Log {
    pub(super) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let expected = "error, warn, info, debug or trace, alone or by module as in info,tenon_http=debug";
        let level = reader.parse("log.level", expected, directives);
        let format = reader.parse("log.format", "one of auto, json, pretty", |text| match text {
            "auto" => Some(LogFormat::Auto),
            "json" => Some(LogFormat::Json),
            "pretty" => Some(LogFormat::Pretty),
            _ => None,
        });
        Some(Self {
            level: level?,
            format: format?,
        })
    }
}

/// A filter takes any bare word for the name of a module; here it must be a level.
fn directives(text: &str) -> Option<String> {
    let is_level = |word: &str| ["off", "error", "warn", "info", "debug", "trace"].contains(&word);
    let sound = |directive: &str| directive.contains('=') || is_level(&directive.trim().to_lowercase());
    let all_sound = text.split(',').all(sound);
    (all_sound && EnvFilter::builder().parse(text).is_ok()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_word_that_is_no_level_is_refused() {
        for text in ["info", "WARN", "off", "info,tenon_http=debug", "tenon_sql=trace,warn"] {
            assert!(directives(text).is_some(), "{text}");
        }
        for text in ["", "verbose", "info,", "tenon_http=loud", "info,loud"] {
            assert!(directives(text).is_none(), "{text}");
        }
    }
}
