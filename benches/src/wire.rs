//! One keep-alive HTTP/1.1 connection: a request's bytes out, a response in, nothing more.

use std::net::SocketAddr;
use std::ops::Range;

use anyhow::{Context, Result, bail};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The bytes of a request, ready to be written as often as wanted.
pub type Request = Vec<u8>;

/// Builds a request; a body is sent as JSON. No compression is asked for.
pub fn request(method: &str, path: &str, token: Option<&str>, body: Option<&str>) -> Request {
    conditional(method, path, token, None, body)
}

/// The same for one version only, if its entity tag is given.
pub fn conditional(method: &str, path: &str, token: Option<&str>, tag: Option<&str>, body: Option<&str>) -> Request {
    let mut head = format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n");
    if let Some(token) = token {
        head.push_str(&format!("Authorization: Bearer {token}\r\n"));
    }
    if let Some(tag) = tag {
        head.push_str(&format!("If-Match: {tag}\r\n"));
    }
    if let Some(body) = body {
        head.push_str(&format!(
            "Content-Type: application/json\r\nContent-Length: {}\r\n",
            body.len()
        ));
    }
    head.push_str("\r\n");
    head.push_str(body.unwrap_or_default());
    head.into_bytes()
}

/// A response, borrowed from the connection that read it.
pub struct Response<'a> {
    /// The status code.
    pub status: u16,
    /// The entity tag.
    pub tag: Option<&'a [u8]>,
    /// The whole body, without its transfer coding.
    pub body: &'a [u8],
}

/// A connection that is used again for every exchange.
pub struct Connection {
    stream: TcpStream,
    received: Vec<u8>,
    decoded: Vec<u8>,
}

impl Connection {
    /// Connects with `TCP_NODELAY`.
    pub async fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address)
            .await
            .with_context(|| format!("connecting to {address}"))?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            received: Vec::with_capacity(32 * 1024),
            decoded: Vec::new(),
        })
    }

    /// Writes the request and reads the whole response.
    ///
    /// # Errors
    /// When the connection ends before the response does, or the response is not HTTP/1.1 with a stated length or
    /// chunked coding.
    pub async fn exchange(&mut self, request: &[u8]) -> Result<Response<'_>> {
        self.stream.write_all(request).await?;
        self.received.clear();
        let head = loop {
            self.receive().await?;
            if let Some(head) = Head::parse(&self.received)? {
                break head;
            }
        };
        let body = match head.framing {
            Framing::Length(length) => {
                while self.received.len() < head.length + length {
                    self.receive().await?;
                }
                self.received.get(head.length..head.length + length)
            }
            Framing::Chunked => {
                while !dechunk(self.received.get(head.length..).unwrap_or_default(), &mut self.decoded)? {
                    self.receive().await?;
                }
                Some(self.decoded.as_slice())
            }
        };
        Ok(Response {
            status: head.status,
            tag: head.tag.and_then(|tag| self.received.get(tag)),
            body: body.unwrap_or_default(),
        })
    }

    async fn receive(&mut self) -> Result<()> {
        self.received.reserve(16 * 1024);
        if self.stream.read_buf(&mut self.received).await? == 0 {
            bail!("the server closed the connection before it had answered");
        }
        Ok(())
    }
}

#[derive(Debug, PartialEq)]
enum Framing {
    Length(usize),
    Chunked,
}

#[derive(Debug, PartialEq)]
struct Head {
    status: u16,
    length: usize,
    framing: Framing,
    /// Where the entity tag stands.
    tag: Option<Range<usize>>,
}

