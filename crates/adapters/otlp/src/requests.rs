use opentelemetry::trace::{Span as _, Tracer as _};
use opentelemetry_sdk::trace::SdkTracer;
use tracing::span::{Attributes, Id};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

use crate::record::{Fields, Record};

/// The span of a request, and the event that says how it was answered.
const SPAN: &str = "request";
const ANSWERED: &str = "answered";

/// Makes a trace of each request that is logged.
#[derive(Debug)]
pub struct Requests {
    tracer: SdkTracer,
}

impl Requests {
    pub(crate) fn new(tracer: SdkTracer) -> Self {
        Self { tracer }
    }
}

impl<S> Layer<S> for Requests
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        if attributes.metadata().name() != SPAN {
            return;
        }
        let Some(span) = context.span(id) else { return };
        let (mut record, mut fields) = (Record::new(), Fields::default());
        attributes.record(&mut fields);
        record.note(fields);
        span.extensions_mut().insert(record);
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        for span in context.event_scope(event).into_iter().flatten() {
            let mut extensions = span.extensions_mut();
            let Some(record) = extensions.get_mut::<Record>() else {
                continue;
            };
            let mut fields = Fields::default();
            event.record(&mut fields);
            if fields.message == ANSWERED {
                record.note(fields);
            } else {
                record.happened(event.metadata().level().as_str(), fields);
            }
            return;
        }
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let Some(span) = context.span(&id) else { return };
        let record = span.extensions_mut().remove::<Record>();
        let Some(record) = record else { return };
        let (span, status, parent) = record.finish();
        let mut span = self.tracer.build_with_context(span, &parent);
        span.set_status(status);
        span.end();
    }
}
