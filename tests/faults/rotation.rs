//! A rotation of keys that is killed while others read and write.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::Child;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tenon_accounts::Registration;
use tenon_crypto::{KeyFile, Ring};
use tenon_kernel::{Id, Keyring, OrganizationId};
use tenon_sql::Store;
use tenon_tests::accounts::register;
use tenon_tests::app::{Client, Setup, TestApp, id, secret_text};
use tenon_tests::for_each_setup;
use tenon_tests::stores;
use tenon_tests::vault::{KEYS, age, key_file, opened, stored};
use tenon_vault::Credential;
use tokio::task::yield_now;

use tenon_tests::waiting::{p99, until};

const RECORDS: usize = 10_000;
const SEALERS: usize = 32;
const READERS: usize = 2;
/// The rotation is killed when so many records are under the new key.
const KILLS: [u64; 2] = [2_000, 6_000];
const LIMIT: Duration = Duration::from_secs(60);

/// A server whose keys are in a file, and what it takes to look into its records.
struct Scene {
    app: TestApp,
    store: Store,
    file: KeyFile,
    folder: TempDir,
}

/// What goes on meanwhile.
#[derive(Default)]
struct Load {
    opened: AtomicU64,
    done: AtomicBool,
}

fn secret(number: usize) -> String {
    format!("canary-{number}")
}

impl Scene {
    async fn set(setup: Setup) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = key_file(folder.path(), &KEYS[..1]);
        let path = file.path().to_str().unwrap();
        let options = setup.options().set("ENCRYPTION_KEY", "");
        let app = options.set("TENON__AUTH__ENCRYPTION_KEY_FILE", path).start().await;
        let store = stores::open(app.database().url());
        Self {
            app,
            store,
            file,
            folder,
        }
    }

    /// The keys as another instance has them.
    fn ring(&self) -> Ring {
        Ring::of_file(self.file.clone()).unwrap()
    }

    /// Seals as many records as there are to be.
    async fn fill(&self, owner: &Registration) -> Arc<Vec<Credential>> {
        let ring = Arc::new(self.ring());
        let sealers: Vec<_> = (0..SEALERS)
            .map(|sealer| {
                let (store, ring, owner) = (self.store.clone(), Arc::clone(&ring), owner.clone());
                tokio::spawn(async move {
                    let mut made = Vec::new();
                    for number in (sealer..RECORDS).step_by(SEALERS) {
                        made.push((number, stored(&store, &*ring, &owner, &secret(number)).await));
                    }
                    made
                })
            })
            .collect();
        let mut made = Vec::new();
        for sealer in sealers {
            made.append(&mut sealer.await.unwrap());
        }
        made.sort_by_key(|(number, _)| *number);
        Arc::new(made.into_iter().map(|(_, credential)| credential).collect())
    }

    fn rotate(&self, run: usize, arguments: &[&str]) -> (Child, PathBuf) {
        let output = self.folder.path().join(format!("output-{run}"));
        let mut command = self.app.command(&[&["keys", "rotate"], arguments].concat());
        let file = File::create(&output).unwrap();
        let child = command.stdout(file.try_clone().unwrap()).stderr(file).spawn().unwrap();
        (child, output)
    }

    async fn under(&self, ring: &Ring) -> u64 {
        let count = self.store.wrappings.count().await.unwrap();
        count.get(&ring.current()).copied().unwrap_or_default()
    }

    /// Begins or continues a rotation, and kills it when so many records are under the new key.
    async fn kill_at(&self, run: usize, records: u64) {
        let before = self.ring().current();
        let (mut rotation, output) = self.rotate(run, &[]);
        if run == 0 {
            until("a new key", LIMIT, async || self.ring().current() != before).await;
        }
        let ring = self.ring();
        until("half of a rotation", LIMIT, async || self.under(&ring).await >= records).await;
        rotation.kill().unwrap();
        let ended = rotation.wait().unwrap();
        assert_eq!(
            ended.code(),
            None,
            "ended by itself: {}",
            fs::read_to_string(output).unwrap()
        );
        let left = self.store.wrappings.count().await.unwrap();
        assert!(left.len() > 1, "it was not in the middle: {left:?}");
    }

    /// Runs a rotation to its end and says how long it took.
    async fn finish(&self, run: usize, arguments: &[&str]) -> Duration {
        let begin = Instant::now();
        let (mut rotation, output) = self.rotate(run, arguments);
        until("a rotation", LIMIT, async || rotation.try_wait().unwrap().is_some()).await;
        let text = fs::read_to_string(output).unwrap();
        assert!(rotation.wait().unwrap().success(), "{text}");
        begin.elapsed()
    }
}

