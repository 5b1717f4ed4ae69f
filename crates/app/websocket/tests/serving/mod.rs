//! A server of one handler, on wires, as Tenon serves its own.

use std::net::{SocketAddr, TcpListener};

use actix_http::error::DispatchError;
use actix_http::{HttpService, Protocol};
use actix_service::{IntoServiceFactory, ServiceFactoryExt as _, fn_service, map_config};
use actix_web::dev::{AppConfig, Server};
use actix_web::{App, Error, Handler, Responder, web};
use tenon_websocket::Wire;

/// Answers everything with this handler, on a thread of its own.
pub fn serve<F, Args>(handler: F) -> SocketAddr
where
    F: Handler<Args> + Send,
    Args: actix_web::FromRequest + 'static,
    F::Output: Responder + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let connection = move || {
        let application = App::new().default_service(web::to(handler.clone())).into_factory();
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
            let server = Server::build().workers(1).disable_signals();
            server
                .listen("wires", listener, connection)
                .unwrap()
                .run()
                .await
                .unwrap();
        });
    });
    address
}
