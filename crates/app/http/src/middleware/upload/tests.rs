//! Bodies that no route reads, over real connections.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use actix_web::{App, HttpServer, rt, web};

use crate::middleware::testing::edge;

/// A server without any route, and where it listens.
fn serve() -> (actix_web::dev::ServerHandle, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let server = HttpServer::new(|| App::new().wrap(edge()))
        .workers(1)
        .disable_signals()
        .listen(listener)
        .unwrap();
    let server = server.client_disconnect_timeout(Duration::from_millis(500)).run();
    let handle = server.handle();
    rt::spawn(server);
    (handle, address)
}

async fn talk<T: Send + 'static>(conversation: impl FnOnce(TcpStream) -> T + Send + 'static) -> T {
    let (handle, address) = serve();
    let conversation = move || {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        conversation(stream)
    };
    let result = web::block(conversation).await.unwrap();
    handle.stop(false).await;
    result
}

/// The status line and the headers of an answer, whose body is read, too.
fn answer(stream: &mut BufReader<TcpStream>) -> String {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        assert_ne!(stream.read_line(&mut head).unwrap(), 0, "closed after {head:?}");
    }
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .unwrap();
    stream.read_exact(&mut vec![0; length.parse().unwrap()]).unwrap();
    head
}

#[actix_web::test]
async fn a_small_body_that_no_route_reads_keeps_the_connection() {
    let bodies = [
        "Content-Length: 2\r\n\r\n{}",
        "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    ];
    for body in bodies {
        talk(move |stream| {
            let mut stream = BufReader::new(stream);
            for _ in 0..3 {
                write!(stream.get_mut(), "POST / HTTP/1.1\r\nHost: x\r\n{body}").unwrap();
                let head = answer(&mut stream);
                assert!(
                    head.starts_with("HTTP/1.1 404") && !head.contains("connection: close"),
                    "{head}"
                );
            }
        })
        .await;
    }
}

#[actix_web::test]
async fn a_body_that_never_ends_does_not_hold_its_connection() {
    let bodies = [
        "Content-Length: 1000\r\n\r\n{",
        "Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n",
    ];
    for body in bodies {
        talk(move |stream| {
            let mut stream = BufReader::new(stream);
            write!(stream.get_mut(), "POST / HTTP/1.1\r\nHost: x\r\n{body}").unwrap();
            let head = answer(&mut stream);
            assert!(
                head.starts_with("HTTP/1.1 404") && head.contains("connection: close"),
                "{head}"
            );
            assert_eq!(stream.read(&mut [0; 1]).unwrap(), 0, "the connection is still open");
        })
        .await;
    }
}
