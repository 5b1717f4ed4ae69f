use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::watch;
use tokio::time::sleep;

use super::Trouble;
use crate::random::Random;

const PIECE: usize = 16 * 1024;

/// Passes on what both sides say, until both have said everything or the connection breaks or is cut. Each connection has a
/// number of its own.
pub(super) async fn pass(client: TcpStream, server: TcpStream, number: u64, trouble: watch::Receiver<Trouble>) {
    for stream in [&client, &server] {
        // A connection that is gone already is noticed below.
        let _ = stream.set_nodelay(true);
    }
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    let up = one_way(from_client, to_server, 2 * number, trouble.clone());
    let down = one_way(from_server, to_client, 2 * number + 1, trouble);
    // An error of one direction ends both.
    let _ = tokio::try_join!(up, down);
}

async fn one_way(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    number: u64,
    mut trouble: watch::Receiver<Trouble>,
) -> io::Result<()> {
    let mut piece = vec![0; PIECE];
    let mut left = None;
    loop {
        let read = from.read(&mut piece).await?;
        if read == 0 {
            return to.shutdown().await;
        }
        // When the proxy is gone, what is under way passes as it can.
        let passes = trouble.wait_for(|trouble| *trouble != Trouble::Blocked).await;
        let trouble = passes.map_or(Trouble::None, |trouble| *trouble);
        match trouble {
            Trouble::Slow(time) => sleep(time).await,
            Trouble::Cutting { within, seed } => {
                let most = || Random::seeded(seed ^ number.wrapping_mul(0x9e37_79b9)).below(within);
                left.get_or_insert_with(most);
            }
            Trouble::None | Trouble::Blocked => left = None,
        }
        match &mut left {
            Some(left) if *left < read => {
                to.write_all(&piece[..*left]).await?;
                return Err(io::ErrorKind::ConnectionAborted.into());
            }
            Some(left) => *left -= read,
            None => {}
        }
        to.write_all(&piece[..read]).await?;
    }
}
