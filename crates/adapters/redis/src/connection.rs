use std::io;
use std::sync::Arc;
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{
    AsyncConnectionConfig, Client, Cmd, FromRedisValue, Pipeline, RedisError, RedisResult, ScriptInvocation, Value,
};
use tenon_kernel::Unavailable;
use tokio::runtime::Handle;
use tokio::task::AbortHandle;
use tokio::time::{MissedTickBehavior, interval, timeout};

use crate::state::{Live, State};

/// How long a request waits for the server at most. A server beside us answers in less than a millisecond.
const PATIENCE: Duration = Duration::from_millis(250);

/// How often the server is looked at, and how soon a lost one is found again.
const LOOK: Duration = Duration::from_millis(500);

/// How many commands may wait to be written.
const BUFFER: usize = 1024;

/// Why a Redis URL was refused.
#[derive(Debug, thiserror::Error)]
pub enum UrlError {
    /// It asks for TLS, which is not built in.
    #[error("TLS to Redis is not supported: use redis:// within a private network, or a TLS tunnel")]
    Tls,
    /// It is no Redis URL.
    #[error("not a Redis URL such as redis://:password@host:6379/0")]
    Malformed(#[source] RedisError),
}

/// A server that many share over one connection. Clones are cheap and stand for the same connection, which closes with the
/// last of them.
///
/// Nothing waits on a dead server: after a failure, commands are refused at once until a look in the background has found
/// the server well again.
#[derive(Clone)]
pub struct Redis {
    client: Client,
    runtime: Handle,
    state: Arc<State>,
    _watch: Arc<Task>,
}

impl Redis {
    /// Connects to the server that `url` names and stays connected. A server that is down is no error: it is looked for
    /// every half second.
    ///
    /// The connection lives on `runtime`, whichever runtime the commands come from.
    ///
    /// # Errors
    ///
    /// As [`UrlError`] says.
    pub async fn connect(url: &str, runtime: &Handle) -> Result<Self, UrlError> {
        let scheme = url.split(':').next().unwrap_or_default().to_ascii_lowercase();
        if matches!(scheme.as_str(), "rediss" | "valkeys") {
            return Err(UrlError::Tls);
        }
        let client = Client::open(url).map_err(UrlError::Malformed)?;
        let state = Arc::new(State::default());
        let first = {
            let (client, state) = (client.clone(), Arc::clone(&state));
            runtime.spawn(async move { look(&client, &state).await })
        };
        // The look cannot be cancelled but with its runtime, and then there is nothing to wait for.
        let _ = first.await;
        let watch = runtime.spawn(watch(client.clone(), Arc::clone(&state))).abort_handle();
        Ok(Self {
            client,
            runtime: runtime.clone(),
            state,
            _watch: Arc::new(Task(watch)),
        })
    }

    /// Whether the server failed and what it should count is counted in process.
    pub fn degraded(&self) -> bool {
        self.state.degraded()
    }

    /// How often the server failed so far, each outage counted once.
    pub fn outages(&self) -> u64 {
        self.state.outages()
    }

    pub(crate) fn client(&self) -> Client {
        self.client.clone()
    }

    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) -> Task {
        Task(self.runtime.spawn(task).abort_handle())
    }

    /// The script's result; nothing when the server is down or fails.
    pub(crate) async fn run<T: FromRedisValue>(&self, script: &ScriptInvocation<'_>) -> Option<T> {
        let mut live = self.state.live()?;
        let outcome = patiently(script.invoke_async(&mut live.connection)).await;
        self.judge(&live, outcome)
    }

    /// The command's result; nothing when the server is down or fails.
    pub(crate) async fn ask<T: FromRedisValue>(&self, command: &Cmd) -> Option<T> {
        let mut live = self.state.live()?;
        let outcome = patiently(command.query_async(&mut live.connection)).await;
        self.judge(&live, outcome)
    }

    /// The results of commands that go to the server together and are done in their order; nothing for each that failed.
    pub(crate) async fn run_all(&self, mut commands: Pipeline) -> Vec<Option<Value>> {
        let nothing = vec![None; commands.len()];
        let Some(mut live) = self.state.live() else {
            return nothing;
        };
        let asking = commands.ignore_errors().query_async::<Vec<Value>>(&mut live.connection);
        match patiently(asking).await {
            Ok(values) => values
                .into_iter()
                .map(|value| self.judge(&live, value.extract_error()))
                .collect(),
            Err(error) => {
                self.state.failed(&live, &error);
                nothing
            }
        }
    }

    fn judge<T>(&self, live: &Live, outcome: RedisResult<T>) -> Option<T> {
        match outcome {
            Ok(value) => {
                self.state.answered(live);
                Some(value)
            }
            Err(error) => {
                self.state.failed(live, &error);
                None
            }
        }
    }
}

/// A task that ends with its owner.
pub(crate) struct Task(AbortHandle);

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// What is said when a command has no result.
pub(crate) fn unavailable() -> Unavailable {
    Unavailable::new("redis", "Redis did not answer")
}

pub(crate) async fn patiently<T>(asking: impl Future<Output = RedisResult<T>>) -> RedisResult<T> {
    timeout(PATIENCE, asking)
        .await
        .unwrap_or_else(|_| Err(io::Error::from(io::ErrorKind::TimedOut).into()))
}

async fn watch(client: Client, state: Arc<State>) {
    let mut ticks = interval(LOOK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        look(&client, &state).await;
    }
}

/// Checks the connection, or opens one. A server that answers but cannot count, such as a replica, is found well here and
/// degraded by its next command.
async fn look(client: &Client, state: &State) {
    match state.live() {
        Some(mut live) => {
            let outcome: RedisResult<()> = patiently(Cmd::new().arg("PING").query_async(&mut live.connection)).await;
            if let Err(error) = outcome {
                state.failed(&live, &error);
            }
        }
        None => match patiently(open(client)).await {
            Ok(connection) => state.opened(connection),
            Err(error) => state.degrade(&error),
        },
    }
}

async fn open(client: &Client) -> RedisResult<MultiplexedConnection> {
    let config = AsyncConnectionConfig::new()
        .set_connection_timeout(Some(PATIENCE))
        .set_response_timeout(Some(PATIENCE))
        .set_pipeline_buffer_size(BUFFER);
    let mut connection = client.get_multiplexed_async_connection_with_config(&config).await?;
    // A server that is loading its data accepts connections and nothing else.
    Cmd::new().arg("PING").query_async::<()>(&mut connection).await?;
    Ok(connection)
}
