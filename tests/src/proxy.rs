//! A reverse proxy that runs beside the server.

use std::fs::{self, File};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tokio::time::sleep;
use xtask::{programs, servers};

/// Far more than a proxy takes to start.
const PATIENCE: Duration = Duration::from_secs(20);

const PAUSE: Duration = Duration::from_millis(10);

/// How often another port is tried, because somebody else was faster.
const TRIES: usize = 5;

/// A proxy that runs, until this is dropped.
pub struct Proxy {
    child: Child,
    address: SocketAddr,
    folder: TempDir,
}

impl Proxy {
    /// Starts what `command` makes of a folder and a port, and waits until it takes connections.
    ///
    /// # Panics
    ///
    /// When it does not take any.
    pub async fn start(command: impl Fn(&TempDir, u16) -> Command) -> Self {
        for _ in 0..TRIES {
            if let Some(proxy) = Self::try_start(&command).await {
                return proxy;
            }
        }
        panic!("the proxy finds no port")
    }

    /// Starts nginx with `deploy/proxy/nginx.conf`, but for TLS, in front of these two instances. Of each request, [`Proxy::passed`] tells
    /// whether it was passed on. Clients that are slow or silent are given up within seconds.
    ///
    /// # Panics
    ///
    /// When it is not installed.
    pub async fn nginx(instances: [&str; 2]) -> Self {
        let program = programs::nginx().expect("nginx is not installed: run `cargo xtask provision`");
        let shipped = concat!(env!("CARGO_MANIFEST_DIR"), "/../deploy/proxy/nginx.conf");
        let shipped = fs::read_to_string(shipped).unwrap();
        let lines = shipped.lines().filter(|line| !line.trim_start().starts_with("ssl_"));
        let without_tls = lines.collect::<Vec<_>>().join("\n");
        Self::start(|folder, port| {
            let listen = format!("listen 127.0.0.1:{port};");
            let replacements = [
                ("listen 443 ssl;", listen.as_str()),
                ("10.0.0.11:4000", instances[0]),
                ("10.0.0.12:4000", instances[1]),
            ];
            let server = replaced(&without_tls, &replacements);
            let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
            let temporary = temporary.map(|name| format!("{name}_temp_path {name};")).join("\n");
            let whole = format!(
                "daemon off; master_process off; pid pid; error_log stderr;
                 events {{}} http {{ log_format passed '$upstream_status $request_uri'; access_log access passed;
                 client_body_timeout 2s;
                 {temporary}\n{server}\n}}"
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

    /// The paths of the requests that nginx passed on so far, in their order.
    pub fn passed(&self) -> Vec<String> {
        let log = fs::read_to_string(self.folder.path().join("access")).unwrap();
        let passed = log.lines().filter_map(|line| line.split_once(' '));
        let passed = passed.filter(|(status, _)| *status != "-");
        passed.map(|(_, path)| path.to_owned()).collect()
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

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
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
///
/// # Panics
///
/// When one is not.
pub fn replaced(text: &str, replacements: &[(&str, &str)]) -> String {
    replacements.iter().fold(text.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from} is not in\n{text}");
        text.replace(from, to)
    })
}
