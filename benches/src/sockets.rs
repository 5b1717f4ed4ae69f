//! WebSocket clients by the thousand, on one thread, in the dialect of each server that is compared.

mod crowd;
mod dialect;
pub mod frame;
mod host;
mod outgoing;
mod said;
mod socket;
mod stream;

pub use crowd::{Crowd, Finish};
pub use dialect::Dialect;
pub use host::{Entrance, Host, Hosting};
pub use said::{CLOSE, PONG, Said};
pub use socket::Ending;
pub use stream::{GRACE, Heard, Outlet, Running, Stream};
