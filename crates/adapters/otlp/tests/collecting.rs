//! A small collector, and what it is sent.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a collector that is sent something else fails the test"
)]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread::{self, JoinHandle};

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::trace::v1::{Span, span::SpanKind, status::StatusCode};
use prost::Message;
use tenon_otlp::{Traces, TracesConfig};
use tracing_subscriber::layer::SubscriberExt;

const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

/// Takes one post and answers it.
fn collector() -> (SocketAddr, JoinHandle<(String, ExportTraceServiceRequest)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    (address, thread::spawn(move || receive(listener.accept().unwrap().0)))
}

fn receive(mut stream: TcpStream) -> (String, ExportTraceServiceRequest) {
    let mut read = Vec::new();
    loop {
        let mut chunk = [0; 4096];
        let count = stream.read(&mut chunk).unwrap();
        read.extend_from_slice(&chunk[..count]);
        let mut headers = [httparse::EMPTY_HEADER; 32];
        let mut request = httparse::Request::new(&mut headers);
        let httparse::Status::Complete(head) = request.parse(&read).unwrap() else {
            continue;
        };
        let header = |name: &str| {
            let found = request
                .headers
                .iter()
                .find(|header| header.name.eq_ignore_ascii_case(name));
            String::from_utf8(found.unwrap().value.to_vec()).unwrap()
        };
        assert_eq!(header("content-type"), "application/x-protobuf");
        let length: usize = header("content-length").parse().unwrap();
        if read.len() == head + length {
            let asked = format!("{} {}", request.method.unwrap(), request.path.unwrap());
            let body = ExportTraceServiceRequest::decode(&read[head..]).unwrap();
            let answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
            stream.write_all(answer.as_bytes()).unwrap();
            return (asked, body);
        }
    }
}

fn attribute(attributes: &[KeyValue], name: &str) -> Option<Value> {
    let found = attributes.iter().find(|attribute| attribute.key == name)?;
    let AnyValue { value } = found.value.clone()?;
    value
}

fn text(text: &str) -> Option<Value> {
    Some(Value::StringValue(text.to_owned()))
}

/// What is sent of the requests that `work` logs.
fn sent(share: f64, work: impl FnOnce()) -> (String, ExportTraceServiceRequest) {
    let (address, collected) = collector();
    let config = TracesConfig {
        endpoint: format!("http://{address}/v1/traces"),
        service: "harbor".to_owned(),
        version: "1.2.3",
        share,
    };
    let traces = Traces::start(&config).unwrap();
    let subscriber = tracing_subscriber::registry().with(traces.requests());
    tracing::subscriber::with_default(subscriber, work);
    drop(traces);
    collected.join().unwrap()
}

fn spans(request: &ExportTraceServiceRequest) -> Vec<Span> {
    let scopes = request.resource_spans.iter().flat_map(|resource| &resource.scope_spans);
    scopes.flat_map(|scope| scope.spans.clone()).collect()
}

/// What is logged of a request that a proxy has begun to trace.
fn failing_request() {
    let span = tracing::info_span!("request", id = "r-1", trace = PARENT);
    let _entered = span.enter();
    tracing::error!(code = "internal", "the request failed");
    let (status, bytes) = (500_u16, 120_u64);
    let route = "/api/assets/{asset}";
    tracing::info!(
        method = "GET",
        path = "/api/assets/7",
        route,
        status,
        ms = 1.5,
        bytes,
        "answered"
    );
}

#[test]
fn a_request_becomes_a_span_of_the_trace_that_it_came_with() {
    let (asked, request) = sent(0.0, failing_request);
    assert_eq!(asked, "POST /v1/traces");
    let resource = request.resource_spans[0].resource.as_ref().unwrap();
    assert_eq!(attribute(&resource.attributes, "service.name"), text("harbor"));
    assert_eq!(attribute(&resource.attributes, "service.version"), text("1.2.3"));
    let [span] = &spans(&request)[..] else {
        panic!("{request:?}")
    };
    assert_eq!(
        (span.name.as_str(), span.kind()),
        ("GET /api/assets/{asset}", SpanKind::Server)
    );
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    assert_eq!(
        format!("00-{}-{}-01", hex(&span.trace_id), hex(&span.parent_span_id)),
        PARENT
    );
    assert!(span.start_time_unix_nano <= span.end_time_unix_nano);
    for (name, value) in [
        ("http.request.method", text("GET")),
        ("url.path", text("/api/assets/7")),
        ("http.route", text("/api/assets/{asset}")),
        ("http.response.status_code", Some(Value::IntValue(500))),
        ("tenon.request.id", text("r-1")),
        ("trace", None),
    ] {
        assert_eq!(attribute(&span.attributes, name), value, "{name}");
    }
    assert_eq!(span.status.as_ref().unwrap().code(), StatusCode::Error);
    let [event] = &span.events[..] else { panic!("{span:?}") };
    assert_eq!(event.name, "the request failed");
    assert_eq!(attribute(&event.attributes, "code"), text("internal"));
    assert_eq!(attribute(&event.attributes, "level"), text("ERROR"));
}

#[test]
fn a_request_without_a_trace_begins_one_and_what_is_no_request_is_not_sent() {
    let (_, request) = sent(1.0, || {
        tracing::info!("nobody asked");
        drop(tracing::info_span!("other").entered());
        let _span = tracing::info_span!("request", id = "r-2").entered();
        tracing::info!(method = "GET", path = "/", status = 404, "answered");
    });
    let [span] = &spans(&request)[..] else {
        panic!("{request:?}")
    };
    assert_eq!((span.name.as_str(), span.parent_span_id.as_slice()), ("GET", &[][..]));
    assert_eq!(span.status.clone().unwrap_or_default().code(), StatusCode::Unset);
    assert!(span.events.is_empty());
}

#[test]
fn a_collector_that_is_away_holds_nobody_up_for_long() {
    let config = TracesConfig {
        // Where nobody listens: connections to the first port of all are refused.
        endpoint: "http://127.0.0.1:1/v1/traces".to_owned(),
        service: "harbor".to_owned(),
        version: "1.2.3",
        share: 1.0,
    };
    let traces = Traces::start(&config).unwrap();
    let subscriber = tracing_subscriber::registry().with(traces.requests());
    tracing::subscriber::with_default(subscriber, failing_request);
    let begin = std::time::Instant::now();
    drop(traces);
    assert!(begin.elapsed().as_secs() < 20);
}
