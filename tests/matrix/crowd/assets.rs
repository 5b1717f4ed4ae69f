//! Assets: created with a key, changed and deleted with the version that is known, and read.

use std::sync::Arc;

use parking_lot::Mutex;
use reqwest::Method;
use serde_json::{Value, json};
use tenon_tests::app::{Answer, Person, id};
use tenon_tests::random::Random;
use tenon_tests::tally::{Asset, Findings, Found, Kept, Open, Tally};
use tokio::task::JoinHandle;
use tokio::time::sleep;

use super::super::ground::Ground;
use super::way::{Way, is_over};
use super::{Count, GIVEN_UP, PACE, Stop, Task, each};

const WRITERS: usize = 3;

/// What a writer keeps, for readers to look at.
type Book = Arc<Mutex<Vec<Kept>>>;

pub struct Inventory {
    owner: Person,
    books: Vec<Book>,
    writing: Vec<JoinHandle<Findings>>,
    reading: Vec<JoinHandle<Findings>>,
}

struct Writer {
    way: Way<Person>,
    name: String,
    book: Book,
    random: Random,
    count: Count,
    stop: Stop,
    findings: Findings,
}

impl Inventory {
    pub async fn begin(ground: &Ground, seed: u64, count: &Count, stop: &Stop) -> Self {
        let owner = ground.register("owner").await;
        let (mut books, mut writing) = (Vec::new(), Vec::new());
        for number in 0..WRITERS {
            let book = Book::default();
            books.push(Arc::clone(&book));
            let writer = Writer {
                way: Way::over(ground.over_lines(&owner), number),
                name: format!("writer{number}"),
                book,
                random: Random::seeded(seed ^ (1 + number as u64) << 32),
                count: count.clone(),
                stop: stop.clone(),
                findings: Findings::default(),
            };
            writing.push(tokio::spawn(writer.write()));
        }
        let way = Way::over(ground.over_lines(&owner), 1);
        let reading = vec![tokio::spawn(read(
            way,
            books.clone(),
            Random::seeded(seed),
            stop.clone(),
        ))];
        Self {
            owner,
            books,
            writing,
            reading,
        }
    }

    pub fn tasks(&self) -> impl Iterator<Item = &dyn Task> {
        each(&self.writing).chain(each(&self.reading))
    }

    /// What the writers know, beside everything that there is.
    pub async fn end(self, ground: &Ground) -> Tally {
        let mut findings = Findings::default();
        for task in self.writing.into_iter().chain(self.reading) {
            findings.add(task.await.unwrap());
        }
        let mut kept = Vec::new();
        for book in self.books {
            kept.append(&mut book.lock());
        }
        let owner = self.owner.by_way_of(ground.proxies().next().unwrap());
        let listed = owner.all("/api/assets?limit=100").await;
        let found: Vec<Found> = listed.iter().map(found).collect();
        let mut tally = Tally::of_assets(&kept, &found);
        tally.findings.add(findings);
        tally
    }
}

impl Writer {
    async fn write(mut self) -> Findings {
        while !is_over(&self.stop) {
            let which = self.random.below(10);
            match self.settled() {
                Some(asset) if which > 4 => self.change(asset).await,
                Some(asset) if which == 4 => self.delete(asset).await,
                _ => self.create().await,
            }
            sleep(PACE).await;
        }
        self.findings
    }

    /// One of those that are there and of which nothing is open.
    fn settled(&mut self) -> Option<usize> {
        let book = self.book.lock();
        let settled = |kept: &Kept| kept.known.is_some() && kept.open.is_none();
        let all: Vec<usize> = (0..book.len()).filter(|index| settled(&book[*index])).collect();
        (!all.is_empty()).then(|| self.random.pick(&all))
    }

    /// Whether a write without an answer is not repeated.
    fn gives_up(&mut self) -> bool {
        is_over(&self.stop) || self.random.one_in(GIVEN_UP)
    }

    fn acknowledge(&self, index: usize, now: Option<Asset>) {
        self.book.lock()[index].acknowledge(now);
        self.count.add();
    }

    fn open(&self, index: usize, open: Open) -> Asset {
        let kept = &mut self.book.lock()[index];
        kept.open = Some(open);
        kept.known.clone().unwrap()
    }

