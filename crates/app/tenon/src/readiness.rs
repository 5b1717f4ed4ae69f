use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::Duration;

use crate::configuration::Server;

const PATIENCE: Duration = Duration::from_secs(2);

/// The first line of an answer that says yes.
const YES: &[u8] = b"HTTP/1.1 200 ";

/// Asks the Tenon that these settings are for whether it is ready.
///
/// # Errors
///
/// What happened instead of a yes, within two seconds.
pub fn ask(server: &Server) -> io::Result<()> {
    if server.port == 0 {
        return Err(io::Error::other(
            "server.port is 0, so that nobody knows which port to ask",
        ));
    }
    let address = SocketAddr::new(reachable(server.bind), server.port);
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    // In one piece: whoever answers a part of it and closes would break the write of the rest.
    let request = format!("GET /api/health/ready HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes())?;
    let mut start = [0; YES.len()];
    stream.read_exact(&mut start)?;
    if start == YES {
        return Ok(());
    }
    Err(io::Error::other(format!("{address} answers, and is not ready")))
}

/// The address by which this machine reaches what listens on `bind`.
fn reachable(bind: IpAddr) -> IpAddr {
    match bind {
        IpAddr::V4(Ipv4Addr::UNSPECIFIED) => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(Ipv6Addr::UNSPECIFIED) => Ipv6Addr::LOCALHOST.into(),
        bind => bind,
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader};
    use std::net::TcpListener;
    use std::thread;

    use super::*;

    fn ask_one_that_answers(answer: &'static str) -> io::Result<()> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = Server {
            bind: Ipv4Addr::UNSPECIFIED.into(),
            port,
            workers: 0,
            app_url: None,
        };
        let answering = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let head: Vec<String> = BufReader::new(&stream)
                .lines()
                .map(Result::unwrap)
                .take_while(|line| !line.is_empty())
                .collect();
            assert_eq!(head[0], "GET /api/health/ready HTTP/1.1");
            stream.write_all(answer.as_bytes()).unwrap();
        });
        let outcome = ask(&server);
        answering.join().unwrap();
        outcome
    }

    #[test]
    fn only_200_means_ready() {
        ask_one_that_answers("HTTP/1.1 200 OK\r\n\r\n").unwrap();
        assert!(ask_one_that_answers("HTTP/1.1 503 Service Unavailable\r\n\r\n").is_err());
        assert!(ask_one_that_answers("SSH-2.0-OpenSSH_10.0\r\n").is_err());
        assert!(ask_one_that_answers("").is_err());
    }
}
