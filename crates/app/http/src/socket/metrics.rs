use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

/// What is counted of sockets. Each count is one atomic number.
#[derive(Debug, Default, Clone)]
pub(crate) struct Metrics {
    pub open: Gauge,
    pub opened: Counter,
    pub events_in: Counter,
    events_out: Counter,
    pub frames_in: Counter,
    pub mail: Counter,
    pub gaps: Counter,
    pub slow: Counter,
    closes: Family<[(&'static str, String); 1], Counter>,
    pub queued: Gauge,
    pub rooms: Gauge,
}

impl Metrics {
    /// So many frames of events were given to sockets.
    pub fn sent(&self, frames: usize) {
        self.events_out.inc_by(u64::try_from(frames).unwrap_or(u64::MAX));
    }

    /// The server ended a connection with this code.
    pub fn closed(&self, code: u16) {
        self.closes.get_or_create(&[("code", code.to_string())]).inc();
    }

    /// Lets them be printed.
    pub fn register(&self, registry: &mut Registry) {
        registry.register("tenon_sockets", "Open sockets", self.open.clone());
        registry.register("tenon_sockets_opened", "Sockets that were opened", self.opened.clone());
        registry.register(
            "tenon_socket_rooms",
            "Rooms with sockets, counted in each worker",
            self.rooms.clone(),
        );
        registry.register(
            "tenon_socket_frames_in",
            "Frames that sockets sent",
            self.frames_in.clone(),
        );
        registry.register(
            "tenon_socket_events_in",
            "Events that came for sockets",
            self.events_in.clone(),
        );
        registry.register(
            "tenon_socket_events_out",
            "Events given to sockets, each counted for each of them",
            self.events_out.clone(),
        );
        registry.register(
            "tenon_socket_outbox_frames",
            "Frames that wait for slow sockets",
            self.queued.clone(),
        );
        registry.register(
            "tenon_socket_mail",
            "Entries of mailboxes given to sockets",
            self.mail.clone(),
        );
        registry.register(
            "tenon_socket_gaps",
            "Times that history did not reach back",
            self.gaps.clone(),
        );
        registry.register(
            "tenon_socket_slow_closes",
            "Sockets ended because they took nothing",
            self.slow.clone(),
        );
        registry.register(
            "tenon_socket_closes",
            "Sockets that the server ended, by close code",
            self.closes.clone(),
        );
    }
}
