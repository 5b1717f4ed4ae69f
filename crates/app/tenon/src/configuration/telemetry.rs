use super::reader::Reader;

/// What is told of requests, and to whom.
#[cfg_attr(
    not(feature = "otlp"),
    expect(
        dead_code,
        reason = "it is read in every build, so that a mistake is told, and used in some"
    )
)]
#[derive(Debug, Clone)]
pub struct Telemetry {
    /// The collector's whole address; nothing without one.
    pub endpoint: Option<String>,
    /// What this installation is called there.
    pub service: String,
    /// Of a hundred requests.
    pub percent: u8,
}

impl Telemetry {
    pub(super) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        const ENDPOINT: &str = "telemetry.otlp_endpoint";
        let endpoint = reader.url(ENDPOINT, &["http", "https"]);
        if !cfg!(feature = "otlp") && matches!(endpoint, Some(Some(_))) {
            reader.refuse(ENDPOINT, "needs a build with `--features otlp`");
        }
        let service = reader.parse("telemetry.service_name", "a name of 1 to 64 characters", |text| {
            let is_name = (1..=64).contains(&text.chars().count()) && !text.chars().any(char::is_control);
            is_name.then(|| text.to_owned())
        });
        let percent = reader.number("telemetry.sample_percent", 0..=100);
        Some(Self {
            endpoint: endpoint?.map(String::from),
            service: service?,
            percent: percent?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Configuration, Variables};

    fn problems<const N: usize>(variables: [(&str, &str); N]) -> String {
        let loaded = Configuration::load(None, &Variables::from(variables));
        loaded.map_or_else(|problems| problems.to_string(), |_| String::new())
    }

    #[test]
    fn a_collector_needs_a_build_that_can_send() {
        let said = problems([("TENON__TELEMETRY__OTLP_ENDPOINT", "http://127.0.0.1:4318/v1/traces")]);
        let refused = "telemetry.otlp_endpoint: needs a build with `--features otlp`";
        assert_eq!(said.starts_with(refused), !cfg!(feature = "otlp"), "{said}");
    }

    #[test]
    fn a_share_of_more_than_all_and_an_address_of_another_kind_are_refused() {
        assert!(problems([("TENON__TELEMETRY__SAMPLE_PERCENT", "101")]).contains("telemetry.sample_percent"));
        assert!(problems([("TENON__TELEMETRY__OTLP_ENDPOINT", "grpc://h:4317")]).contains("telemetry.otlp_endpoint"));
        assert!(problems([("TENON__TELEMETRY__SERVICE_NAME", "")]).contains("telemetry.service_name"));
    }
}
