use std::marker::PhantomData;
use std::rc::Rc;
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::{HttpRequest, HttpResponse};

use super::Application;
use super::client::{Client, Messages};
use crate::{Engine, Listener, Receiver, Session, Sessions};

/// The sockets of one worker. Everything in it belongs to the worker's thread.
pub struct Worker<A: Application> {
    sessions: Rc<Sessions>,
    application: PhantomData<Rc<A>>,
}

impl<A: Application> Worker<A> {
    /// Sockets for this thread, which are looked after as long as somebody has this.
    pub fn start(engine: Arc<Engine>, application: Rc<A>) -> Rc<Self> {
        let door = Door {
            engine: Arc::clone(&engine),
            application,
        };
        Rc::new(Self {
            sessions: Sessions::start(engine, Rc::new(door)),
            application: PhantomData,
        })
    }
}

/// Answers any request to the endpoint. What cannot be served gets Engine.IO's JSON.
pub async fn serve<A: Application>(worker: &Rc<Worker<A>>, request: &HttpRequest, payload: Payload) -> HttpResponse {
    worker.sessions.serve(request, payload).await
}

/// Lets clients in.
struct Door {
    engine: Arc<Engine>,
    application: Rc<dyn Application>,
}

impl Listener for Door {
    fn opened(&self, session: &Rc<Session>) -> Rc<dyn Receiver> {
        Rc::new(Messages(Client::new(
            Rc::clone(&self.application),
            &self.engine,
            session,
        )))
    }
}
