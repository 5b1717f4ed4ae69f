//! Two instances behind each proxy, with what is in `deploy/proxy`.

use std::fs::{self, File};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;
use tempfile::TempDir;
use tenon_tests::app::{Client, Person, Setup, TestApp, Transport, address};
use tokio::time::sleep;
use xtask::{programs, servers};

use crate::files::{beside_python, text};

/// Far more than a proxy takes to start.
const PATIENCE: Duration = Duration::from_secs(20);

const PAUSE: Duration = Duration::from_millis(10);

/// How often another port is tried, because somebody else was faster.
const TRIES: usize = 5;

/// A proxy that runs, until this is dropped.
struct Proxy {
    child: Child,
    address: SocketAddr,
    folder: TempDir,
}

impl Proxy {
    /// Starts what `command` makes of a folder and a port, and waits until it takes connections.
    async fn start(command: impl Fn(&TempDir, u16) -> Command) -> Self {
        for _ in 0..TRIES {
            if let Some(proxy) = Self::try_start(&command).await {
                return proxy;
            }
        }
        panic!("the proxy finds no port")
    }

    async fn try_start(command: impl Fn(&TempDir, u16) -> Command) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let port = servers::free_port().unwrap();
        let log = File::create(folder.path().join("log")).unwrap();
        let mut command = command(&folder, port);
        command
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log);
        let child = command.spawn().unwrap();
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let mut proxy = Self { child, address, folder };
        let begin = Instant::now();
        while TcpStream::connect(address).is_err() {
            if proxy.child.try_wait().unwrap().is_some() {
                assert!(proxy.log().contains("in use"), "{}", proxy.log());
                return None;
            }
            assert!(begin.elapsed() < PATIENCE, "the proxy is not ready: {}", proxy.log());
            sleep(PAUSE).await;
        }
        Some(proxy)
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The text with each of these replaced, which must all be there.
fn replaced(text: &str, replacements: &[(&str, &str)]) -> String {
    replacements.iter().fold(text.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from} is not in\n{text}");
        text.replace(from, to)
    })
}

/// `nginx.conf` without TLS, for these instances.
async fn nginx(instances: &[String; 2]) -> Proxy {
    let program = programs::nginx().expect("nginx is not installed: run `cargo xtask provision`");
    let lines = text("proxy/nginx.conf");
    let without_tls: Vec<&str> = lines
        .lines()
        .filter(|line| !line.trim_start().starts_with("ssl_"))
        .collect();
    Proxy::start(|folder, port| {
        let listen = format!("listen 127.0.0.1:{port};");
        let replacements = [
            ("listen 443 ssl;", listen.as_str()),
            ("10.0.0.11:4000", &instances[0]),
            ("10.0.0.12:4000", &instances[1]),
        ];
        let server = replaced(&without_tls.join("\n"), &replacements);
        let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
        let temporary = temporary.map(|name| format!("{name}_temp_path {name};")).join("\n");
        let whole = format!(
            "daemon off; master_process off; pid pid; error_log stderr;
             events {{}} http {{ access_log off; {temporary}\n{server}\n}}"
        );
        let file = folder.path().join("nginx.conf");
        fs::write(&file, whole).unwrap();
        let mut command = Command::new(&program);
        command
            .arg("-p")
            .arg(folder.path())
            .arg("-e")
            .arg("stderr")
            .arg("-c")
            .arg(file);
        command
    })
    .await
}

/// The Caddyfile without TLS, for these instances.
async fn caddy(instances: &[String; 2]) -> Proxy {
    Proxy::start(|folder, port| {
        let site = format!("http://127.0.0.1:{port} {{");
        let replacements = [
            ("app.example.org {", site.as_str()),
            ("10.0.0.11:4000", &instances[0]),
            ("10.0.0.12:4000", &instances[1]),
        ];
        let sites = replaced(&text("proxy/Caddyfile"), &replacements);
        let whole = format!("{{\n\tadmin off\n\tpersist_config off\n}}\n{sites}");
        let file = folder.path().join("Caddyfile");
        fs::write(&file, whole).unwrap();
        let mut command = beside_python("caddy");
        command.args(["run", "--adapter", "caddyfile", "--config"]).arg(file);
        command.env_clear().env("HOME", folder.path());
        command
    })
    .await
}

/// Two instances on one database and one Redis.
async fn instances() -> [TestApp; 2] {
    let options = Setup::PostgresWithRedis.options().set("TENON__SOCKETS__PER_USER", "20");
    let first = options.start().await;
    let second = first.another(&[]).await;
    [first, second]
}

fn addresses(instances: &[TestApp; 2]) -> [String; 2] {
    [0, 1].map(|number| instances[number].address().to_string())
}

async fn register(client: &Client) -> Person {
    let body = json!({ "email": address("ada"), "password": tenon_tests::app::PASSWORD, "displayName": "Ada" });
    Person::of(client, &client.register(&body).await.expect(201).json())
}

/// What has to work behind a proxy, whichever it is.
async fn everything_works(instances: &[TestApp; 2], proxy: &Proxy) {
    let anybody = instances[0].anonymous_at(proxy.address);
    let ada = register(&anybody).await;
    // The client says that it is somebody else, and is not believed.
    let session = ada.session(&ada.session).await.expect(200).json();
    assert_eq!(session["address"], "127.0.0.1", "{session}");
    let made = ada.made_asset("Main pump").await;
    for _ in 0..10 {
        assert_eq!(ada.asset(&made).await.expect(200).json()["title"], "Main pump");
    }
    anybody.get("/metrics").await.expect(404);
    let mut socket = ada.socket().await;
    let mut others = Vec::new();
    for transport in Transport::ALL.into_iter().cycle().take(9) {
        let (client, _) = ada.socketio_and_welcome(transport).await;
        others.push(client);
    }
    ada.all_told().await;
    let said = ada
        .post(
            &format!("/api/orgs/{}/events", ada.organization),
            &json!({"event": "said", "data": 7}),
        )
        .await;
    said.expect(200);
    loop {
        if socket.next_of("event").await["event"] == "said" {
            break;
        }
    }
    for client in &mut others {
        while client.event("/").await.0 != "said" {}
    }
}

/// Stops one instance while somebody asks, and nobody notices.
async fn nobody_notices_that_an_instance_stops(instances: &mut [TestApp; 2], proxy: &Proxy) {
    let anybody = instances[0].anonymous_at(proxy.address);
    let [first, second] = instances;
    let (stopped, done) = (first.stop(), AtomicBool::new(false));
    let asking = async {
        let mut asked = 0;
        while !done.load(Ordering::Relaxed) || asked < 200 {
            anybody.get("/api/openapi.json").await.expect(200);
            asked += 1;
        }
    };
    let stopping = async {
        let code = stopped.await;
        done.store(true, Ordering::Relaxed);
        code
    };
    let (code, ()) = tokio::join!(stopping, asking);
    assert_eq!(code, Some(0));
    second.anonymous().health().await.expect(200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_nginx_everything_works_and_an_instance_can_be_stopped() {
    let mut instances = instances().await;
    let proxy = nginx(&addresses(&instances)).await;
    everything_works(&instances, &proxy).await;
    nobody_notices_that_an_instance_stops(&mut instances, &proxy).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_caddy_everything_works_and_an_instance_can_be_stopped() {
    let mut instances = instances().await;
    let proxy = caddy(&addresses(&instances)).await;
    everything_works(&instances, &proxy).await;
    nobody_notices_that_an_instance_stops(&mut instances, &proxy).await;
}
