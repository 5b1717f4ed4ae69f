//! A server of two workers, on wires, as Tenon serves its own.

use std::cell::OnceCell;
use std::net::{SocketAddr, TcpListener};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use actix_http::error::DispatchError;
use actix_http::{HttpService, Protocol};
use actix_service::{IntoServiceFactory as _, ServiceFactoryExt as _, fn_service, map_config};
use actix_web::dev::AppConfig;
use actix_web::{App, Error, HttpRequest, HttpResponse, web};
use tenon_socketio::{Engine, EngineSettings, Worker, serve};
use tenon_websocket::Wire;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::application::{Notes, Trial};
use crate::client::soon;

pub struct Server {
    pub address: SocketAddr,
    pub engine: Arc<Engine>,
    notes: UnboundedReceiver<String>,
}

type Local = Rc<OnceCell<Rc<Worker<Trial>>>>;

async fn answer(
    request: HttpRequest,
    payload: web::Payload,
    engine: web::Data<Engine>,
    notes: web::Data<Notes>,
    local: web::ThinData<Local>,
) -> HttpResponse {
    let start = || Worker::start(engine.get_ref_arc(), Rc::new(Trial(notes.get_ref().clone())));
    let worker = Rc::clone(local.0.get_or_init(start));
    serve(&worker, &request, payload.into_inner()).await
}

trait Shared {
    fn get_ref_arc(&self) -> Arc<Engine>;
}

impl Shared for web::Data<Engine> {
    fn get_ref_arc(&self) -> Arc<Engine> {
        Arc::clone(self)
    }
}

/// Times that nothing reaches in a test.
pub fn patient() -> EngineSettings {
    EngineSettings {
        ping_interval: Duration::from_secs(100),
        ping_timeout: Duration::from_secs(100),
        connect_timeout: Duration::from_secs(100),
        upgrade_timeout: Duration::from_secs(100),
        stalled: Duration::from_secs(100),
        ..EngineSettings::default()
    }
}

impl Server {
    pub fn start(settings: EngineSettings) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let engine = Arc::new(Engine::new(settings));
        let (sender, notes) = unbounded_channel();
        let (shared, notebook) = (web::Data::from(Arc::clone(&engine)), web::Data::new(Notes(sender)));
        let connection = move || {
            let application = App::new()
                .app_data(shared.clone())
                .app_data(notebook.clone())
                .app_data(web::ThinData(Local::default()))
                .default_service(web::to(answer))
                .into_factory();
            let application = application.map_err(|error: Error| error.error_response());
            let service = HttpService::build()
                .on_connect_ext(|wire: &Wire, extensions| {
                    extensions.insert(wire.bypass());
                })
                .finish(map_config(application, |()| AppConfig::default()));
            let accept = |tcp| async { Ok::<_, DispatchError>((Wire::new(tcp), Protocol::Http1, None)) };
            fn_service(accept).and_then(service)
        };
        std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async {
                let server = actix_server::Server::build().workers(2).disable_signals();
                server
                    .listen("trial", listener, connection)
                    .unwrap()
                    .run()
                    .await
                    .unwrap();
            });
        });
        Self { address, engine, notes }
    }

    /// What the application noted next, but for what is on its way.
    pub async fn note(&mut self) -> String {
        loop {
            let note = soon(self.notes.recv()).await.unwrap();
            if !note.ends_with(" drained") {
                return note;
            }
        }
    }

    /// Whether the application noted something that was not read.
    pub fn has_notes(&mut self) -> bool {
        self.notes.try_recv().is_ok()
    }

    /// Reads what the application notes up to this.
    pub async fn noted(&mut self, expected: &str) {
        while soon(self.notes.recv()).await.unwrap() != expected {}
    }
}