    async fn create(&mut self) {
        let note = self.note();
        let index = self.book.lock().len();
        let mut kept = Kept::new(format!("{}-{index}", self.name));
        let (title, body) = (kept.title.clone(), json!({ "title": kept.title, "description": note }));
        kept.open = Some(Open::Creation(note));
        self.book.lock().push(kept);
        let create = async |who: &Person| {
            let call = who.call(Method::POST, "/api/assets").header("idempotency-key", &title);
            call.json(&body).try_send().await
        };
        loop {
            if let Some(answer) = self.way.ask(create).await {
                let asset = found(&answer.expect(201).json()).asset;
                self.acknowledge(index, Some(asset.clone()));
                return self.create_again(&asset, create).await;
            }
            if self.gives_up() {
                return;
            }
        }
    }

    /// Now and then somebody did not see the answer, and asks again.
    async fn create_again(&mut self, asset: &Asset, create: impl AsyncFnOnce(&Person) -> Option<Answer>) {
        if self.random.one_in(8)
            && let Some(answer) = self.way.ask(create).await
        {
            let again = id(&answer.expect(201).json());
            if again != asset.id {
                self.findings.doubled.push(format!("{again} for the key of {asset:?}"));
            }
        }
    }

    /// Asks for the change until it is made: with the version it can be made but once.
    async fn change(&mut self, index: usize) {
        let note = self.note();
        let before = self.open(index, Open::Change(note.clone()));
        let (path, etag) = (format!("/api/assets/{}", before.id), format!("\"v{}\"", before.version));
        let body = json!({ "description": note });
        loop {
            let change = async |who: &Person| {
                let call = who.call(Method::PATCH, &path).header("if-match", &etag);
                call.json(&body).try_send().await
            };
            match self.way.ask(change).await {
                Some(answer) if answer.status == 412 => return self.look(index).await,
                Some(answer) => {
                    let now = found(&answer.expect(200).json()).asset;
                    return self.acknowledge(index, Some(now));
                }
                None if self.gives_up() => return,
                None => {}
            }
        }
    }

    /// An attempt without an answer has changed it: it must be what was asked for.
    async fn look(&mut self, index: usize) {
        let before = self.book.lock()[index].clone();
        let path = format!("/api/assets/{}", before.known.as_ref().unwrap().id);
        let answer = self.way.answer(|who| who.call(Method::GET, &path)).await;
        let now = (answer.status == 200).then(|| found(&answer.json()).asset);
        self.findings.add(before.judge(now.as_ref()));
        if now == before.known {
            self.findings
                .lost
                .push(format!("refused as changed, and is not: {before:?}"));
        }
        self.acknowledge(index, now);
    }

    async fn delete(&mut self, index: usize) {
        let before = self.open(index, Open::Deletion);
        let (path, etag) = (format!("/api/assets/{}", before.id), format!("\"v{}\"", before.version));
        loop {
            let delete = async |who: &Person| {
                let call = who.call(Method::DELETE, &path).header("if-match", &etag);
                call.try_send().await
            };
            match self.way.ask(delete).await {
                Some(answer) => {
                    assert!(matches!(answer.status, 204 | 404), "{}", answer.text());
                    return self.acknowledge(index, None);
                }
                None if self.gives_up() => return,
                None => {}
            }
        }
    }

    /// A text that was not written before.
    fn note(&mut self) -> String {
        format!("{:016x}", self.random.below(usize::MAX))
    }
}

/// Reads what was acknowledged, through any instance: nothing goes back.
async fn read(mut way: Way<Person>, books: Vec<Book>, mut random: Random, stop: Stop) -> Findings {
    let mut findings = Findings::default();
    while !is_over(&stop) {
        sleep(PACE).await;
        way.turn();
        let book = &books[random.below(books.len())];
        let index = random.below(book.lock().len().max(1));
        let Some(before) = book.lock().get(index).cloned() else {
            continue;
        };
        let Some(known) = before.known.clone() else { continue };
        let path = format!("/api/assets/{}", known.id);
        let Some(answer) = way.ask(async |who| who.call(Method::GET, &path).try_send().await).await else {
            continue;
        };
        let after = book.lock()[index].clone();
        let may_be_gone = after.known.is_none() || after.open == Some(Open::Deletion);
        match answer.status {
            404 if may_be_gone => {}
            404 => findings.lost.push(format!("not found: {before:?}")),
            _ => {
                let now = found(&answer.expect(200).json()).asset;
                if now.version < known.version {
                    findings.lost.push(format!("read {now:?} after {known:?}"));
                }
            }
        }
    }
    findings
}

fn found(asset: &Value) -> Found {
    let text = |name: &str| asset[name].as_str().unwrap().to_owned();
    Found {
        title: text("title"),
        asset: Asset {
            id: id(asset),
            version: asset["version"].as_u64().unwrap(),
            note: text("description"),
        },
    }
}
