use std::io;
use std::net::{IpAddr, SocketAddr, TcpListener};

use socket2::{Domain, Protocol, Socket, Type};

/// Connections that may wait to be accepted; the system may allow fewer.
const BACKLOG: i32 = 4096;

/// Why nothing listens.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// Another process has the port.
    #[error("port {port} of {address} is taken: stop what listens there, or choose another with PORT (0 for any)")]
    Taken {
        /// The interface.
        address: IpAddr,
        /// The port.
        port: u16,
    },
    /// Anything else, such as an address that this machine does not have.
    #[error("cannot listen on {address}: {source}")]
    Refused {
        /// What was configured.
        address: SocketAddr,
        /// Why not.
        source: io::Error,
    },
}

/// Takes the address, so that a start that cannot have it fails before it changes anything. Who connects waits until
/// connections are accepted.
///
/// # Errors
///
/// As [`ListenError`] says.
pub fn listen(address: SocketAddr) -> Result<TcpListener, ListenError> {
    open(address).map_err(|source| match source.kind() {
        io::ErrorKind::AddrInUse => ListenError::Taken {
            address: address.ip(),
            port: address.port(),
        },
        _ => ListenError::Refused { address, source },
    })
}

fn open(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    // A restart finds connections of its predecessor that are about to vanish.
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    socket.set_nonblocking(true)?;
    Ok(socket.into())
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    #[test]
    fn a_taken_port_is_told_by_its_number() {
        let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let first = listen(any).unwrap();
        let address = first.local_addr().unwrap();
        let message = listen(address).unwrap_err().to_string();
        assert!(
            message.starts_with(&format!("port {} of 127.0.0.1 is taken", address.port())),
            "{message}"
        );
    }

    #[test]
    fn an_address_of_another_machine_is_refused_and_named() {
        // TEST-NET-1 (RFC 5737) belongs to nobody.
        let message = listen("192.0.2.1:0".parse().unwrap()).unwrap_err().to_string();
        assert!(message.starts_with("cannot listen on 192.0.2.1:0: "), "{message}");
    }
}
