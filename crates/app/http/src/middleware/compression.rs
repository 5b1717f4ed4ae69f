use actix_http::encoding::Encoder;
use actix_web::HttpRequest;
use actix_web::body::{BodySize, BoxBody, EitherBody, MessageBody};
use actix_web::dev::ServiceResponse;
use actix_web::http::Version;
use actix_web::http::header::{self, AcceptEncoding, ContentEncoding, Encoding, Header, HeaderValue};

/// Smaller bodies are not worth it.
const THRESHOLD: u64 = 1024;

/// Answers with secrets in them are not compressed, so that their length says nothing.
const SECRET: &str = "/api/auth/";

/// Compresses the body if it is large enough and the client takes it. Without `Accept-Encoding` it stays as it is, and for a client of
/// HTTP/1.0, which knows no chunks (RFC 9112, section 6.1).
pub(super) fn compress<B: MessageBody + 'static>(
    response: ServiceResponse<EitherBody<B>>,
) -> ServiceResponse<EitherBody<B>> {
    let large = match response.response().body().size() {
        BodySize::None => false,
        BodySize::Sized(size) => size >= THRESHOLD,
        BodySize::Stream => true,
    };
    if !large
        || response.request().version() < Version::HTTP_11
        || response.request().path().starts_with(SECRET)
        || response.headers().contains_key(header::CONTENT_ENCODING)
    {
        return response;
    }
    match accepted(response.request()) {
        ContentEncoding::Identity => vary(response),
        encoding => response.map_body(|head, body| {
            let encoder = Encoder::response(encoding, head, body);
            EitherBody::right(BoxBody::new(encoder))
        }),
    }
}

fn accepted(request: &HttpRequest) -> ContentEncoding {
    if !request.headers().contains_key(header::ACCEPT_ENCODING) {
        return ContentEncoding::Identity;
    }
    let supported = [Encoding::zstd(), Encoding::gzip(), Encoding::identity()];
    match AcceptEncoding::parse(request)
        .ok()
        .and_then(|accept| accept.negotiate(supported.iter()))
    {
        Some(Encoding::Known(encoding)) => encoding,
        Some(Encoding::Unknown(_)) | None => ContentEncoding::Identity,
    }
}

fn vary<B>(mut response: ServiceResponse<B>) -> ServiceResponse<B> {
    response
        .headers_mut()
        .append(header::VARY, HeaderValue::from_static("accept-encoding"));
    response
}
