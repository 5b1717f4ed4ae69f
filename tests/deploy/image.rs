//! The binary in the image's file system, which it cannot write to.

use std::fs;
use std::os::unix::fs::MetadataExt;

use tenon_tests::app::{Options, Setup, TestApp};

use crate::names::of_the_image;
use crate::root::{Root, assert_powerless, in_production, owner, processes};

/// What Docker gives besides the image and the processes.
const VOLUME: &str = "mount --bind \"$data\" \"$root/var/lib/tenon\"";
const COMMAND: &str = "/usr/bin/tenon serve";

/// A container of the image, as far as the server can tell.
async fn start(options: Options, root: &Root, mounts: &str) -> TestApp {
    let through = root.enter(mounts, COMMAND);
    let through: Vec<&str> = through.iter().map(String::as_str).collect();
    let options = of_the_image()
        .iter()
        .fold(options, |options, (name, value)| options.set(name, value));
    in_production(options).through(&through).start().await
}

async fn does_its_work(app: &mut TestApp) {
    assert_powerless(app.pid());
    let ada = app.register("ada").await;
    let made = ada.made_asset("Main pump").await;
    assert_eq!(ada.asset(&made).await.expect(200).json()["title"], "Main pump");
    ada.socket().await;
    assert_eq!(app.stop().await, Some(0), "{}", app.log());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_embedded_database_is_kept_in_the_volume_and_nothing_else_is_written() {
    let root = Root::of_the_image();
    let options = Setup::SqliteAlone.options().set("DATABASE_URL", "");
    let before = root.files();
    let mut app = start(options, &root, &format!("{}\n{VOLUME}", processes(false))).await;
    does_its_work(&mut app).await;
    let database = fs::metadata(root.data().join("tenon.db")).unwrap();
    assert_eq!((database.uid(), database.mode() & 0o777), (owner().0, 0o600));
    assert_eq!(root.files(), before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_postgres_and_redis_nothing_is_written_at_all() {
    let root = Root::of_the_image();
    let mut app = start(Setup::PostgresWithRedis.options(), &root, processes(false)).await;
    does_its_work(&mut app).await;
    assert_eq!(fs::read_dir(root.data()).unwrap().count(), 0);
    assert_eq!(fs::read_dir(root.path("var/lib/tenon")).unwrap().count(), 0);
}

#[test]
fn there_is_nothing_in_the_image_but_the_binary_and_what_it_loads() {
    let root = Root::of_the_image();
    for file in root.files() {
        let name = file.strip_prefix(root.path("")).unwrap().to_str().unwrap();
        let is_library = name.contains(".so.") && name.starts_with("lib");
        let others = [
            "usr/bin/tenon",
            "etc/passwd",
            "etc/group",
            "etc/nsswitch.conf",
            "etc/ssl/certs/ca-certificates.crt",
        ];
        assert!(is_library || others.contains(&name), "{name}");
    }
    assert!(root.files().len() < 15);
}
