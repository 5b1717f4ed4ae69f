//! A server that answers as a closure says, one request per connection, and keeps what it was asked.

use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;

use tenon_microsoft::Addresses;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::AbortHandle;

#[derive(Debug, Clone)]
pub struct Request {
    pub method: String,
    pub path: String,
    pub authorization: Option<String>,
    pub body: Vec<u8>,
}

impl Request {
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub fn form(&self, name: &str) -> Option<String> {
        let mut pairs = url::form_urlencoded::parse(&self.body);
        pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }
}

pub enum Reply {
    /// Status, further header lines, body.
    Now(u16, Vec<(&'static str, String)>, Vec<u8>),
    /// So, after this time.
    After(Duration, u16, serde_json::Value),
    /// The connection stays open and says nothing.
    Never,
}

impl Reply {
    pub fn json(status: u16, body: &serde_json::Value) -> Self {
        Self::Now(status, Vec::new(), body.to_string().into_bytes())
    }

    pub fn later(status: u16, retry_after: &str) -> Self {
        Self::Now(status, vec![("Retry-After", retry_after.to_owned())], Vec::new())
    }
}

type Answer = dyn Fn(&Request, usize) -> Reply + Send + Sync;

pub struct Server {
    pub url: String,
    requests: Arc<Mutex<Vec<Request>>>,
    task: AbortHandle,
}

impl Server {
    /// Answers each request by `answer`, which is told how many there were before.
    pub async fn start(answer: impl Fn(&Request, usize) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let answer: Arc<Answer> = Arc::new(answer);
        let seen = Arc::clone(&requests);
        let task = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(serve(stream, Arc::clone(&answer), Arc::clone(&seen)));
            }
        });
        Self {
            url,
            requests,
            task: task.abort_handle(),
        }
    }

    pub fn addresses(&self) -> Addresses {
        Addresses::new(&self.url, &self.url, true).unwrap()
    }

    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    /// Those to the token endpoint left out.
    pub fn calls(&self) -> Vec<Request> {
        let mut all = self.requests();
        all.retain(|request| !request.path.ends_with("/token"));
        all
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(mut stream: TcpStream, answer: Arc<Answer>, seen: Arc<Mutex<Vec<Request>>>) {
    // A client that goes away before it has sent all asked for nothing.
    let Some(request) = read(&mut stream).await else { return };
    let before = {
        let mut seen = seen.lock().unwrap();
        seen.push(request.clone());
        seen.len() - 1
    };
    match answer(&request, before) {
        Reply::Now(status, headers, body) => write(&mut stream, status, &headers, &body).await,
        Reply::After(time, status, body) => {
            tokio::time::sleep(time).await;
            write(&mut stream, status, &[], body.to_string().as_bytes()).await;
        }
        Reply::Never => {
            let _ = stream.read(&mut [0; 1]).await;
        }
    }
}

async fn write(stream: &mut TcpStream, status: u16, headers: &[(&str, String)], body: &[u8]) {
    let length = body.len();
    let mut head = format!("HTTP/1.1 {status} X\r\nConnection: close\r\nContent-Length: {length}\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    // It may hang up while a long answer is written; the test looks at what it made of it.
    let _ = stream.write_all(&[head.as_bytes(), body].concat()).await;
}

async fn read(stream: &mut TcpStream) -> Option<Request> {
    let mut all = Vec::new();
    loop {
        let mut part = [0; 16 * 1024];
        let count = stream.read(&mut part).await.ok()?;
        if count == 0 {
            return None;
        }
        all.extend_from_slice(&part[..count]);
        if let Some(request) = parse(&all) {
            return Some(request);
        }
    }
}

fn parse(bytes: &[u8]) -> Option<Request> {
    let mut headers = [httparse::EMPTY_HEADER; 32];
    let mut head = httparse::Request::new(&mut headers);
    let httparse::Status::Complete(length) = head.parse(bytes).unwrap() else {
        return None;
    };
    let header = |name: &str| {
        let found = head
            .headers
            .iter()
            .find(|header| header.name.eq_ignore_ascii_case(name));
        found.map(|header| String::from_utf8(header.value.to_vec()).unwrap())
    };
    let body_length = header("content-length").map_or(0, |text| text.parse::<usize>().unwrap());
    Some(Request {
        method: head.method?.to_owned(),
        path: head.path?.to_owned(),
        authorization: header("authorization"),
        body: bytes.get(length..length + body_length)?.to_vec(),
    })
}
