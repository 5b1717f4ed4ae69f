use std::fmt::Debug;
use std::time::SystemTime;

use opentelemetry::trace::{
    Event, SpanBuilder, SpanContext, SpanId, SpanKind, Status, TraceFlags, TraceId, TraceState,
};
use opentelemetry::{Context, KeyValue, Value, trace::TraceContextExt};
use tracing::field::{Field, Visit};

/// What is known of a request until it is answered.
#[derive(Debug)]
pub struct Record {
    started: SystemTime,
    /// `traceparent`, as it came.
    parent: Option<String>,
    attributes: Vec<KeyValue>,
    method: Option<String>,
    route: Option<String>,
    status: Option<i64>,
    events: Vec<Event>,
}

impl Record {
    /// A request that begins now.
    pub fn new() -> Self {
        Self {
            started: SystemTime::now(),
            parent: None,
            attributes: Vec::new(),
            method: None,
            route: None,
            status: None,
            events: Vec::new(),
        }
    }

    /// Takes up what is said of the request itself, under the names of OpenTelemetry's conventions for HTTP.
    pub fn note(&mut self, fields: Fields) {
        for (name, value) in fields.values {
            let known = match name {
                "id" => "tenon.request.id",
                "method" => "http.request.method",
                "path" => "url.path",
                "route" => "http.route",
                "status" => "http.response.status_code",
                "bytes" => "http.response.body.size",
                "user" => "enduser.id",
                "trace" => {
                    self.parent = Some(value.to_string());
                    continue;
                }
                // How long it took is what a span is for.
                _ => continue,
            };
            match (name, &value) {
                ("method", value) => self.method = Some(value.to_string()),
                ("route", value) => self.route = Some(value.to_string()),
                ("status", Value::I64(status)) => self.status = Some(*status),
                _ => {}
            }
            self.attributes.push(KeyValue::new(known, value));
        }
    }

    /// Takes up what happened meanwhile.
    pub fn happened(&mut self, level: &'static str, fields: Fields) {
        let attributes = fields
            .values
            .into_iter()
            .map(|(name, value)| KeyValue::new(name, value));
        let attributes = attributes.chain([KeyValue::new("level", level)]).collect();
        self.events
            .push(Event::new(fields.message, SystemTime::now(), attributes, 0));
    }

    /// The span, which is over, how it ended, and what it belongs to.
    pub fn finish(self) -> (SpanBuilder, Status, Context) {
        let method = self.method.unwrap_or_else(|| "request".to_owned());
        let name = match self.route {
            Some(route) => format!("{method} {route}"),
            None => method,
        };
        let status = match self.status {
            Some(500..) => Status::error(""),
            Some(_) | None => Status::Unset,
        };
        let span = SpanBuilder::from_name(name)
            .with_kind(SpanKind::Server)
            .with_start_time(self.started)
            .with_attributes(self.attributes)
            .with_events(self.events);
        let parent = self.parent.as_deref().and_then(remote);
        let context = parent.map_or_else(Context::new, |parent| Context::new().with_remote_span_context(parent));
        (span, status, context)
    }
}

/// Reads `traceparent` (W3C Trace Context, section 3.2).
fn remote(text: &str) -> Option<SpanContext> {
    let mut parts = text.split('-');
    let (version, trace, span, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let widths = (version.len(), trace.len(), span.len(), flags.len());
    if widths != (2, 32, 16, 2) || version == "ff" {
        return None;
    }
    let flags = TraceFlags::new(u8::from_str_radix(flags, 16).ok()?) & TraceFlags::SAMPLED;
    let (trace, span) = (TraceId::from_hex(trace).ok()?, SpanId::from_hex(span).ok()?);
    let context = SpanContext::new(trace, span, flags, true, TraceState::default());
    context.is_valid().then_some(context)
}

/// What an event or a span says.
#[derive(Debug, Default)]
pub struct Fields {
    pub message: String,
    values: Vec<(&'static str, Value)>,
}

impl Visit for Fields {
    fn record_i64(&mut self, field: &Field, value: i64) {
        self.values.push((field.name(), Value::I64(value)));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        let value = i64::try_from(value).unwrap_or(i64::MAX);
        self.values.push((field.name(), Value::I64(value)));
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.values.push((field.name(), Value::F64(value)));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.values.push((field.name(), Value::Bool(value)));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "message" => value.clone_into(&mut self.message),
            name => self.values.push((name, Value::from(value.to_owned()))),
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        match field.name() {
            "message" => self.message = format!("{value:?}"),
            name => self.values.push((name, Value::from(format!("{value:?}")))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_traceparent_of_any_version_but_ff_is_read() {
        for version in ["00", "01"] {
            let text = format!("{version}-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
            let context = remote(&text).unwrap();
            assert!(context.is_sampled() && context.is_remote());
            assert_eq!(context.trace_id().to_string(), "4bf92f3577b34da6a3ce929d0e0e4736");
        }
        for text in [
            "",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01",
        ] {
            assert!(remote(text).is_none(), "{text}");
        }
    }
}