/// Opens one record after the other, as an instance with keys of its own that it read once.
async fn read(store: Store, ring: Ring, records: Arc<Vec<Credential>>, load: Arc<Load>) {
    // Another order for each, without a factor in common with the number of records.
    for number in (0..).map(|step: usize| step * 7_919 % RECORDS) {
        if load.done.load(Ordering::Relaxed) {
            return;
        }
        let text = opened(&store, &ring, &records[number]).await.unwrap();
        assert_eq!(text, secret(number));
        load.opened.fetch_add(1, Ordering::Relaxed);
        // SQLite answers at once, and others want the thread too.
        yield_now().await;
    }
}

/// Creates credentials through the server, and says how long each took.
async fn create(who: Client, load: Arc<Load>) -> (Vec<String>, Vec<Duration>) {
    let (mut made, mut times) = (Vec::new(), Vec::new());
    while !load.done.load(Ordering::Relaxed) {
        let begin = Instant::now();
        made.push(who.made_credential("Made", &secret(made.len())).await);
        times.push(begin.elapsed());
    }
    (made, times)
}

async fn opens(store: &Store, ring: &Ring, organization: &str, credential: &str, secret: &str) {
    let organization: OrganizationId = organization.parse().unwrap();
    let (_, sealed) = store
        .credentials
        .sealed(organization, credential.parse().unwrap())
        .await
        .unwrap()
        .unwrap();
    let row: tenon_kernel::CredentialId = credential.parse().unwrap();
    let text = ring
        .open(&sealed, &Credential::slot(organization, Id::from_uuid(row.uuid())))
        .unwrap();
    let object: serde_json::Value = serde_json::from_slice(&text).unwrap();
    assert_eq!(object["value"], secret);
}

for_each_setup!(every_record_is_readable_while_a_rotation_is_killed_twice, |setup| {
    let scene = Scene::set(setup).await;
    let owner = register(&scene.store, "owner").await;
    let records = scene.fill(&owner).await;
    let ada = scene.app.register("ada").await;
    let body = secret_text("Kept", "canary");
    let kept = ada.post_once("/api/credentials", "key", &body).await.expect(201).json();

    let load = Arc::new(Load::default());
    let readers: Vec<_> = (0..READERS)
        .map(|_| {
            tokio::spawn(read(
                scene.store.clone(),
                scene.ring(),
                Arc::clone(&records),
                Arc::clone(&load),
            ))
        })
        .collect();
    let creator = tokio::spawn(create(Client::clone(&ada), Arc::clone(&load)));
    for (run, records) in KILLS.into_iter().enumerate() {
        scene.kill_at(run, records).await;
    }
    let resumed = scene.finish(2, &[]).await;
    let again = scene.finish(3, &[]).await;
    load.done.store(true, Ordering::Relaxed);
    for reader in readers {
        reader.await.unwrap();
    }
    let (made, times) = creator.await.unwrap();
    let replayed = ada.post_once("/api/credentials", "key", &body).await.expect(201);
    assert_eq!(replayed.json(), kept, "an answer that was kept under the first key");

    // The old keys go, and everything opens with the last one.
    age(&scene.file);
    scene.finish(4, &["--finish"]).await;
    let ring = scene.ring();
    assert_eq!(ring.ids().len(), 1);
    for (number, credential) in records.iter().enumerate() {
        assert_eq!(opened(&scene.store, &ring, credential).await.unwrap(), secret(number));
    }
    for (number, credential) in made.iter().enumerate() {
        opens(&scene.store, &ring, &ada.organization, credential, &secret(number)).await;
    }
    opens(&scene.store, &ring, &ada.organization, &id(&kept), "canary").await;
    let mut told = scene.app.log();
    for run in 0..5 {
        told += &fs::read_to_string(scene.folder.path().join(format!("output-{run}"))).unwrap();
    }
    assert!(
        !told.contains("canary") && !told.contains(KEYS[0]),
        "a log shows a secret"
    );
    let reads = load.opened.load(Ordering::Relaxed);
    eprintln!(
        "{setup:?}: {RECORDS} records and {} created meanwhile, opened {reads} times; the third run took {resumed:?}, a whole \
         rotation {again:?}; creating took {:?} at most, and {:?} or less in 99 of 100 cases",
        made.len(),
        times.iter().max().unwrap(),
        p99(times.clone()),
    );
});