impl Head {
    /// `None` while the head is incomplete.
    fn parse(received: &[u8]) -> Result<Option<Self>> {
        let mut headers = [httparse::EMPTY_HEADER; 64];
        let mut parsed = httparse::Response::new(&mut headers);
        let httparse::Status::Complete(length) = parsed.parse(received)? else {
            return Ok(None);
        };
        let status = parsed.code.context("a response without a status")?;
        let value = |name: &str| {
            parsed
                .headers
                .iter()
                .find(|header| header.name.eq_ignore_ascii_case(name))
        };
        let framing = if status == 204 || status == 304 {
            Framing::Length(0)
        } else if let Some(header) = value("content-length") {
            Framing::Length(std::str::from_utf8(header.value)?.parse()?)
        } else if value("transfer-encoding").is_some_and(|header| header.value.eq_ignore_ascii_case(b"chunked")) {
            Framing::Chunked
        } else {
            bail!("a response with neither a length nor chunked coding");
        };
        let place = |value: &[u8]| {
            let from = (value.as_ptr() as usize).checked_sub(received.as_ptr() as usize)?;
            Some(from..from + value.len())
        };
        Ok(Some(Self {
            status,
            length,
            framing,
            tag: value("etag").and_then(|header| place(header.value)),
        }))
    }
}

/// Decodes a chunked body from its start; `false` while it is incomplete. Trailers are refused.
fn dechunk(mut rest: &[u8], decoded: &mut Vec<u8>) -> Result<bool> {
    decoded.clear();
    loop {
        let (start, size) = match httparse::parse_chunk_size(rest) {
            Ok(httparse::Status::Complete((start, size))) => (start, usize::try_from(size)?),
            Ok(httparse::Status::Partial) => return Ok(false),
            Err(_) => bail!("a chunk without a valid size"),
        };
        let (Some(chunk), Some(end)) = (rest.get(start..start + size), rest.get(start + size..start + size + 2)) else {
            return Ok(false);
        };
        if end != b"\r\n" {
            bail!("a chunk that is not ended by CRLF");
        }
        if size == 0 {
            return Ok(true);
        }
        decoded.extend_from_slice(chunk);
        rest = rest.get(start + size + 2..).unwrap_or_default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chunked_body_is_complete_only_with_its_last_chunk() -> Result<()> {
        let body = b"4\r\nTeno\r\n1\r\nn\r\n0\r\n\r\n";
        let mut decoded = Vec::new();
        for end in 0..body.len() {
            let begun = body.get(..end).context("no such end")?;
            assert!(!dechunk(begun, &mut decoded)?, "complete after {end} bytes");
        }
        assert!(dechunk(body, &mut decoded)?);
        assert_eq!(decoded, b"Tenon");
        Ok(())
    }

    #[test]
    fn a_chunk_longer_than_its_size_is_refused() {
        assert!(dechunk(b"2\r\nTenon\r\n0\r\n\r\n", &mut Vec::new()).is_err());
    }

    #[test]
    fn a_head_tells_where_the_body_begins_and_how_long_it_is() -> Result<()> {
        let received = b"HTTP/1.1 201 Created\r\ncontent-length: 5\r\n\r\nTenon";
        let head = Head::parse(received)?.context("incomplete")?;
        assert_eq!(
            head,
            Head {
                status: 201,
                length: received.len() - 5,
                framing: Framing::Length(5),
                tag: None,
            }
        );
        assert_eq!(Head::parse(b"HTTP/1.1 201 Created\r\ncontent-le")?, None);
        Ok(())
    }

    #[test]
    fn the_entity_tag_is_found_in_what_was_received() -> Result<()> {
        let received = b"HTTP/1.1 200 OK\r\nETag: \"v12\"\r\ncontent-length: 0\r\n\r\n";
        let head = Head::parse(received)?.context("incomplete")?;
        assert_eq!(head.tag.and_then(|tag| received.get(tag)), Some(&b"\"v12\""[..]));
        let request = String::from_utf8(conditional("PATCH", "/", None, Some("\"v12\""), Some("{}")))?;
        assert!(request.contains("\r\nIf-Match: \"v12\"\r\n"));
        Ok(())
    }

    #[test]
    fn a_response_that_ends_with_the_connection_is_refused() {
        assert!(Head::parse(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
    }
}
